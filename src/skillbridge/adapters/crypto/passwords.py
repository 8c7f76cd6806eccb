"""Password hashes by Argon2id, and how guessable a password is by zxcvbn."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from skillbridge.domain.accounts.password import Strength
from skillbridge.domain.errors import Unavailable

MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
"""The least that OWASP's cheat sheet on password storage accepts: about 20 ms of one core."""
AT_ONCE = 2
MOST_WAITING = 100
"""Two seconds' worth."""
JUDGED = 72
"""Longer passwords are judged by their beginning: zxcvbn takes no more."""


@dataclass(slots=True)
class Argon2Hasher:
    """Hashes in threads, a few at once, so that a storm of log-ins cannot starve everything."""

    _argon2: PasswordHasher = field(
        default_factory=lambda: PasswordHasher(
            time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES
        )
    )
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _waiting: int = 0
    _dummy: str | None = None

    async def hash(self, password: str) -> str:
        async with self._a_turn():
            return await asyncio.to_thread(self._argon2.hash, password)

    async def matches(self, password: str, kept: str | None) -> bool:
        against = kept if kept is not None else await self._nobodys()
        async with self._a_turn():
            same = await asyncio.to_thread(self._same, against, password)
        return same and kept is not None

    def outdated(self, kept: str) -> bool:
        return self._argon2.check_needs_rehash(kept)

    def _same(self, kept: str, password: str) -> bool:
        try:
            return self._argon2.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _nobodys(self) -> str:
        """A hash of the same cost, made once."""
        if self._dummy is None:
            self._dummy = await self.hash("nobody's password")
        return self._dummy

    @asynccontextmanager
    async def _a_turn(self) -> AsyncIterator[None]:
        if self._waiting >= MOST_WAITING:
            raise Unavailable("too many people are signing in at once; try again in a moment")
        self._waiting += 1
        try:
            async with self._turn:
                yield
        finally:
            self._waiting -= 1


@dataclass(frozen=True, slots=True)
class ZxcvbnStrength:
    """20 ms for a long password, hence the thread."""

    async def __call__(self, password: str, words: Sequence[str]) -> Strength:
        return await asyncio.to_thread(_judge, password[:JUDGED], words)


def _judge(password: str, words: Sequence[str]) -> Strength:
    known = [part for word in ("skillbridge", *words) for part in (word, *word.split("@"))]
    found = zxcvbn(password, user_inputs=known)
    return Strength(int(found["score"]), str(found["feedback"]["warning"]))
