"""Whose installation it is, and what each tenant has decided for itself."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from skillbridge.domain.errors import Forbidden, NotFound
from skillbridge.domain.ids import TenantId
from skillbridge.domain.tenancy.settings import TenantSettings
from skillbridge.domain.tenancy.tenant import Tenant, TenantState

NOBODYS_TENANT = TenantId(UUID("ffffffff-ffff-4fff-bfff-ffffffffffff"))
"""Where a request goes whose slug is unknown: nobody has an account there, and nobody gets one. So it is
answered, after the same work, as in a tenant that lets nobody in, and slugs cannot be tried out."""


class UnknownTenant(NotFound):
    """No such tenant."""

    def __init__(self, message: str = "there is no such tenant") -> None:
        super().__init__(message)


class TenantIsSuspended(Forbidden):
    """Those who run the installation have suspended the tenant; nothing of it is lost."""

    of_others = False

    def __init__(self) -> None:
        super().__init__(
            "this organisation is suspended: nobody can use it now, and nothing is lost; ask those who run it"
        )


class FeatureOff(Forbidden):
    """The tenant does not use this."""

    of_others = False

    def __init__(self, feature: str) -> None:
        super().__init__(f"this organisation does not use {feature}")


class OfAnotherTenant(Forbidden):
    """The request names one tenant, and what it is signed in with is of another."""

    def __init__(self) -> None:
        super().__init__(
            "what you are signed in with is of another organisation than the one that you name: "
            "leave X-Tenant out, or sign in there"
        )


@dataclass(frozen=True, slots=True)
class TenantNow:
    """A tenant as it is at this moment; `version` is that of its settings, 0 before the first."""

    id: TenantId
    slug: str
    state: TenantState
    version: int
    settings: TenantSettings

    def must_be_active(self) -> None:
        """Raises TenantIsSuspended."""
        if self.state is not TenantState.ACTIVE:
            raise TenantIsSuspended

    def must_let_in(self) -> None:
        """Before a stranger makes an account. Raises FeatureOff, also where nobody is let in for now."""
        self.must_use("registration")
        if self.state is not TenantState.ACTIVE:
            raise FeatureOff("registration")

    def must_use(self, feature: str) -> None:
        """Raises FeatureOff."""
        if not getattr(self.settings.features, feature, True):
            raise FeatureOff(feature)


class Tenants(Protocol):
    """Tenants as the installation sees them."""

    async def by_slug(self, slug: str) -> TenantId:
        """Before anybody is known: one question, whatever the slug. Raises UnknownTenant."""
        ...

    async def now(self, tenant_id: TenantId) -> TenantNow:
        """Raises UnknownTenant."""
        ...

    async def found(self, slug: str, name: str) -> TenantId:
        """Founds a tenant, or finds it where it is there already; only for the system."""
        ...

    async def all(self) -> Sequence[Tenant]:
        """By slug; only for the system."""
        ...


async def is_called(tenants: Tenants, slug: str | None, tenant_id: TenantId) -> bool:
    """Whether the tenant has this short name; None is nobody's."""
    try:
        return slug is not None and await tenants.by_slug(slug) == tenant_id
    except UnknownTenant:
        return False


class TenantRows(Protocol):
    """Everything that a tenant has in any table, whatever tables there are; only for the system."""

    async def tables(self) -> Sequence[str]:
        """Every table that holds rows of tenants: what refers to others comes before them."""
        ...

    def rows(self, tenant_id: TenantId) -> AsyncIterator[tuple[str, str]]:
        """Table and row, as JSON, of one moment; so many in memory as one batch has."""
        ...

    async def erase(self, tenant_id: TenantId, table: str, *, most: int) -> int:
        """Deletes up to `most` rows of a tenant that is being erased, for good; how many it were."""
        ...

    async def forget(self, tenant_id: TenantId) -> None:
        """Deletes the tenant itself, which has no rows any more; NotFound where it has."""
