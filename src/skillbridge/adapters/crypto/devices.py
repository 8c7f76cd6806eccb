"""What a device shows to be known: which account signed in there before, and a signature."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_bytes

from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.domain.accounts import email_address
from skillbridge.domain.ids import TenantId

PREFIX = "sbd_"
_ID, _WHOLE = 16, 48


@dataclass(frozen=True, slots=True)
class SignedDevices:
    """A random id and HMAC-SHA256 of it with the account, which keeps but the name of what it knows."""

    ring: KeyRing

    def remembered(self, tenant_id: TenantId, address: str) -> tuple[str, str]:
        id_ = token_bytes(_ID)
        raw = id_ + self.ring.sign(_said(id_, tenant_id, address))
        return PREFIX + urlsafe_b64encode(raw).decode(), _name(raw)

    def known(self, device: str, tenant_id: TenantId, address: str) -> str | None:
        try:
            raw = urlsafe_b64decode(device.removeprefix(PREFIX).encode("ascii"))
        except ValueError:
            return None
        id_, signature = raw[:_ID], raw[_ID:]
        if len(raw) != _WHOLE or not self.ring.signed(_said(id_, tenant_id, address), signature):
            return None
        return _name(raw)


def _name(raw: bytes) -> str:
    return sha256(raw).hexdigest()[:32]


def _said(id_: bytes, tenant_id: TenantId, address: str) -> bytes:
    return id_ + tenant_id.bytes + email_address.pseudonym(address).encode()
