"""/v1/auth/supabase and /v1/me/identities/supabase: access tokens of a Supabase project for our own."""

from typing import Annotated, Any

import msgspec
from dishka import FromDishka
from litestar import Request, Router
from litestar.params import JSONBody

from skillbridge.application.accounts.ports.identities import ProviderAway
from skillbridge.application.accounts.ports.sign_ins import BadProof
from skillbridge.application.accounts.supabase import LinkSupabase, SignInWithSupabase
from skillbridge.application.accounts.views import LoggedIn
from skillbridge.domain.accounts.identity import (
    AddressHasAccount,
    IdentityTaken,
    NoVerifiedAddress,
    ProviderLinked,
)
from skillbridge.domain.accounts.second_factor import SecondFactorNeeded
from skillbridge.domain.accounts.sign_in import SignInOver
from skillbridge.domain.accounts.supabase import BadSupabaseToken, NoSupabaseProject, NotAPerson
from skillbridge.domain.accounts.user import AccountDisabled, UnknownAccount
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import StepUpNeeded
from skillbridge.domain.errors import StaleWrite
from skillbridge.entrypoints.http.fields import Device, DpopProof, origin_of
from skillbridge.entrypoints.http.server.auth import needs, unauthenticated
from skillbridge.entrypoints.http.server.operations import post, put

AnyRequest = Request[Any, Any, Any]

SupabaseToken = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=16_384,
        description="An access token that Supabase made within the last ten minutes.",
        examples=["eyJhbGciOiJFUzI1NiIsImtpZCI6ImEifQ.eyJyb2xlIjoiYXV0aGVudGljYXRlZCJ9.c2ln"],
    ),
]
REFUSED = (NoSupabaseProject, BadSupabaseToken, NotAPerson, ProviderAway)


class SupabaseSignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who has signed in at Supabase."""

    access_token: SupabaseToken
    device: Device = ""


class SupabaseLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which user of Supabase shall open this account, too."""

    access_token: SupabaseToken


@post(
    "/auth/supabase",
    guards=[unauthenticated],
    security=[{}],
    status_code=200,
    refuses=[
        *(*REFUSED, BadProof, NoVerifiedAddress, AddressHasAccount),
        *(SecondFactorNeeded, AccountDisabled, StaleWrite),
    ],
)
async def sign_in_with_supabase(
    data: JSONBody[SupabaseSignIn],
    request: AnyRequest,
    actor: FromDishka[Actor],
    sign_in: FromDishka[SignInWithSupabase],
    dpop: DpopProof = None,
) -> LoggedIn:
    """An access token of Supabase for a sign-in here, which ends by itself, and not with that of Supabase.

    It shows no fresh proof: step up with what this account has, where one is wanted. A first sign-in makes
    the account, if Supabase has verified the address and it has none here.
    """
    origin = origin_of(request, dpop)
    return await sign_in(actor, data.access_token, origin=origin, device=data.device)


@put(
    "/me/identities/supabase",
    guards=[needs("security:write")],
    status_code=204,
    refuses=[
        *(*REFUSED, StepUpNeeded, SignInOver, AccountDisabled),
        *(IdentityTaken, ProviderLinked, UnknownAccount),
    ],
)
async def link_supabase(
    data: JSONBody[SupabaseLink], actor: FromDishka[Actor], link: FromDishka[LinkSupabase]
) -> None:
    """Your account opens with this user of Supabase from now on; you are told by mail."""
    await link(actor, data.access_token)


routes = Router("/v1", route_handlers=[sign_in_with_supabase, link_supabase], tags=["accounts"])
