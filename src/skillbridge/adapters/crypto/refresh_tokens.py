"""Refresh tokens: random at first, then each derived from the one before."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from secrets import token_bytes

from skillbridge.adapters.crypto.keys import KeyRing

PREFIX = "sbr_"
"""So that a token that leaked into a text can be found and told what it is."""


@dataclass(frozen=True, slots=True)
class DerivedRefreshTokens:
    """A successor is HMAC-SHA256(key, token): nobody without the key can compute it."""

    ring: KeyRing

    def first(self) -> str:
        return _written(token_bytes(32))

    def successors(self, presented: str) -> tuple[str, ...]:
        message = presented.encode("utf-8", "surrogatepass")
        return tuple(_written(key.sign(message)) for key in self.ring.keys)


def _written(value: bytes) -> str:
    return PREFIX + urlsafe_b64encode(value).rstrip(b"=").decode()
