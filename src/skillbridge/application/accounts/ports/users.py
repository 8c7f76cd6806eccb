"""Accounts, and what waits to become one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from skillbridge.application.accounts.views import Account
from skillbridge.application.paging import Page, PageRequest
from skillbridge.domain.accounts.registration import Registration
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import RegistrationId, UserId


class Users(Protocol):
    """Accounts of the actor's tenant; removed ones are not there."""

    async def add(self, user: User) -> bool:
        """False, and nothing is stored, when the address has an account already, or the id is another's."""
        ...

    async def get(self, user_id: UserId) -> User:
        """Locks the account; raises UnknownAccount."""
        ...

    async def peek(self, user_id: UserId) -> User:
        """Without the lock, for reading only; raises UnknownAccount."""
        ...

    async def find(self, user_id: UserId) -> User | None:
        """Without the lock; None where `peek` raises."""
        ...

    async def owner_of(self, email: str) -> User:
        """By the normalised address; locks the account; raises UnknownAccount."""
        ...

    async def with_email(self, email: str) -> User | None:
        """By the normalised address, without a lock."""
        ...

    async def save(self, user: User) -> None:
        """Raises StaleWrite, and AddressTaken where another account has this address."""


class Registrations(Protocol):
    """What waits to become an account.

    The pre-authentication principal and the system see those of their tenant.
    """

    async def add(self, registration: Registration) -> None: ...

    async def get(self, registration_id: RegistrationId) -> Registration | None:
        """Without a lock; None also for what has become an account or was forgotten."""
        ...

    async def of_address(self, email: str, *, at: datetime, limit: int) -> Sequence[Registration]:
        """Those that still wait at that time, the newest first."""
        ...

    async def guess(self, email: str, *, at: datetime) -> Registration | None:
        """Counts a guess at the code of the newest that waits; None where none does or five were made.

        To be committed before the code is looked at.
        """
        ...

    async def end(self, email: str) -> Sequence[RegistrationId]:
        """Deletes every one of the address, and names them."""
        ...

    async def forget(self, before: datetime, *, limit: int) -> int:
        """Deletes, for the system, what waited until before then; returns how many."""
        ...


class AccountReads(Protocol):
    async def newest(self, actor: Actor, *, limit: int) -> Sequence[Account]:
        """For operators: accounts of the tenant that the actor may see, the newest first."""
        ...

    async def administrators(self, actor: Actor, *, limit: int) -> Sequence[Account]:
        """Those of the tenant who may sign in, the oldest first."""
        ...

    async def search(self, actor: Actor, words: str, page: PageRequest[str]) -> Page[Account, str]:
        """Those whose address or name holds the words, by address."""
        ...
