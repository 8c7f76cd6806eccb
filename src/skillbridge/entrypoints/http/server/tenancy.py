"""Whose a request is: by its host, by the header `X-Tenant`, or by what it is signed in with.

A claim cannot be wrong, since we signed it; host and header may only repeat it. Without a claim, host or header
name the tenant, and where neither does it is the default one. A slug that is unknown leads to a tenant where
nobody has an account, by the same work: what is answered there tells no stranger which slugs there are.
"""

from typing import Any

from litestar.connection import ASGIConnection

from skillbridge.application.known_tenants import KnownTenants
from skillbridge.application.ports.tenants import (
    NOBODYS_TENANT,
    OfAnotherTenant,
    TenantNow,
    UnknownTenant,
)
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.ids import TenantId
from skillbridge.entrypoints.http.server.middleware import HEADERS

Connection = ASGIConnection[Any, Any, Any, Any]

HEADER = b"x-tenant"
NOT_SEEDED = (
    "nobody has founded this installation's first tenant yet, so nobody can register or sign in: "
    "its operator runs `skillbridge seed`"
)
OF_FEATURE = {"mentoring": "mentors"}
"""The feature that scopes of another name belong to."""


def named(connection: Connection) -> str | None:
    """The slug by which host or header name a tenant. Raises OfAnotherTenant where they name two."""
    header = connection.scope[HEADERS].get(HEADER)  # type: ignore[literal-required]  # ASGI scopes are open
    by_header = None if header is None else header.decode("latin-1")
    by_host = _of_host(connection)
    if by_header is not None and by_host is not None and by_header != by_host:
        raise OfAnotherTenant
    return by_host if by_header is None else by_header


def _of_host(connection: Connection) -> str | None:
    domain: str = connection.app.state.settings.tenant_domain
    if not domain:
        return None
    host = str(connection.scope.get("asked_host", "")).partition(":")[0].lower()
    label, _, rest = host.partition(".")
    return label if rest == domain else None


async def asked_for(connection: Connection) -> TenantId:
    """The tenant of whoever is not known yet. Raises Unavailable where nothing is founded."""
    slug = named(connection)
    tenants: KnownTenants = connection.app.state.known_tenants
    if slug is None:
        try:
            return await tenants.default(connection.app.state.settings.default_tenant)
        except UnknownTenant:
            raise Unavailable(NOT_SEEDED) from None
    try:
        return await tenants.tenants.by_slug(slug)
    except UnknownTenant:
        return NOBODYS_TENANT


async def open_for(connection: Connection, tenant_id: TenantId, scope: str) -> TenantNow:
    """The tenant of who is signed in. Raises TenantIsSuspended, FeatureOff, OfAnotherTenant, UnknownTenant."""
    tenants: KnownTenants = connection.app.state.known_tenants
    tenant = await tenants.now(tenant_id)
    tenant.must_be_active()
    family = scope.partition(":")[0]
    tenant.must_use(OF_FEATURE.get(family, family))
    if named(connection) not in {None, tenant.slug}:
        raise OfAnotherTenant
    return tenant
