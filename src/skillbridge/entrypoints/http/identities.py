"""/v1/auth/providers and /v1/me/identities: signing in by GitHub or another provider of identities."""

import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass, replace
from secrets import token_urlsafe
from typing import Annotated, Any

import msgspec
from dishka import FromDishka
from litestar import Request, Response, Router
from litestar.datastructures import Cookie
from litestar.params import FromPath, JSONBody

from skillbridge.application.accounts.identities import BeginSignIn, SignInWithIdentity
from skillbridge.application.accounts.own_identities import (
    BeginLink,
    LinkIdentity,
    UnlinkIdentity,
)
from skillbridge.application.accounts.ports.identities import (
    IdentityProviders,
    IdentityReads,
    ProviderAway,
)
from skillbridge.application.accounts.ports.sign_ins import BadProof
from skillbridge.application.accounts.views import Begun, IdentityView, LoggedIn, ProviderView
from skillbridge.domain.accounts.authorization import (
    LIFE,
    AuthorizationOver,
    NotAuthorized,
    binding,
)
from skillbridge.domain.accounts.identity import (
    AddressHasAccount,
    IdentityTaken,
    NoVerifiedAddress,
    ProviderLinked,
    UnknownIdentity,
    UnknownProvider,
)
from skillbridge.domain.accounts.second_factor import SecondFactorNeeded
from skillbridge.domain.accounts.sign_in import SignInOver
from skillbridge.domain.accounts.user import AccountDisabled, UnknownAccount
from skillbridge.domain.accounts.ways_in import LastWayIn
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import StepUpNeeded
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.ids import IdentityId
from skillbridge.entrypoints.http.fields import Device, DpopProof, origin_of
from skillbridge.entrypoints.http.provider_returns import (
    ReturnTo,
    UnboundReturn,
    UnfitReturn,
    allowed,
    come_back_from_provider,
    must_be_bound,
)
from skillbridge.entrypoints.http.server.auth import (
    needs,
    open_to_all,
    unauthenticated,
    unauthenticated_within,
)
from skillbridge.entrypoints.http.server.operations import delete, get, post, put
from skillbridge.entrypoints.http.server.quotas import AT_PROVIDERS, LINKS
from skillbridge.entrypoints.http.server.same_site import OtherSite, must_be_ours

AnyRequest = Request[Any, Any, Any]

COOKIE = "__Host-skillbridge-authorization"
"""The prefix keeps other hosts of the same site from setting it (RFC 6265bis section 4.1.3.2)."""
LONGEST_SECRET = 128
OURS = 32
"""Bytes of a secret that we make."""
_OURS = re.compile("[A-Za-z0-9_-]{43}")

ProviderName = Annotated[
    str,
    msgspec.Meta(
        max_length=32, description="As `GET /v1/auth/providers` names it.", examples=["github"]
    ),
]
State = Annotated[
    str,
    msgspec.Meta(
        max_length=300, description="As it came back.", examples=["P1BPiUpSR8qvGS0S8Yx2Fw.c2ln"]
    ),
]
AuthorizationCode = Annotated[
    str,
    msgspec.Meta(
        max_length=4000, description="As it came back.", examples=["dc9a4c6f5bd0b8b2f3a1"]
    ),
]


class Beginning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the sign-in goes on, and what shows that it is the same browser or app."""

    return_to: ReturnTo = ""
    binding: Annotated[
        str,
        msgspec.Meta(
            pattern="^(?:[A-Za-z0-9_-]{43})?$",
            description="BASE64URL(SHA-256(secret)) of a secret of your own, for an app or a page of another "
            "origin, which must give it. Left out, a cookie binds the browser.",
            examples=["qTR38Kkm8rMl8dSDhVOJxmpCKQ9GTSe8SVRMlfi0v_o"],
        ),
    ] = ""


class Finishing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the provider sent back."""

    state: State
    code: AuthorizationCode
    secret: Annotated[
        str,
        msgspec.Meta(
            max_length=LONGEST_SECRET,
            description="The one of the `binding`, if one was given.",
            examples=["c2Vzc2lvblN0b3JhZ2Uga2VlcHMgaXQ"],
        ),
    ] = ""
    device: Device = ""


class LinkBeginning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose identity shall open this account, too."""

    provider: ProviderName
    return_to: ReturnTo = ""


class LinkFinishing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the provider sent back."""

    provider: ProviderName
    state: State
    code: AuthorizationCode


