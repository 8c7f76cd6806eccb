"""Short codes of mails: an HMAC of what the mail is about, cut to eight digits."""

from hmac import compare_digest

from skillbridge.adapters.crypto.keys import Key, KeyRing
from skillbridge.domain.accounts.typed_code import typed

DIGITS = 8


def shown(ring: KeyRing, said: bytes) -> str:
    """As it stands in the mail, by the key that signs now."""
    digits = _digits(ring.signing, said)
    return f"{digits[: DIGITS // 2]} {digits[DIGITS // 2 :]}"


def is_shown(ring: KeyRing, said: bytes, answer: str) -> bool:
    """By any key of the ring, however it was typed, in a time that tells nothing."""
    digits = typed(answer).encode("utf-8", "surrogatepass")
    return any(compare_digest(_digits(key, said).encode(), digits) for key in ring.keys)


def _digits(key: Key, said: bytes) -> str:
    return f"{int.from_bytes(key.sign(said)) % 10**DIGITS:0{DIGITS}}"
