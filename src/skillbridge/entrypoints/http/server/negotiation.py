"""What a client would rather have, by its `Accept…` headers (RFC 9110 section 12.4.2)."""

import re
from collections.abc import Sequence
from functools import lru_cache

LONGEST = 1_000
"""A longer header is not read: nobody lists so much in earnest."""
_QUALITY = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")


@lru_cache(maxsize=256)
def preferred_kind(accept: str, offered: tuple[str, ...]) -> str:
    """The media type that the client likes best; the first of equals, and when it says nothing."""
    said = _qualities(accept) or {"*/*": 1.0}
    wishes = {
        kind: _quality(said, (kind, f"{kind.partition('/')[0]}/*", "*/*")) for kind in offered
    }
    return max(offered, key=lambda kind: wishes[kind])


@lru_cache(maxsize=256)
def preferred_coding(accept_encoding: str, offered: tuple[str, ...]) -> str | None:
    """The content coding to use; None for none. Of equals the first that is offered."""
    said = _qualities(accept_encoding)
    plain = _quality(said, ("identity",), otherwise=0.0)
    wishes = {coding: _quality(said, (coding, "*")) for coding in offered}
    best = max(offered, key=lambda coding: wishes[coding])
    return best if wishes[best] > 0 and wishes[best] >= plain else None


def _quality(said: dict[str, float], names: Sequence[str], otherwise: float = 0.0) -> float:
    """By the most exact of the names that was said."""
    return next((said[name] for name in names if name in said), otherwise)


def _qualities(header: str) -> dict[str, float]:
    """Each name with its weight; what has a weight that is none counts as not said."""
    found = {}
    for part in header.split(",") if len(header) <= LONGEST else ():
        name, _, rest = part.partition(";")
        weight = next((q for key, _, q in _parameters(rest) if key == "q"), "1")
        if _QUALITY.fullmatch(weight):
            found[name.strip().lower()] = float(weight)
    return found


def _parameters(text: str) -> list[tuple[str, str, str]]:
    parts = (part.strip().lower().partition("=") for part in text.split(";"))
    return [(key.strip(), sign, value.strip()) for key, sign, value in parts]
