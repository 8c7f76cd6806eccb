"""Codes by SMS as second factor: chosen, asked for at a log-in, and shown once more."""

from typing import Any

from dishka import FromDishka
from litestar import Request, Router
from litestar.params import JSONBody

from skillbridge.application.accounts.ports.sign_ins import BadProof
from skillbridge.application.accounts.sent_factor import BeginTextedFactor, FinishTextedFactor
from skillbridge.application.accounts.sent_second_step import (
    BeginTextedSecondFactor,
    FinishTextedSecondFactor,
)
from skillbridge.application.accounts.sent_step_up import BeginTextedStepUp, FinishTextedStepUp
from skillbridge.application.accounts.views import LoggedIn, RecoveryCodes, SteppedUp
from skillbridge.domain.accounts.one_time_proof import CodeRefused
from skillbridge.domain.accounts.phone import (
    AdministratorsNeedMore,
    CountryNotTexted,
    NoPhone,
    SmsOff,
)
from skillbridge.domain.accounts.second_factor import (
    ChallengeOver,
    NoSecondFactor,
    NotBySms,
    SecondFactorActive,
)
from skillbridge.domain.accounts.sign_in import KeyMissing, SignInOver
from skillbridge.domain.accounts.user import AccountDisabled, EmailNotVerified, UnknownAccount
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import TooMany
from skillbridge.entrypoints.http.accounts import Answer, open_post
from skillbridge.entrypoints.http.fields import DpopProof, origin_of
from skillbridge.entrypoints.http.mailed_codes import (
    OWN,
    PASSWORD,
    WRITE,
    FactorCode,
    ForCodes,
    MailedLoginChallenge,
    MailedProof,
)
from skillbridge.entrypoints.http.passkey_shapes import LoginChallenge
from skillbridge.entrypoints.http.phones import TEXTED
from skillbridge.entrypoints.http.server.operations import put

SENDING = (NoPhone, SmsOff, CountryNotTexted, TooMany)
HALF = (ChallengeOver, AccountDisabled, EmailNotVerified, NotBySms)


@put(
    "/me/second-factor/sms/begin",
    guards=[WRITE],
    status_code=202,
    refuses=[*OWN, *PASSWORD, SecondFactorActive, AdministratorsNeedMore, *SENDING],
)
async def begin_texted_factor(
    data: JSONBody[ForCodes],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    begin: FromDishka[BeginTextedFactor],
) -> Answer:
    """Codes by SMS as second factor, for who has neither app nor passkey: texts the first one to the phone.

    It is the weakest of all: numbers are taken over by who talks to a phone company. Administrators have none.
    """
    await begin(actor, data.password, origin=origin_of(request))
    return TEXTED


@put(
    "/me/second-factor/sms/finish",
    guards=[WRITE],
    refuses=[
        *OWN,
        *(NoSecondFactor, SecondFactorActive, AdministratorsNeedMore),
        *(NotBySms, CodeRefused, TooMany),
    ],
)
async def finish_texted_factor(
    data: JSONBody[FactorCode], actor: FromDishka[Actor], finish: FromDishka[FinishTextedFactor]
) -> RecoveryCodes:
    """The code of the text: log-ins ask for one from now on, and other sign-ins end.

    Show the recovery codes to their owner now: nobody can see them again.
    """
    return await finish(actor, data.code)


@open_post("/auth/second-factor/sms/begin", status_code=202, refuses=[*HALF, *SENDING])
async def begin_texted_second_factor(
    data: JSONBody[LoginChallenge],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    begin: FromDishka[BeginTextedSecondFactor],
) -> Answer:
    """Texts a code for the second half of a log-in, if the account chose codes by SMS."""
    await begin(actor, data.challenge, origin=origin_of(request))
    return TEXTED


@open_post(
    "/auth/second-factor/sms/finish",
    status_code=200,
    refuses=[BadProof, KeyMissing, CodeRefused, TooMany, *HALF],
)
async def finish_texted_second_factor(
    data: JSONBody[MailedLoginChallenge],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    finish: FromDishka[FinishTextedSecondFactor],
    dpop: DpopProof = None,
) -> LoggedIn:
    """The second half of a log-in: its challenge, and the code of the text; five are looked at.

    Give the same `device` and `DPoP` key as in the first half. A recovery code goes to
    POST /v1/auth/second-factor instead.
    """
    origin, device = origin_of(request, dpop), data.device
    return await finish(actor, data.challenge, data.code, origin=origin, device=device)


@put(
    "/me/authentication/sms/begin",
    guards=[WRITE],
    status_code=202,
    refuses=[SignInOver, UnknownAccount, NoSecondFactor, NotBySms, *SENDING],
)
async def begin_texted_step_up(
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    begin: FromDishka[BeginTextedStepUp],
) -> Answer:
    """Texts a code to show that it is still you, if your second factor is codes by SMS."""
    await begin(actor, origin=origin_of(request))
    return TEXTED


@put(
    "/me/authentication/sms/finish",
    guards=[WRITE],
    refuses=[
        *(SignInOver, AccountDisabled, EmailNotVerified, UnknownAccount),
        *(NoSecondFactor, CodeRefused, NotBySms, *PASSWORD),
    ],
)
async def finish_texted_step_up(
    data: JSONBody[MailedProof],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    finish: FromDishka[FinishTextedStepUp],
) -> SteppedUp:
    """Shows that it is still you: the answer's access token is good for ten minutes of what asks for that."""
    return await finish(actor, data.password, data.code, origin=origin_of(request))


routes = Router(
    "/v1",
    route_handlers=[
        begin_texted_factor,
        finish_texted_factor,
        begin_texted_second_factor,
        finish_texted_second_factor,
        begin_texted_step_up,
        finish_texted_step_up,
    ],
    tags=["accounts"],
)
