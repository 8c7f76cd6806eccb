"""Tokens of programs, as a request shows them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from skillbridge.application.ports.access_tokens import Claims
from skillbridge.domain.errors import Unproven
from skillbridge.domain.ids import ApiTokenId, TenantId

USED_EVERY = timedelta(minutes=1)
"""A use is written down at most so often."""


class BadApiToken(Unproven):
    """Not a token of ours as it was written, or no longer one."""


@dataclass(frozen=True, slots=True)
class ParsedToken:
    """What a token says about itself, which is true if it is found there."""

    tenant_id: TenantId
    hash: bytes


class ApiTokenText(Protocol):
    """How tokens are written: so that a text that holds one can be found out, and a slip is noticed."""

    def new(self, tenant_id: TenantId, *, service: bool = False) -> str:
        """With 256 random bits; whether it is a service's can be seen."""
        ...

    def is_one(self, text: str) -> bool:
        """Whether it begins as ours do."""
        ...

    def read(self, text: str) -> ParsedToken:
        """Raises BadApiToken where a sign is wrong, without looking anywhere."""
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """A living token whose owner may sign in, and the roles that they have now."""

    claims: Claims
    last_used_at: datetime | None


class HeldTokens(Protocol):
    async def holding(self, shown: ParsedToken) -> Held | None:
        """None for a token that is unknown there, has ended, or whose owner is disabled."""
        ...

    async def used(self, tenant_id: TenantId, token_id: ApiTokenId, *, at: datetime) -> None:
        """Keeps the time, unless one of the last minute is kept."""
