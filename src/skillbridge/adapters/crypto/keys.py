"""One ring of secrets, a different key for each purpose.

The newest secret signs and every one verifies, so a secret is replaced by putting a new one in
front and dropping the last once all it signed has ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest, digest


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    id: str
    value: bytes

    def sign(self, message: bytes) -> bytes:
        """HMAC-SHA256."""
        return digest(self.value, message, "sha256")


@dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """The keys of one purpose, the newest first."""

    keys: tuple[Key, ...]

    @classmethod
    def of(cls, secrets: Sequence[str], purpose: str) -> "KeyRing":
        """Derived, so that what one purpose signs never verifies for another."""
        if not secrets:
            raise ValueError("a key ring needs at least one secret")
        return cls(tuple(_derived(secret, purpose) for secret in secrets))

    @property
    def newest(self) -> Key:
        return self.keys[0]

    def sign(self, message: bytes) -> bytes:
        return self.newest.sign(message)

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether any key of the ring made this signature."""
        return any(compare_digest(key.sign(message), signature) for key in self.keys)


def _derived(secret: str, purpose: str) -> Key:
    value = digest(secret.encode(), f"skillbridge/{purpose}".encode(), "sha256")
    return Key(sha256(b"id/" + value).hexdigest()[:12], value)
