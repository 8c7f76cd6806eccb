"""Password hashes by Argon2id; each kind of work has threads and a queue of its own."""

from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from skillbridge.adapters.crypto.bounded_pool import BoundedPool

MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
"""The least that OWASP's cheat sheet on password storage accepts: about 20 ms of one core."""


def _log_ins() -> BoundedPool:
    """A hundred are two seconds' worth."""
    return BoundedPool(at_once=2, most=100, most_of_one=50, name="log-in")


def _registrations() -> BoundedPool:
    """Apart, so that a flood of them fills no place of a log-in."""
    return BoundedPool(at_once=1, most=50, most_of_one=20, name="registration")


@dataclass(slots=True)
class Argon2Hasher:
    """Raises TooBusy when too many wait, altogether or from one network."""

    _argon2: PasswordHasher = field(
        default_factory=lambda: PasswordHasher(
            time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES
        )
    )
    log_ins: BoundedPool = field(default_factory=_log_ins)
    registrations: BoundedPool = field(default_factory=_registrations)
    _dummy: str | None = None

    async def hash(self, password: str, *, network: str = "") -> str:
        return await self.registrations(network, self._argon2.hash, password)

    async def matches(self, password: str, kept: str | None, *, network: str = "") -> bool:
        against = kept if kept is not None else await self._nobodys()
        same = await self.log_ins(network, self._same, against, password)
        return same and kept is not None

    def outdated(self, kept: str) -> bool:
        return self._argon2.check_needs_rehash(kept)

    def close(self) -> None:
        self.log_ins.close()
        self.registrations.close()

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
