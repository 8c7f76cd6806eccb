"""An organisation: founded, suspended for a while, resumed, erased."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skillbridge.domain.actor import Actor, PrincipalKind, Role
from skillbridge.domain.errors import Forbidden, Invalid
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.tenancy import TenantResumed, TenantSuspended
from skillbridge.domain.ids import TenantId
from skillbridge.domain.lifecycle import Lifecycle

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
"""A label of a host name (RFC 1123), so that a tenant can be one of our hosts."""
NOBODYS = "nobody"
"""The slug of the tenant that stands in for every slug that is unknown: nobody founds it."""


class BadSlug(Invalid):
    """A slug is a label of a host name."""

    def __init__(self) -> None:
        super().__init__(
            "a slug has 2 to 63 of a to z, 0 to 9 and -, and begins with no -", field="slug"
        )


class NotAnAdministrator(Forbidden):
    """Only who runs a tenant decides about it."""

    def __init__(self) -> None:
        super().__init__("only administrators of a tenant see and change its settings")


class NotConfirmed(Invalid):
    """Erasing is confirmed by the tenant's slug."""


class TenantState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    """Nobody signs in, requests are refused, jobs rest; everything is kept."""
    ERASING = "erasing"
    """Its rows are being deleted; there is no way back."""


LIFE = Lifecycle(
    TenantState,
    {
        "suspend": ({TenantState.ACTIVE}, TenantState.SUSPENDED),
        "resume": ({TenantState.SUSPENDED}, TenantState.ACTIVE),
        "erase": ({TenantState.SUSPENDED, TenantState.ERASING}, TenantState.ERASING),
    },
)


@dataclass(slots=True)
class Tenant:
    """Each verb raises IllegalMove where it is not allowed now; said again, it changes nothing."""

    id: TenantId
    slug: str
    name: str
    state: TenantState

    def suspend(self, reason: str, *, at: datetime) -> tuple[Event, ...]:
        if self.state is TenantState.SUSPENDED:
            return ()
        self._move("suspend")
        return (TenantSuspended(at=at, reason=reason),)

    def resume(self, reason: str, *, at: datetime) -> tuple[Event, ...]:
        if self.state is TenantState.ACTIVE:
            return ()
        self._move("resume")
        return (TenantResumed(at=at, reason=reason),)

    def erase(self, *, confirmed: str) -> None:
        """Only what was suspended before, so that two things must be meant. Raises NotConfirmed."""
        if confirmed != self.slug:
            raise NotConfirmed(f"to erase {self.slug}, confirm it by its slug", field="confirm")
        self._move("erase")

    def _move(self, verb: str) -> None:
        self.state = LIFE.after(verb, self.state, among=LIFE.moves)


def check_slug(slug: str) -> None:
    """Raises BadSlug."""
    if SLUG.fullmatch(slug) is None or slug == NOBODYS:
        raise BadSlug


def must_administer(actor: Actor) -> None:
    """Raises NotAnAdministrator for anyone but the tenant's administrators and the system."""
    if actor.principal_kind is not PrincipalKind.SYSTEM and Role.ADMIN not in actor.roles:
        raise NotAnAdministrator
