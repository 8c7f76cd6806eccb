"""Who is asking, and whether this route is for them: the first of three authorization layers.

The second is the rule in the domain, the third the policy in the database. Every route has
exactly one of these guards; a test lists those that have none. They count how often one asks, too.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import MediaType
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from skillbridge.application.ports.access_tokens import (
    BadAccessToken,
    Claims,
    MissingScope,
    NotForServices,
    NotForTokens,
    Tokens,
)
from skillbridge.application.ports.api_tokens import BadApiToken
from skillbridge.application.ports.tenants import (
    FeatureOff,
    OfAnotherTenant,
    TenantIsSuspended,
    UnknownTenant,
)
from skillbridge.domain.actor import NOBODY, Actor, Caller, Role
from skillbridge.domain.errors import Unavailable, Unproven
from skillbridge.domain.network import class_of, network_of
from skillbridge.domain.scopes import FOR_SERVICES, FOR_TOKENS, scopes_of
from skillbridge.entrypoints.http.server.held_tokens import KnownTokens
from skillbridge.entrypoints.http.server.inject import ACTOR, CLAIMS
from skillbridge.entrypoints.http.server.limits import take_read, take_write
from skillbridge.entrypoints.http.server.middleware import HEADERS
from skillbridge.entrypoints.http.server.quotas import (
    OF_TENANT,
    OPEN_READS,
    READS,
    SAFE,
    UNAUTHENTICATED,
    USUAL,
    Quota,
)
from skillbridge.entrypoints.http.server.revocation import Revocations
from skillbridge.entrypoints.http.server.tenancy import asked_for, open_for

Connection = ASGIConnection[Any, Any, Any, Any]


class NotSignedIn(Unproven):
    """The request carries no valid access token."""


def needs(scope: str, quota: Quota | None = None) -> Guard:
    """Lets in whoever holds an access token with this scope, as often as `quota` says.

    Without one it is the usual quota of a write, or that which all reads of a person share.
    """
    if scope not in scopes_of(frozenset(Role)):
        raise ValueError(f"no role has the scope {scope}")

    async def guard(connection: Connection, _: BaseRouteHandler) -> None:
        try:
            claims = await _authenticate(connection)
        except Unproven:
            take_read(connection.scope, OPEN_READS, _network(connection))
            raise
        actor = connection.scope[ACTOR] = _actor(claims, connection)  # type: ignore[literal-required]  # ASGI scopes are open
        claims.must_hold(scope)
        try:
            await open_for(connection, actor.tenant_id, scope)
        except UnknownTenant:
            raise NotSignedIn(
                "this sign-in is of an organisation that is not here any more"
            ) from None
        tenant = actor.tenant_id
        whose = actor.user_id if actor.user_id != NOBODY else claims.session_id
        if connection.scope["method"] in SAFE:  # type: ignore[typeddict-item]  # it is HTTP
            take_read(connection.scope, quota or READS, whose.int, tenant)
        else:
            await take_write(connection.scope, quota or USUAL, tenant, whose, tenant=tenant)
        connection.scope[CLAIMS] = claims  # type: ignore[literal-required]  # as above

    guard.scope = scope  # type: ignore[attr-defined]  # read by the contract, the tests, and what takes a key
    guard.reads = (quota or READS, OF_TENANT)  # type: ignore[attr-defined]  # as above
    guard.writes = (quota or USUAL, OF_TENANT)  # type: ignore[attr-defined]  # as above
    guard.refuses = (  # type: ignore[attr-defined]  # as above
        NotSignedIn,
        BadAccessToken,
        BadApiToken,
        MissingScope,
        TenantIsSuspended,
        FeatureOff,
        OfAnotherTenant,
        *(() if scope in FOR_TOKENS else (NotForTokens,)),
        *(() if scope in FOR_SERVICES else (NotForServices,)),
        Unavailable,
    )
    return guard


def scope_of(handler: BaseRouteHandler) -> str | None:
    """That which an operation needs; None where nobody need be known."""
    found = [guard.scope for guard in handler.resolve_guards() if hasattr(guard, "scope")]
    return str(found[0]) if found else None


async def open_to_all(connection: Connection, _: BaseRouteHandler) -> None:
    """Lets everyone in, as nobody: for what is the same for all."""
    take_read(connection.scope, OPEN_READS, _network(connection))


open_to_all.reads = (OPEN_READS,)  # type: ignore[attr-defined]  # read by the contract


async def always_open(_: Connection, __: BaseRouteHandler) -> None:
    """Lets everyone in, however often: for whoever looks whether this process serves."""


always_open.reads = ()  # type: ignore[attr-defined]  # read by the contract


def unauthenticated_within(quota: Quota) -> Guard:
    """As `unauthenticated`, with a quota of its own for writes."""

    async def unauthenticated_guard(connection: Connection, handler: BaseRouteHandler) -> None:
        await _let_in(connection, handler, quota)

    return _as_unauthenticated(unauthenticated_guard, quota)


async def unauthenticated(connection: Connection, handler: BaseRouteHandler) -> None:
    """Lets everyone in, as the pre-authentication principal of the tenant that host or `X-Tenant` name.

    But a program with its token, where no page is asked for: it would believe that the token signs it in.
    """
    await _let_in(connection, handler, UNAUTHENTICATED)


def _as_unauthenticated(guard: Guard, quota: Quota) -> Guard:
    """What the contract reads of it."""
    told = {
        "asks": ("X-Tenant",),
        "reads": (OPEN_READS,),
        "writes": (quota,),
        "refuses": (TenantIsSuspended, FeatureOff, OfAnotherTenant, NotForTokens, Unavailable),
    }
    for name, value in told.items():
        setattr(guard, name, value)
    return guard


_as_unauthenticated(unauthenticated, UNAUTHENTICATED)


async def _let_in(connection: Connection, handler: BaseRouteHandler, quota: Quota) -> None:
    network = _network(connection)
    if connection.scope["method"] in SAFE:  # type: ignore[typeddict-item]  # it is HTTP
        take_read(connection.scope, OPEN_READS, network)
    else:
        await take_write(connection.scope, quota, network)
    known: KnownTokens = connection.app.state.known_tokens
    shown = _authorization(connection).partition(" ")[2]
    if known.text.is_one(shown) and getattr(handler, "media_type", None) != MediaType.HTML:
        raise NotForTokens
    tenant_id = await asked_for(connection)
    connection.scope[ACTOR] = Actor.pre_authentication(  # type: ignore[literal-required]  # ASGI scopes are open
        tenant_id, request_id=_request_id(connection), caller=_caller(connection)
    )


def _network(connection: Connection) -> str:
    return network_of(connection.client.host if connection.client else "")


async def _authenticate(connection: Connection) -> Claims:
    scheme, _, token = _authorization(connection).partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("send an access token: `Authorization: Bearer …` from /v1/auth/login")
    claims = await _claims(connection, token)
    revocations: Revocations = connection.app.state.revocations
    if await revocations.include(claims.tenant_id, claims.session_id):
        raise NotSignedIn("this sign-in has ended; log in again at /v1/auth/login")
    return claims


async def _claims(connection: Connection, token: str) -> Claims:
    known: KnownTokens = connection.app.state.known_tokens
    if known.text.is_one(token):
        if not known.remembers(token):  # nobody makes us ask the database without end
            take_read(connection.scope, OPEN_READS, _network(connection))
        return await known.claims(token)
    tokens: Tokens = connection.app.state.tokens
    return tokens.verify(token)


def _authorization(connection: Connection) -> str:
    given: bytes = connection.scope[HEADERS].get(b"authorization", b"")  # type: ignore[literal-required]  # ASGI scopes are open
    return given.decode("latin-1")


def _actor(claims: Claims, connection: Connection) -> Actor:
    return Actor(
        claims.user_id,
        claims.tenant_id,
        claims.roles,
        claims.session_id,
        request_id=_request_id(connection),
        principal_kind=claims.principal_kind,
        proved_at=claims.proved_at,
        caller=_caller(connection),
    )


def _caller(connection: Connection) -> Caller:
    return Caller(str(connection.scope.get("own_request_id", "")), class_of(_network(connection)))


def _request_id(connection: Connection) -> str:
    return str(connection.scope.get("request_id", ""))
