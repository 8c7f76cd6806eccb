"""/v1/me/tokens: what programs act with for somebody."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from dishka import FromDishka
from litestar import Request, Router
from litestar.params import FromPath, JSONBody

from skillbridge.application.accounts.personal_tokens import (
    CreatePersonalToken,
    RevokePersonalToken,
)
from skillbridge.application.accounts.ports.api_tokens import ApiTokenReads
from skillbridge.application.accounts.views import ApiTokenView, NewApiToken
from skillbridge.domain.accounts.api_token import (
    MOST_DAYS,
    USUAL_DAYS,
    BadTokenLife,
    BadTokenName,
    NoScopes,
    ScopeNotGiven,
    TooManyTokens,
    UnknownToken,
    Wish,
)
from skillbridge.domain.accounts.sign_in import SignInOver
from skillbridge.domain.accounts.user import UnknownAccount
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import StepUpNeeded
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.operations import delete, get, put
from skillbridge.entrypoints.http.server.revocation import end_here

WRITE = needs("security:write")
Scope = Annotated[str, msgspec.Meta(max_length=40, examples=["roadmaps:read"])]


class WantedToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the token opens, and for how long."""

    scopes: Annotated[tuple[Scope, ...], msgspec.Meta(min_length=1, max_length=40)]
    days: Annotated[
        int,
        msgspec.Meta(
            ge=1, le=MOST_DAYS, description="Days until it runs out.", examples=[USUAL_DAYS]
        ),
    ] = USUAL_DAYS


@get("/me/tokens", guards=[needs("security:read")])
async def list_personal_tokens(
    actor: FromDishka[Actor], reads: FromDishka[ApiTokenReads]
) -> Sequence[ApiTokenView]:
    """Your tokens that live, by name: with their scopes, their end and their last use."""
    return await reads.of(actor)


@put(
    "/me/tokens/{name:str}",
    guards=[WRITE],
    status_code=201,
    refuses=[
        BadTokenName,
        BadTokenLife,
        NoScopes,
        ScopeNotGiven,
        StepUpNeeded,
        SignInOver,
        TooManyTokens,
        UnknownAccount,
    ],
)
async def create_personal_token(
    data: JSONBody[WantedToken],
    request: Request[Any, Any, Any],
    name: FromPath[str],
    actor: FromDishka[Actor],
    create: FromDishka[CreatePersonalToken],
) -> NewApiToken:
    """A token for a program, shown this once; you are told by mail.

    One of yours that has this name ends: if the answer got lost, ask again, and no token is left that
    nobody knows.
    """
    made, ended = await create(actor, Wish(name, data.scopes, data.days))
    end_here(request, [ended] if ended else [])
    return made


@delete(
    "/me/tokens/{name:str}",
    guards=[WRITE],
    status_code=204,
    refuses=[UnknownToken],
)
async def revoke_personal_token(
    request: Request[Any, Any, Any],
    name: FromPath[str],
    actor: FromDishka[Actor],
    revoke: FromDishka[RevokePersonalToken],
) -> None:
    """It opens nothing any more: here at once, elsewhere within a second."""
    end_here(request, [await revoke(actor, name)])


routes = Router(
    "/v1",
    route_handlers=[list_personal_tokens, create_personal_token, revoke_personal_token],
    tags=["accounts"],
)
