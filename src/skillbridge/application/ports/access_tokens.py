"""What a request shows to prove who is asking, in every context."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from skillbridge.domain.actor import PrincipalKind, Role
from skillbridge.domain.authentication import Authentication
from skillbridge.domain.errors import Forbidden, Unproven
from skillbridge.domain.ids import SessionId, TenantId, UserId
from skillbridge.domain.scopes import FOR_SERVICES, FOR_TOKENS, scopes_of

ACCESS_LIFE = timedelta(minutes=10)
NEW_ROLE = (
    "if you were given a role since it was made, POST /v1/auth/refresh makes one that does; where administrators "
    "need an authenticator app, PUT /v1/me/second-factor sets one up first"
)
ANOTHER_TOKEN = "whoever made it may make one that does, if they have the role"  # noqa: S105  # words


class BadAccessToken(Unproven):
    """Not an access token of ours, or no longer one."""

    def __init__(self) -> None:
        super().__init__("this access token is not valid, or has ended; refresh it or log in again")


class MissingScope(Forbidden):
    """The token does not open this: it wants `scope_needed`, and has `scopes_held`."""

    def __init__(self, needed: str, held: Collection[str], way_out: str) -> None:
        super().__init__(
            f"this needs the scope {needed}, which your token does not hold; {way_out}"
        )
        self.needed = needed
        self.held = " ".join(sorted(held))

    @property
    def members(self) -> Mapping[str, str]:
        return {"scope_needed": self.needed, "scopes_held": self.held}


class NotForTokens(Forbidden):
    """How people sign in, and whether they may, is decided by somebody who has logged in."""

    def __init__(self) -> None:
        super().__init__(
            "no personal access token opens this, whatever its scopes: log in at /v1/auth/login and use the "
            "access token of that"
        )


class NotForServices(Forbidden):
    """A service is nobody: what belongs to a person, or is decided by one, is not for its token."""

    def __init__(self) -> None:
        super().__init__(
            "no token of a service opens this, whatever its scopes: what is open to them is "
            f"{' '.join(sorted(FOR_SERVICES))}; a person's token may open it"
        )


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token proves, or a token of a program."""

    user_id: UserId
    tenant_id: TenantId
    session_id: SessionId
    """The sign-in; of a program's token its own id, which ends in the same way."""
    roles: frozenset[Role]
    expires_at: datetime
    proved_at: datetime | None = None
    """When its bearer proved who they are, if it was issued upon that."""
    only: frozenset[str] | None = None
    """The scopes that a program's token was made with: it opens no others."""
    principal_kind: PrincipalKind = PrincipalKind.PERSON

    @property
    def scopes(self) -> frozenset[str]:
        """What it opens: never more than the roles do that its owner has."""
        if self.principal_kind is PrincipalKind.SERVICE:
            return (self.only or frozenset()) & FOR_SERVICES
        by_roles = scopes_of(self.roles)
        return by_roles if self.only is None else by_roles & self.only & FOR_TOKENS

    def must_hold(self, scope: str) -> None:
        """Raises MissingScope, and NotForTokens where no token of a program ever would."""
        if scope in self.scopes:
            return
        if self.only is None:
            raise MissingScope(scope, self.scopes, NEW_ROLE)
        if self.principal_kind is PrincipalKind.SERVICE and scope not in FOR_SERVICES:
            raise NotForServices
        if scope not in FOR_TOKENS:
            raise NotForTokens
        raise MissingScope(scope, self.scopes, ANOTHER_TOKEN)


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
    """Asked for every bearer of an access token: such a token outlives a log-out by itself.

    Tokens of programs are asked for by their ids in the same way.
    """

    async def among(
        self, tenant_id: TenantId, session_ids: Collection[SessionId]
    ) -> frozenset[SessionId]:
        """Those of them that were ended, on whatever process; raises Unavailable."""
        ...
