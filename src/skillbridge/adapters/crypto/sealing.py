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

_ID, _NONCE, _TAG = 6, 12, 16


class NotOpened(Exception):
    """Sealed for another place, by a key that is gone, or changed since."""


@dataclass(frozen=True, slots=True)
class Sealer:
    ring: KeyRing

    def seal(self, value: bytes, place: bytes) -> bytes:
        key, nonce = self.ring.signing, token_bytes(_NONCE)
        return _id(key) + nonce + AESGCM(key.value).encrypt(nonce, value, place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """Raises NotOpened."""
        id_, nonce, ciphertext = sealed[:_ID], sealed[_ID : _ID + _NONCE], sealed[_ID + _NONCE :]
        key = next((key for key in self.ring.keys if _id(key) == id_), None)
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


def _id(key: Key) -> bytes:
    return bytes.fromhex(key.id)
