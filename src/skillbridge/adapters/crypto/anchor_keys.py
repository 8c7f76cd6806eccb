"""Anchors of the audit trail are signed with Ed25519 (RFC 8032), by keys derived from the ring."""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skillbridge.adapters.crypto.keys import Key, KeyRing


@dataclass(frozen=True, slots=True)
class Ed25519AnchorKeys:
    ring: KeyRing

    def sign(self, message: bytes) -> tuple[str, bytes]:
        key = self.ring.signing
        return key.id, _private(key).sign(message)

    def signed(self, key_id: str, message: bytes, signature: bytes) -> bool | None:
        key = next((key for key in self.ring.keys if key.id == key_id), None)
        if key is None:
            return None
        try:
            _private(key).public_key().verify(signature, message)
        except InvalidSignature:
            return False
        return True


def _private(key: Key) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(key.value)
