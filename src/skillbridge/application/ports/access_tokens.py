"""What a request shows to prove who is asking, in every context."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from skillbridge.domain.actor import Role
from skillbridge.domain.authentication import Authentication
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
    proved_at: datetime | None = None
    """When its bearer proved who they are, if it was issued upon that."""


class KeyRole(StrEnum):
    """What a key does: each of them verifies."""

    NEXT = "next"
    """Known to all before it signs."""
    SIGNING = "signing"
    PREVIOUS = "previous"
    """Signed once; kept until all that it signed has ended."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Half of a key of Ed25519: whoever has it can verify access tokens, and make none."""

    id: str
    point: str
    """The public key itself, 32 bytes in base64url."""
    role: KeyRole
    since: datetime | None
    """When it begins to sign, or began; None for one that was always there."""
    until: datetime | None
    """When a previous one had ceased to sign, at the latest; None where that is not known."""


class Tokens(Protocol):
    """Access tokens of this installation. Those of another issuer are for another verifier."""

    def issue(
        self,
        user_id: UserId,
        tenant_id: TenantId,
        session_id: SessionId,
        roles: frozenset[Role],
        upon: Authentication | None = None,
    ) -> str:
        """An access token, good for `ACCESS_LIFE`; `upon` is the proof that its bearer just gave."""
        ...

    def verify(self, token: str) -> Claims:
        """Raises BadAccessToken for whatever is not a living access token of ours."""
        ...

    def published(self) -> Sequence[PublicKey]:
        """What verifies these tokens, for others; the newest first."""
        ...


class EndedSignIns(Protocol):
    """Asked for every bearer of an access token: such a token outlives a log-out by itself."""

    async def among(
        self, tenant_id: TenantId, session_ids: Collection[SessionId]
    ) -> frozenset[SessionId]:
        """Those of them that were ended, on whatever process; raises Unavailable."""
        ...
