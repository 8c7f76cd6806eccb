"""Links that prove themselves: the tenant, the registration, and a signature over both; and their codes."""

from dataclasses import dataclass
from struct import Struct
from uuid import UUID

from skillbridge.adapters.crypto import mailed_codes
from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.adapters.crypto.signed_text import believed, written
from skillbridge.application.accounts.ports.proofs import BrokenLink, Verification
from skillbridge.domain.accounts.registration import Registration
from skillbridge.domain.ids import RegistrationId, TenantId

PATH = "/v1/auth/verify"
_SAID = Struct(">16s16s")


@dataclass(frozen=True, slots=True)
class SignedLinks:
    """`public_url` comes from the settings and never from a request: a mail must not be led astray."""

    ring: KeyRing
    public_url: str

    def to_verify(self, registration: Registration) -> str:
        said = _said(registration)
        token = written(said, self.ring.sign(said))
        return f"{self.public_url.rstrip('/')}{PATH}?token={token}"

    def opened(self, token: str) -> Verification:
        said = believed(token, _SAID.size, self.ring.signed)
        if said is None:
            raise broken()
        tenant, registration = _SAID.unpack(said)
        return Verification(TenantId(UUID(bytes=tenant)), RegistrationId(UUID(bytes=registration)))

    def code(self, registration: Registration) -> str:
        return mailed_codes.shown(self.ring, b"code/" + _said(registration))

    def is_code(self, typed: str, registration: Registration) -> bool:
        return mailed_codes.is_shown(self.ring, b"code/" + _said(registration), typed)


def _said(registration: Registration) -> bytes:
    return _SAID.pack(registration.tenant_id.bytes, registration.id.bytes)


def broken() -> BrokenLink:
    return BrokenLink("this link is not complete; copy all of it from the mail")