@dataclass(frozen=True, slots=True)
class Providers:
    items: tuple[ProviderView, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    items: tuple[IdentityView, ...]


BEGINS = (UnknownProvider, ProviderAway, UnfitReturn)
FINISHES = (UnknownProvider, AuthorizationOver, NotAuthorized, ProviderAway)


@get("/auth/providers", guards=[open_to_all], security=[{}])
async def list_providers(providers: FromDishka[IdentityProviders]) -> Providers:
    """By whom people may sign in here, beside an address and a password."""
    return Providers(tuple(providers.all()))


@post(
    "/auth/providers/{provider:str}",
    guards=[unauthenticated_within(AT_PROVIDERS)],
    security=[{}],
    status_code=200,
    refuses=[*BEGINS, UnboundReturn],
)
async def begin_sign_in(
    data: JSONBody[Beginning],
    request: AnyRequest,
    provider: FromPath[ProviderName],
    actor: FromDishka[Actor],
    begin: FromDishka[BeginSignIn],
) -> Response[Begun]:
    """Send the browser to `authorization_url`: it comes back with `state` and `code`, for the finish.

    A browser keeps the secret that it has: then what it begins in two tabs can be finished in both.
    """
    back = allowed(request, data.return_to)
    must_be_bound(request, back, data.binding)
    if data.binding:
        given = urlsafe_b64decode(data.binding + "=")
        return Response(await begin(actor, provider, given, return_to=back))
    kept = request.cookies.get(COOKIE, "")
    secret = kept if _OURS.fullmatch(kept) else token_urlsafe(OURS)
    begun = await begin(actor, provider, binding(secret), return_to=back)
    life = int(LIFE.total_seconds())
    cookie = Cookie(COOKIE, value=secret, max_age=life, secure=True, httponly=True, samesite="lax")
    return Response(begun, cookies=[cookie])


@post(
    "/auth/providers/{provider:str}/finish",
    guards=[unauthenticated],
    security=[{}],
    status_code=200,
    refuses=[
        *(*FINISHES, BadProof, NoVerifiedAddress, AddressHasAccount),
        *(SecondFactorNeeded, AccountDisabled, StaleWrite, OtherSite),
    ],
)
async def sign_in_with_identity(
    data: JSONBody[Finishing],
    request: AnyRequest,
    provider: FromPath[ProviderName],
    actor: FromDishka[Actor],
    sign_in: FromDishka[SignInWithIdentity],
    dpop: DpopProof = None,
) -> LoggedIn:
    """As after a password. Only the browser or app that began can, once, within ten minutes.

    A first sign-in makes the account, if the provider has verified the address and it has none here.
    An account with a second factor is refused with a `challenge`, for POST /v1/auth/second-factor.
    """
    if not (secret := data.secret):
        must_be_ours(dict(request.scope["headers"]), request.app.state.origin)
        secret = request.cookies.get(COOKIE, "")
    if not secret:  # everybody has that one, so a sign-in that was begun with it would be anybody's
        raise AuthorizationOver
    origin = origin_of(request, dpop)
    return await sign_in(
        actor, provider, data.state, data.code, secret, origin=origin, device=data.device
    )


@get("/me/identities", guards=[needs("security:read")])
async def list_identities(
    actor: FromDishka[Actor],
    reads: FromDishka[IdentityReads],
    providers: FromDishka[IdentityProviders],
) -> Linked:
    """The identities that your account opens with."""
    names = providers.names()
    found = await reads.of(actor)
    return Linked(tuple(replace(one, provider=names.get(one.issuer)) for one in found))


@put(
    "/me/identities/authorization",
    guards=[needs("security:write", LINKS)],
    refuses=[StepUpNeeded, SignInOver, *BEGINS],
)
async def begin_link(
    data: JSONBody[LinkBeginning],
    request: AnyRequest,
    actor: FromDishka[Actor],
    begin: FromDishka[BeginLink],
) -> Begun:
    """Send the browser to `authorization_url`: it comes back with `state` and `code`, for `PUT /v1/me/identities`.

    No POST, for those wait in a transaction, and here a provider may be asked.
    """
    return await begin(actor, data.provider, return_to=allowed(request, data.return_to))


@put(
    "/me/identities",
    guards=[needs("security:write")],
    status_code=204,
    refuses=[
        *FINISHES,
        *(SignInOver, AccountDisabled, IdentityTaken, ProviderLinked, UnknownAccount),
    ],
)
async def link_identity(
    data: JSONBody[LinkFinishing], actor: FromDishka[Actor], link: FromDishka[LinkIdentity]
) -> None:
    """Your account opens with the identity from now on; you are told by mail.

    Only the sign-in that began it can. A provider is linked once.
    """
    await link(actor, data.provider, data.state, data.code)


@delete(
    "/me/identities/{identity_id:str}",
    guards=[needs("security:write")],
    status_code=204,
    refuses=[StepUpNeeded, SignInOver, UnknownIdentity, LastWayIn, UnknownAccount],
)
async def unlink_identity(
    identity_id: FromPath[IdentityId], actor: FromDishka[Actor], unlink: FromDishka[UnlinkIdentity]
) -> None:
    """Your account no longer opens with it; you are told by mail. The last way in stays."""
    await unlink(actor, identity_id)


routes = Router(
    "/v1",
    route_handlers=[
        list_providers,
        begin_sign_in,
        sign_in_with_identity,
        come_back_from_provider,
        list_identities,
        begin_link,
        link_identity,
        unlink_identity,
    ],
    tags=["accounts"],
)
