"""/v1/auth/otp: signing in by a code that is mailed."""

from typing import Annotated, Any

import msgspec
from dishka import FromDishka
from litestar import Request, Router
from litestar.params import JSONBody

from skillbridge.application.accounts.ports.sign_ins import BadProof
from skillbridge.application.accounts.sign_in_codes import RequestSignInCode, VerifySignInCode
from skillbridge.application.accounts.views import CodeAsked, LoggedIn
from skillbridge.domain.accounts.email_address import BadEmail
from skillbridge.domain.accounts.one_time_proof import CodeRefused
from skillbridge.domain.accounts.second_factor import SecondFactorNeeded
from skillbridge.domain.accounts.user import AccountDisabled, EmailNotVerified
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import TooMany
from skillbridge.entrypoints.http.accounts import Addressed, open_post
from skillbridge.entrypoints.http.fields import Device, DpopProof, MailedCode, origin_of


class CodeWanted(Addressed, frozen=True):
    """Whose code it is, and the device if it signed in before."""

    device: Device = ""


class CodeTyped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the request for the code answered, and what the mail holds."""

    challenge: Annotated[
        str,
        msgspec.Meta(
            max_length=300,
            description="Of the request for the code.",
            examples=["sbo_AAAAAAAAQACAAAAAAAAAAQ"],
        ),
    ]
    code: MailedCode
    device: Device = ""


@open_post("/auth/otp/request", status_code=202, refuses=[BadEmail, TooMany])
async def request_sign_in_code(
    data: JSONBody[CodeWanted],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    send: FromDishka[RequestSignInCode],
) -> CodeAsked:
    """Mails a code to the account of this address, if it has one: the answer is the same without.

    A newer request replaces the code of an older one. Keep the `challenge` on the device that asked.
    """
    return await send(actor, data.email, origin=origin_of(request), device=data.device)


@open_post(
    "/auth/otp/verify",
    status_code=200,
    refuses=[BadProof, CodeRefused, SecondFactorNeeded, AccountDisabled, EmailNotVerified],
)
async def verify_sign_in_code(
    data: JSONBody[CodeTyped],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    verify: FromDishka[VerifySignInCode],
    dpop: DpopProof = None,
) -> LoggedIn:
    """Signs in, once and within ten minutes; five codes are looked at. It counts as one factor.

    As at POST /v1/auth/login, a `DPoP` proof binds the sign-in to a key, and an account with a second factor
    is refused with a `challenge` for POST /v1/auth/second-factor. If the answer got lost, ask for a new code.
    """
    origin = origin_of(request, dpop)
    return await verify(actor, data.challenge, data.code, origin=origin, device=data.device)


routes = Router(
    "/v1", route_handlers=[request_sign_in_code, verify_sign_in_code], tags=["accounts"]
)
