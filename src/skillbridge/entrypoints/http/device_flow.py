"""Signing in and linking by a code that an app shows, and its person types in at a provider (RFC 8628)."""

from base64 import urlsafe_b64decode
from typing import Annotated, Any

import msgspec
from dishka import FromDishka
from litestar import Request, Router
from litestar.params import FromPath, JSONBody

from skillbridge.application.accounts.device_sign_in import (
    BeginDeviceLink,
    BeginDeviceSignIn,
    LinkByDevice,
    SignInByDevice,
)
from skillbridge.application.accounts.ports.identities import ProviderAway
from skillbridge.application.accounts.ports.sign_ins import BadProof
from skillbridge.application.accounts.views import CodeBegun, LoggedIn
from skillbridge.domain.accounts.authorization import AuthorizationOver
from skillbridge.domain.accounts.device_flow import (
    AskedTooSoon,
    AuthorizationDenied,
    AuthorizationPending,
    NoDeviceFlow,
)
from skillbridge.domain.accounts.identity import (
    AddressHasAccount,
    IdentityTaken,
    NoVerifiedAddress,
    ProviderLinked,
    UnknownProvider,
)
from skillbridge.domain.accounts.second_factor import SecondFactorNeeded
from skillbridge.domain.accounts.sign_in import SignInOver
from skillbridge.domain.accounts.user import AccountDisabled, UnknownAccount
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import StepUpNeeded
from skillbridge.domain.errors import StaleWrite
from skillbridge.entrypoints.http.fields import Device, DpopProof, origin_of
from skillbridge.entrypoints.http.identities import LONGEST_SECRET, ProviderName
from skillbridge.entrypoints.http.server.auth import needs, unauthenticated, unauthenticated_within
from skillbridge.entrypoints.http.server.operations import post, put
from skillbridge.entrypoints.http.server.quotas import AT_PROVIDERS, LINKS

Handle = Annotated[
    str,
    msgspec.Meta(
        max_length=500, description="As the beginning answered it.", examples=["sbh_P1BPiUpSR8qv"]
    ),
]


class CodeBeginning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What shows that it is the same app that asks."""

    binding: Annotated[
        str,
        msgspec.Meta(
            pattern="^[A-Za-z0-9_-]{43}$",
            description="BASE64URL(SHA-256(secret)) of a random secret that the app keeps.",
            examples=["qTR38Kkm8rMl8dSDhVOJxmpCKQ9GTSe8SVRMlfi0v_o"],
        ),
    ]


class CodeFinishing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the code was typed in."""

    handle: Handle
    secret: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            max_length=LONGEST_SECRET,
            description="The one of the `binding`.",
            examples=["c2Vzc2lvblN0b3JhZ2Uga2VlcHMgaXQ"],
        ),
    ]
    device: Device = ""


class LinkCodeBeginning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose identity shall open this account, too."""

    provider: ProviderName


class LinkCodeFinishing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the code was typed in."""

    provider: ProviderName
    handle: Handle


BEGINS = (UnknownProvider, NoDeviceFlow, ProviderAway)
FINISHES = (*BEGINS, AuthorizationOver, AuthorizationPending, AskedTooSoon, AuthorizationDenied)


@post(
    "/auth/providers/{provider:str}/device",
    guards=[unauthenticated_within(AT_PROVIDERS)],
    security=[{}],
    status_code=200,
    refuses=list(BEGINS),
)
async def begin_device_sign_in(
    data: JSONBody[CodeBeginning],
    provider: FromPath[ProviderName],
    actor: FromDishka[Actor],
    begin: FromDishka[BeginDeviceSignIn],
) -> CodeBegun:
    """Show `user_code`, to be typed in at `verification_uri`, and ask at the finish every `interval` seconds.

    Say that nobody should type in a code that somebody else gave them: it signs that one in.
    """
    return await begin(actor, provider, urlsafe_b64decode(data.binding + "="))


@post(
    "/auth/providers/{provider:str}/device/finish",
    guards=[unauthenticated],
    security=[{}],
    status_code=200,
    refuses=[
        *(*FINISHES, BadProof, NoVerifiedAddress, AddressHasAccount),
        *(SecondFactorNeeded, AccountDisabled, StaleWrite),
    ],
)
async def sign_in_by_device(
    data: JSONBody[CodeFinishing],
    request: Request[Any, Any, Any],
    provider: FromPath[ProviderName],
    actor: FromDishka[Actor],
    sign_in: FromDishka[SignInByDevice],
    dpop: DpopProof = None,
) -> LoggedIn:
    """As after a password, once the person has said yes at the provider; until then 409, with `Retry-After`.

    That grows when the provider wants to be asked less often. Only the app that began can, once.
    """
    origin = origin_of(request, dpop)
    return await sign_in(
        actor, provider, data.handle, data.secret, origin=origin, device=data.device
    )


@put(
    "/me/identities/device",
    guards=[needs("security:write", LINKS)],
    refuses=[StepUpNeeded, SignInOver, *BEGINS],
)
async def begin_device_link(
    data: JSONBody[LinkCodeBeginning], actor: FromDishka[Actor], begin: FromDishka[BeginDeviceLink]
) -> CodeBegun:
    """As for signing in; the identity of whoever types in the code will open your account."""
    return await begin(actor, data.provider)


@put(
    "/me/identities/device/finish",
    guards=[needs("security:write")],
    status_code=204,
    refuses=[
        *(*FINISHES, SignInOver, AccountDisabled),
        *(IdentityTaken, ProviderLinked, UnknownAccount),
    ],
)
async def link_by_device(
    data: JSONBody[LinkCodeFinishing], actor: FromDishka[Actor], link: FromDishka[LinkByDevice]
) -> None:
    """Your account opens with the identity from now on; you are told by mail. Until then 409."""
    await link(actor, data.provider, data.handle)


routes = Router(
    "/v1",
    route_handlers=[begin_device_sign_in, sign_in_by_device, begin_device_link, link_by_device],
    tags=["accounts"],
)
