"""Bytes that prove themselves, also as a text for addresses and bodies: what is said, and a signature."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable


def written(said: bytes, signature: bytes) -> str:
    return urlsafe_b64encode(said + signature).rstrip(b"=").decode()


def believed(text: str, size: int, signed: Callable[[bytes, bytes], bool]) -> bytes | None:
    """What it says, in so many bytes, if it is signed; None for anything else."""
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"==")
    except ValueError:
        return None
    return said_in(raw, size, signed)


def said_in(raw: bytes, size: int, signed: Callable[[bytes, bytes], bool]) -> bytes | None:
    """The same of the bytes themselves."""
    said, signature = raw[:size], raw[size:]
    return said if len(said) == size and signed(said, signature) else None
