"""Links that prove themselves: 48 bytes of who, what and until when, and a signature."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from struct import Struct
from uuid import UUID

from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.application.accounts.ports import BrokenLink, Verification
from skillbridge.domain.accounts.user import User
from skillbridge.domain.ids import TenantId, UserId

PATH = "/v1/auth/verify"
_SAID = Struct(">16s16s8sQ")


@dataclass(frozen=True, slots=True)
class SignedLinks:
    """`public_url` comes from the settings and never from a request: a mail must not be led astray."""

    ring: KeyRing
    public_url: str

    def to_verify(self, user: User, *, until: datetime) -> str:
        said = _SAID.pack(
            user.tenant_id.bytes, user.id.bytes, user.registration, int(until.timestamp())
        )
        token = urlsafe_b64encode(said + self.ring.sign(said)).rstrip(b"=").decode()
        return f"{self.public_url.rstrip('/')}{PATH}?token={token}"

    def opened(self, token: str, *, at: datetime) -> Verification:
        said = self._believed(token)
        tenant, user, registration, until = _SAID.unpack(said)
        if at.timestamp() >= until:
            raise BrokenLink("this link has expired; ask for another one")
        return Verification(TenantId(UUID(bytes=tenant)), UserId(UUID(bytes=user)), registration)

    def _believed(self, token: str) -> bytes:
        try:
            raw = urlsafe_b64decode(token.encode("ascii") + b"==")
        except ValueError:
            raw = b""
        said, signature = raw[: _SAID.size], raw[_SAID.size :]
        if len(said) != _SAID.size or not self.ring.signed(said, signature):
            raise BrokenLink("this link is not complete; copy all of it from the mail")
        return said
