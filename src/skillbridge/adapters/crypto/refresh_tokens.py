"""Refresh tokens: random at first, then each derived from the one before; all name their tenant."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from secrets import token_bytes
from uuid import UUID

from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.domain.ids import TenantId

PREFIX = "sbr_"
"""So that a token that leaked into a text can be found and told what it is."""
_UUID, _SECRET = 16, 32


@dataclass(frozen=True, slots=True)
class DerivedRefreshTokens:
    """A successor is HMAC-SHA256(key, token): nobody without the key can compute it.

    The tenant stands in front of the secret and needs no signature: a token is known by the hash
    of all of it, so that one that names another tenant is no token there.
    """

    ring: KeyRing

    def first(self, tenant_id: TenantId) -> str:
        return _written(tenant_id.bytes + token_bytes(_SECRET))

    def tenant_of(self, token: str) -> TenantId | None:
        """None for what is no token, and for those of before tenants stood in them."""
        try:
            raw = urlsafe_b64decode(token.removeprefix(PREFIX).encode("ascii") + b"==")
        except ValueError:
            return None
        if len(raw) != _UUID + _SECRET:
            return None
        return TenantId(UUID(bytes=raw[:_UUID]))

    def successors(self, presented: str, tenant_id: TenantId) -> tuple[str, ...]:
        message = presented.encode("utf-8", "surrogatepass")
        derived = [key.sign(message) for key in self.ring.keys]
        written = [_written(tenant_id.bytes + one) for one in derived]
        if self.tenant_of(presented) is None:  # its answer may have been lost before the update
            written += [_written(one) for one in derived]
        return tuple(written)


def _written(value: bytes) -> str:
    return PREFIX + urlsafe_b64encode(value).rstrip(b"=").decode()
