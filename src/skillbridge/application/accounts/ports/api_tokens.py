"""Tokens of programs: what is kept of them, and how they are written."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from skillbridge.application.accounts.views import ApiTokenView
from skillbridge.domain.accounts.api_token import ApiToken
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import ApiTokenId, UserId


class ApiTokens(Protocol):
    """For the pre-authentication principal and the system, which see those of their tenant.

    One that was ended stays for a day, so that every process can be told.
    """

    async def living(self, user_id: UserId, *, at: datetime) -> Sequence[ApiToken]: ...

    async def add(self, token: ApiToken) -> None:
        """After the one of its name was ended."""

    async def end(self, user_id: UserId, name: str, *, at: datetime) -> ApiTokenId | None:
        """Ends the living one of this name; None where there is none."""
        ...

    async def end_all(self, user_id: UserId, *, at: datetime) -> Sequence[ApiTokenId]:
        """Ends every living one of a person, and names them."""
        ...

    async def living_of_services(self, *, at: datetime) -> Sequence[ApiToken]:
        """The tenant's own, for the system. Whoever asks next waits until this transaction ends."""
        ...

    async def end_of_service(self, name: str, *, at: datetime) -> ApiTokenId | None:
        """As `end`, of the tenant's own."""
        ...

    async def end_everybodys(self, *, at: datetime) -> int:
        """For the system: ends every living one of the tenant; returns how many."""
        ...

    async def forget(self, before: datetime, *, limit: int) -> int:
        """Deletes, for the system, what ended before then, by itself or not; returns how many."""
        ...


class ApiTokenReads(Protocol):
    async def of(self, actor: Actor) -> Sequence[ApiTokenView]:
        """The actor's own that live, by name."""
        ...

    async def of_services(self, actor: Actor) -> Sequence[ApiTokenView]:
        """For the system: the tenant's own that live, by name."""
        ...
