"""/v1/tenants/{tenant_id}/settings: what a tenant decides for itself."""

from uuid import UUID

from dishka import FromDishka
from litestar import Response, Router
from litestar.params import FromPath, JSONBody

from skillbridge.application.paging import Page as PageOf
from skillbridge.application.paging import PageRequest
from skillbridge.application.ports.tenants import UnknownTenant
from skillbridge.application.tenancy.ports import UnknownVersion
from skillbridge.application.tenancy.settings import (
    ChangeTenantSettings,
    GetTenantSettings,
    ListSettingsVersions,
    RollBackTenantSettings,
)
from skillbridge.application.tenancy.views import SettingsVersion
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import StepUpNeeded
from skillbridge.domain.errors import Invalid
from skillbridge.domain.ids import TenantId, UserId
from skillbridge.domain.profiles.profile import UnfitLanguages
from skillbridge.domain.tenancy.settings import UnclearReason, UnfitBranding, UnfitSettings
from skillbridge.domain.tenancy.tenant import NotAnAdministrator
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.operations import MERGE_PATCH, get, patch, post
from skillbridge.entrypoints.http.server.paging import After, Cursors, Limit, Page
from skillbridge.entrypoints.http.server.versions import IfMatch, IfNoneMatch, seen_versions, tagged
from skillbridge.entrypoints.http.tenant_shapes import ChangedSettings, RolledBack

REFUSES = [NotAnAdministrator, UnknownTenant]
DECIDES = [*REFUSES, StepUpNeeded, UnclearReason]


@get(
    "/{tenant_id:str}/settings",
    guards=[needs("tenants:read")],
    refuses=REFUSES,
    tells=["ETag"],
)
async def get_tenant_settings(
    tenant_id: FromPath[TenantId],
    actor: FromDishka[Actor],
    settings: FromDishka[GetTenantSettings],
    if_none_match: IfNoneMatch = None,
) -> Response[SettingsVersion]:
    """What holds now; version 0 is what is usual, where your tenant has decided nothing."""
    return tagged(await settings(actor, tenant_id), if_none_match)


@patch(
    "/{tenant_id:str}/settings",
    guards=[needs("tenants:write")],
    refuses=[*DECIDES, Invalid, UnfitSettings, UnfitBranding, UnfitLanguages],
    takes=[MERGE_PATCH, "application/json"],
    tells=["ETag"],
)
async def change_tenant_settings(
    tenant_id: FromPath[TenantId],
    data: JSONBody[ChangedSettings],
    actor: FromDishka[Actor],
    change: FromDishka[ChangeTenantSettings],
    if_match: IfMatch = None,
) -> Response[SettingsVersion]:
    """Makes the next version, which counts within a second, everywhere; the same again makes none.

    Each part that you name replaces the whole of it. With `If-Match`, only what you have seen: 412 when it
    has changed since. Wants a proof of the last ten minutes that it is still you.
    """
    seen = seen_versions(if_match)
    return tagged(await change(actor, tenant_id, data.meant(), data.change(), seen=seen))


@get("/{tenant_id:str}/settings/versions", guards=[needs("tenants:read")], refuses=REFUSES)
async def list_settings_versions(
    tenant_id: FromPath[TenantId],
    actor: FromDishka[Actor],
    versions: FromDishka[ListSettingsVersions],
    after: After = None,
    limit: Limit = 20,
) -> Page[SettingsVersion]:
    """All there ever were, the newest first: who decided what, when and why."""
    cursors = Cursors(f"/v1/tenants/{tenant_id}/settings/versions")
    place = cursors.key(after)
    page = PageRequest(limit, place.id.int if place else None)
    found = await versions(actor, tenant_id, page)
    last = UserId(UUID(int=found.next)) if found.next is not None else None
    return cursors.page(PageOf(found.items, last))


@post(
    "/{tenant_id:str}/settings/rollback",
    guards=[needs("tenants:write")],
    status_code=200,
    refuses=[*DECIDES, UnknownVersion],
    tells=["ETag"],
)
async def roll_back_tenant_settings(
    tenant_id: FromPath[TenantId],
    data: JSONBody[RolledBack],
    actor: FromDishka[Actor],
    roll_back: FromDishka[RollBackTenantSettings],
    if_match: IfMatch = None,
) -> Response[SettingsVersion]:
    """What an earlier version said becomes the next one."""
    seen, change = seen_versions(if_match), data.change()
    return tagged(await roll_back(actor, tenant_id, data.version, change, seen=seen))


routes = Router(
    "/v1/tenants",
    route_handlers=[
        get_tenant_settings,
        change_tenant_settings,
        list_settings_versions,
        roll_back_tenant_settings,
    ],
    tags=["tenancy"],
)
