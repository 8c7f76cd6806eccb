"""What a good password is: long and hard to guess; no recipe of digits and signs.

After NIST SP 800-63B-4: every character is welcome, spaces and all of Unicode among them,
nothing is cut off, and what counts is how many guesses it would take.
"""

import unicodedata
from dataclasses import dataclass

from skillbridge.domain.errors import Invalid

SHORTEST = 12
LONGEST = 128
LEAST_SCORE = 3
"""On the scale of zxcvbn, 0 to 4: 3 stands for more than 10**8 guesses."""


class WeakPassword(Invalid):
    """This password would not protect the account."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="password")


@dataclass(frozen=True, slots=True)
class Strength:
    """How hard a password is to guess, and what makes it easy."""

    score: int
    """0 (at once) to 4 (very hard)."""
    warning: str = ""


def normalised(raw: str) -> str:
    """The same password however it was typed: Unicode's form NFC, and nothing else changed."""
    return unicodedata.normalize("NFC", raw)


def well_formed(raw: str) -> str:
    """The password as it is kept; raises WeakPassword when its length is out of bounds."""
    password = normalised(raw)
    if len(password) < SHORTEST:
        raise WeakPassword(
            f"choose a password of at least {SHORTEST} characters; several words are fine"
        )
    if len(password) > LONGEST:
        raise WeakPassword(f"choose a password of at most {LONGEST} characters")
    return password


def hard_to_guess(password: str, strength: Strength, *, email: str, name: str) -> None:
    """Raises WeakPassword for what its owner's name or address gives away, or a list does."""
    folded = password.casefold()
    if folded in {email.casefold(), name.casefold(), email.partition("@")[0].casefold()}:
        raise WeakPassword("choose a password that is neither your name nor your e-mail address")
    if strength.score < LEAST_SCORE:
        why = f": {strength.warning}" if strength.warning else "."
        raise WeakPassword(
            f"this password is too easy to guess{why} Add another uncommon word or two."
        )
