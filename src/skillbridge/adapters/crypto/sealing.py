"""What is kept sealed: AES-256-GCM, bound to its place, by the key of a ring that signs now.

A sealed value is the key's id (6 bytes), a random nonce (12) and the ciphertext with its tag (16).
The place, such as a table, a column and a row, is authenticated with it, so that a value moved to
another row opens nothing. Source: NIST SP 800-38D; random nonces are good for 2**32 values a key.
"""

from dataclasses import dataclass
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from skillbridge.adapters.crypto.keys import Key, KeyRing
from skillbridge.application.ports.field_encryption import KEY_ID, NotOpened

_NONCE, _TAG = 12, 16


@dataclass(frozen=True, slots=True)
class Sealer:
    ring: KeyRing

    def seal(self, value: bytes, place: bytes) -> bytes:
        key, nonce = self.ring.signing, token_bytes(_NONCE)
        return _id(key) + nonce + AESGCM(key.value).encrypt(nonce, value, place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """Raises NotOpened."""
        nonce, ciphertext = sealed[KEY_ID : KEY_ID + _NONCE], sealed[KEY_ID + _NONCE :]
        key = next((key for key in self.ring.keys if self.sealed_by(sealed, key)), None)
        if key is None or len(ciphertext) < _TAG:
            raise NotOpened
        try:
            return AESGCM(key.value).decrypt(nonce, ciphertext, place)
        except InvalidTag as error:
            raise NotOpened from error

    @property
    def key(self) -> bytes:
        """What everything begins with that is sealed now."""
        return _id(self.ring.signing)

    @property
    def keys(self) -> list[bytes]:
        """The same of every key that opens."""
        return [_id(key) for key in self.ring.keys]

    def sealed_by(self, sealed: bytes, key: Key) -> bool:
        return sealed[:KEY_ID] == _id(key)


def _id(key: Key) -> bytes:
    return bytes.fromhex(key.id)
