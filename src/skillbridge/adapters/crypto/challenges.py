"""Halves of log-ins that prove themselves: who, until when, what was shown, and a signature."""

from dataclasses import dataclass
from datetime import UTC, datetime
from struct import Struct
from uuid import UUID

from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.adapters.crypto.signed_text import believed, written
from skillbridge.domain.accounts.second_factor import Challenge, ChallengeOver, FactorKind
from skillbridge.domain.authentication import Method
from skillbridge.domain.ids import IdentityId, ProofId, TenantId, UserId

PREFIX = "sbc_"
_SAID = Struct(">16s16s16sQ16s32s8s16s8s")
_NO_KEY = bytes(32)
_NO_IDENTITY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class SignedChallenges:
    """HMAC-SHA256; nothing is stored, for a code that was accepted is good no second time."""

    ring: KeyRing

    def written(self, challenge: Challenge) -> str:
        said = _SAID.pack(
            challenge.id.bytes,
            challenge.tenant_id.bytes,
            challenge.user_id.bytes,
            int(challenge.expires_at.timestamp()),
            challenge.password,
            challenge.key or _NO_KEY,
            challenge.method.encode(),
            (challenge.identity_id or _NO_IDENTITY).bytes,
            challenge.kind.encode(),
        )
        return PREFIX + written(said, self.ring.sign(said))

    def read(self, text: str) -> Challenge:
        said = believed(text.removeprefix(PREFIX), _SAID.size, self.ring.signed)
        if said is None:
            raise ChallengeOver
        id_, tenant, user, seconds, password, key, method, shown, kind = _SAID.unpack(said)
        expires_at = datetime.fromtimestamp(seconds, UTC)
        return Challenge(
            ProofId(UUID(bytes=id_)),
            TenantId(UUID(bytes=tenant)),
            UserId(UUID(bytes=user)),
            expires_at,
            password,
            None if key == _NO_KEY else key,
            Method(method.rstrip(b"\0").decode()),
            None if (identity := UUID(bytes=shown)) == _NO_IDENTITY else IdentityId(identity),
            FactorKind(kind.rstrip(b"\0").decode()),
        )
