"""What authenticators are asked to sign: what for, whose, until when, and a signature of ours."""

from dataclasses import dataclass
from datetime import UTC, datetime
from struct import Struct
from uuid import UUID

from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.adapters.crypto.signed_text import said_in
from skillbridge.domain.accounts.passkey import Ceremony, CeremonyOver, Purpose
from skillbridge.domain.ids import TenantId, UserId

_PURPOSES = tuple(Purpose)
_SAID = Struct(">B16s16sQ16s32s")
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class SignedCeremonies:
    """HMAC-SHA256 over all of it: nothing is stored until one is answered."""

    ring: KeyRing

    def written(self, ceremony: Ceremony) -> bytes:
        said = _SAID.pack(
            _PURPOSES.index(ceremony.purpose),
            ceremony.tenant_id.bytes,
            (ceremony.user_id or _NOBODY).bytes,
            int(ceremony.expires_at.timestamp()),
            ceremony.nonce,
            ceremony.bound_to,
        )
        return said + self.ring.sign(said)

    def read(self, challenge: bytes) -> Ceremony:
        """Raises CeremonyOver for what is none of ours."""
        said = said_in(challenge, _SAID.size, self.ring.signed)
        if said is None:
            raise CeremonyOver
        purpose, tenant, user, seconds, nonce, bound_to = _SAID.unpack(said)
        whose = UUID(bytes=user)
        return Ceremony(
            _PURPOSES[purpose],
            TenantId(UUID(bytes=tenant)),
            datetime.fromtimestamp(seconds, UTC),
            nonce,
            None if whose == _NOBODY else UserId(whose),
            bound_to,
        )
