"""An administrator looks at what the tenant decides for itself, changes it, and takes a change back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from skillbridge.application.known_tenants import KnownTenants
from skillbridge.application.paging import Page, PageRequest
from skillbridge.application.ports.tenants import UnknownTenant
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.tenancy.ports import SettingsReads, SettingsVersions
from skillbridge.application.tenancy.views import SettingsVersion
from skillbridge.domain.actor import Actor, PrincipalKind
from skillbridge.domain.authentication import must_have_proved_lately
from skillbridge.domain.errors import ChangedSinceSeen
from skillbridge.domain.events.tenancy import TenantSettingsChanged
from skillbridge.domain.ids import TenantId
from skillbridge.domain.tenancy.settings import Change, TenantSettings
from skillbridge.domain.tenancy.tenant import must_administer


@dataclass(frozen=True, slots=True)
class GetTenantSettings:
    """Raises NotAnAdministrator, and UnknownTenant for any tenant but one's own."""

    reads: SettingsReads

    async def __call__(self, actor: Actor, tenant_id: TenantId) -> SettingsVersion:
        must_be_own(actor, tenant_id)
        return await self.reads.newest(actor)


@dataclass(frozen=True, slots=True)
class ListSettingsVersions:
    """Raises NotAnAdministrator, and UnknownTenant for any tenant but one's own."""

    reads: SettingsReads

    async def __call__(
        self, actor: Actor, tenant_id: TenantId, page: PageRequest[int]
    ) -> Page[SettingsVersion, int]:
        must_be_own(actor, tenant_id)
        return await self.reads.versions(actor, page)


@dataclass(frozen=True, slots=True)
class _Decision:
    """Makes the next version; what changes nothing makes none. Every process is told."""

    transaction: Transaction
    versions: SettingsVersions
    known: KnownTenants

    async def _keep(
        self,
        actor: Actor,
        tenant_id: TenantId,
        wanted: Mapping[str, Any] | int,
        change: Change,
        seen: Collection[int] | None,
    ) -> SettingsVersion:
        must_be_own(actor, tenant_id)
        by = None if actor.principal_kind is PrincipalKind.SYSTEM else actor.user_id
        async with self.transaction(actor) as tx:
            now = await tx.now()
            if by is not None:
                must_have_proved_lately(actor, at=now)
            version, before = await self.versions.newest()
            if seen is not None and version not in seen:
                raise ChangedSinceSeen("these settings have changed since you saw them")
            after = await self._meant(before, wanted)
            if after == before:
                return SettingsVersion(version, before)
            await self.versions.add(version + 1, after, by, now, change.reason)
            was, will_be = after.changed_since(before)
            tx.emit(
                TenantSettingsChanged(
                    at=now,
                    changed_by=by,
                    version=version + 1,
                    reason=change.reason,
                    before=was,
                    after=will_be,
                )
            )
        await self.known.tell(tenant_id)
        return SettingsVersion(version + 1, after, by, now, change.reason)

    async def _meant(
        self, before: TenantSettings, wanted: Mapping[str, Any] | int
    ) -> TenantSettings:
        if isinstance(wanted, int):
            return await self.versions.at(wanted)
        return replace(before, **wanted)


class ChangeTenantSettings(_Decision):
    """Puts whole parts, such as `matching`, in place of those that are; the others stay as they are.

    Raises NotAnAdministrator, UnknownTenant, StepUpNeeded, Invalid, and ChangedSinceSeen for another version
    than `seen`.
    """

    async def __call__(
        self,
        actor: Actor,
        tenant_id: TenantId,
        parts: Mapping[str, Any],
        change: Change,
        *,
        seen: Collection[int] | None = None,
    ) -> SettingsVersion:
        return await self._keep(actor, tenant_id, parts, change, seen)


class RollBackTenantSettings(_Decision):
    """What an earlier version said becomes the next one. Raises UnknownVersion, and as above."""

    async def __call__(
        self,
        actor: Actor,
        tenant_id: TenantId,
        version: int,
        change: Change,
        *,
        seen: Collection[int] | None = None,
    ) -> SettingsVersion:
        return await self._keep(actor, tenant_id, version, change, seen)


def must_be_own(actor: Actor, tenant_id: TenantId) -> None:
    """Raises NotAnAdministrator, UnknownTenant: whether another tenant is there, is not told."""
    if tenant_id != actor.tenant_id:
        raise UnknownTenant
    must_administer(actor)
