"""Who is asking."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from skillbridge.domain.ids import SessionId, TenantId, UserId

NOBODY = UserId(UUID(int=0))


class Role(StrEnum):
    """What a person is here; one person may be several."""

    LEARNER = "learner"
    MENTOR = "mentor"
    MODERATOR = "moderator"
    ADMIN = "admin"


class PrincipalKind(StrEnum):
    """On whose behalf the actor acts; the database's policies know these words too."""

    PERSON = "person"
    PRE_AUTHENTICATION = "doorkeeper"
    """Whoever is not known yet, by the older word that the policies have for it."""
    SYSTEM = "system"
    SERVICE = "service"
    """A program of the tenant's own, which is no person: it sees what is opened to services alone."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request came from, for the audit trail alone; empty where nobody told."""

    request_id: str = ""
    """Ours, which no client chooses."""
    network: str = ""
    """The network class of the address, which many households share."""
    person: UserId | None = None
    """Who is signed in, where the pre-authentication principal acts for them."""
    operator: str = ""
    """The account of the machine on which a command was given."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in which tenant, and what they are there; built once per request."""

    user_id: UserId
    tenant_id: TenantId
    roles: frozenset[Role] = frozenset()
    session_id: SessionId | None = None
    principal_kind: PrincipalKind = PrincipalKind.PERSON
    request_id: str = ""
    """The request on whose behalf this happens, through every job that follows."""
    proved_at: datetime | None = None
    """When they proved who they are, if this very access token was issued upon that."""
    caller: Caller = Caller()

    @classmethod
    def person(
        cls,
        user_id: UserId,
        tenant_id: TenantId,
        roles: frozenset[Role] = frozenset({Role.LEARNER}),
        session_id: SessionId | None = None,
    ) -> "Actor":
        """Someone who has proved who they are."""
        return cls(user_id, tenant_id, roles, session_id)

    @classmethod
    def pre_authentication(
        cls,
        tenant_id: TenantId,
        *,
        request_id: str = "",
        caller: Caller = Caller(),
    ) -> "Actor":
        """Acts for someone not yet known: sees accounts and sign-ins of one tenant, nothing else."""
        return cls(
            NOBODY,
            tenant_id,
            principal_kind=PrincipalKind.PRE_AUTHENTICATION,
            request_id=request_id,
            caller=caller,
        )

    @classmethod
    def service(cls, tenant_id: TenantId, token_id: SessionId, *, request_id: str = "") -> "Actor":
        """A program that holds this token of the tenant."""
        return cls(
            NOBODY,
            tenant_id,
            session_id=token_id,
            principal_kind=PrincipalKind.SERVICE,
            request_id=request_id,
        )

    @property
    def before_authentication(self) -> "Actor":
        """Who looks after what this person signs in with, which the person's own standing cannot see."""
        caller = replace(self.caller, person=self.user_id)
        return Actor.pre_authentication(self.tenant_id, request_id=self.request_id, caller=caller)

    @classmethod
    def system(cls, tenant_id: TenantId, *, request_id: str = "") -> "Actor":
        """Acts for SkillBridge itself; only a worker's database login is believed."""
        return cls(NOBODY, tenant_id, principal_kind=PrincipalKind.SYSTEM, request_id=request_id)
