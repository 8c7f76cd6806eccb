"""Password hashes at the least cost that Argon2 has, for the thousands that tests of rules make.

What a real one costs others is for the tests of the hasher itself, and of the programs.
"""

from collections.abc import Iterator

import argon2
from dishka import Provider, Scope, provide

from skillbridge.adapters.crypto.passwords import Argon2Hasher
from skillbridge.application.accounts.ports.passwords import PasswordHasher


class QuickHashes(Provider):
    """The hasher, its threads and its queues as ever."""

    scope = Scope.APP

    @provide
    def hasher(self) -> Iterator[PasswordHasher]:
        hasher = Argon2Hasher(argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield hasher
        hasher.close()
