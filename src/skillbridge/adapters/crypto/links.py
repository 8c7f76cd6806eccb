"""Links that prove themselves: the tenant, the registration, and a signature over both."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct
from uuid import UUID

from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.application.accounts.ports import BrokenLink, Verification
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
        said = _SAID.pack(registration.tenant_id.bytes, registration.id.bytes)
        token = written(said, self.ring.sign(said))
        return f"{self.public_url.rstrip('/')}{PATH}?token={token}"

    def opened(self, token: str) -> Verification:
        tenant, registration = _SAID.unpack(believed(token, _SAID.size, self.ring.signed))
        return Verification(TenantId(UUID(bytes=tenant)), RegistrationId(UUID(bytes=registration)))


def written(said: bytes, signature: bytes) -> str:
    """The token of a link."""
    return urlsafe_b64encode(said + signature).rstrip(b"=").decode()


def believed(token: str, size: int, signed: Callable[[bytes, bytes], bool]) -> bytes:
    """What a token says, in so many bytes, if it is signed. Raises BrokenLink."""
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"==")
    except ValueError:
        raw = b""
    said, signature = raw[:size], raw[size:]
    if len(said) != size or not signed(said, signature):
        raise BrokenLink("this link is not complete; copy all of it from the mail")
    return said
