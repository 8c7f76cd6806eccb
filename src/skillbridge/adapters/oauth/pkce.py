"""Proof Key for Code Exchange, by its method S256 alone (RFC 7636)."""

from base64 import urlsafe_b64encode
from hashlib import sha256


def challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
