"""Passwords: how they are kept, and how strong they are."""

from collections.abc import Sequence
from typing import Protocol

from skillbridge.domain.accounts.password import Strength
from skillbridge.domain.errors import Unavailable


class TooBusy(Unavailable):
    """Too many people are signing in or registering at once; it passes within seconds."""


class PasswordHasher(Protocol):
    """Slow on purpose; raises Unavailable when too many wait, altogether or from one network."""

    async def hash(self, password: str, *, network: str = "") -> str: ...

    async def matches(self, password: str, kept: str | None, *, network: str = "") -> bool:
        """Without a kept hash it takes as long and is False, so that time tells nothing."""
        ...

    def outdated(self, kept: str) -> bool:
        """Whether the hash was made with weaker parameters than today's."""
        ...


class PasswordStrength(Protocol):
    async def __call__(self, password: str, words: Sequence[str], *, network: str = "") -> Strength:
        """`words` are what an attacker knows about the owner. Raises Unavailable as a hasher does."""
        ...
