"""What a request shows to prove who is asking, in every context."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from skillbridge.domain.actor import Role
from skillbridge.domain.errors import Unproven
from skillbridge.domain.ids import SessionId, TenantId, UserId

ACCESS_LIFE = timedelta(minutes=10)


class BadAccessToken(Unproven):
    """Not an access token of ours, or no longer one."""

    def __init__(self) -> None:
        super().__init__("this access token is not valid, or has ended; refresh it or log in again")


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token proves."""

    user_id: UserId
    tenant_id: TenantId
    session_id: SessionId
    roles: frozenset[Role]
    expires_at: datetime


class Tokens(Protocol):
    def issue(
        self, user_id: UserId, tenant_id: TenantId, session_id: SessionId, roles: frozenset[Role]
    ) -> str:
        """An access token, good for `ACCESS_LIFE`."""
        ...

    def verify(self, token: str) -> Claims:
        """Raises BadAccessToken for whatever is not a living access token of ours."""
        ...


class EndedSignIns(Protocol):
    """Asked for every bearer of an access token: such a token outlives a log-out by itself."""

    async def among(
        self, tenant_id: TenantId, session_ids: Collection[SessionId]
    ) -> frozenset[SessionId]:
        """Those of them that were ended, on whatever process; raises Unavailable."""
        ...
