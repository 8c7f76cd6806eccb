"""Codes by mail as second factor: chosen, asked for at a log-in, and shown once more."""

from typing import Any

import msgspec
from dishka import FromDishka
from litestar import Request, Router
from litestar.params import JSONBody

from skillbridge.application.accounts.ports.passwords import TooBusy
from skillbridge.application.accounts.ports.sign_ins import BadProof
from skillbridge.application.accounts.sent_factor import BeginMailedFactor, FinishMailedFactor
from skillbridge.application.accounts.sent_second_step import (
    BeginMailedSecondFactor,
    FinishMailedSecondFactor,
)
from skillbridge.application.accounts.sent_step_up import BeginMailedStepUp, FinishMailedStepUp
from skillbridge.application.accounts.views import LoggedIn, RecoveryCodes, SteppedUp
from skillbridge.domain.accounts.one_time_proof import CodeRefused
from skillbridge.domain.accounts.second_factor import (
    ChallengeOver,
    NoSecondFactor,
    NotByMail,
    SameMailbox,
    SecondFactorActive,
)
from skillbridge.domain.accounts.sign_in import KeyMissing, SignInOver
from skillbridge.domain.accounts.user import (
    AccountDisabled,
    EmailNotVerified,
    UnknownAccount,
    WrongPassword,
)
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import StepUpNeeded
from skillbridge.domain.errors import StaleWrite, TooMany
from skillbridge.entrypoints.http.accounts import Answer, open_post
from skillbridge.entrypoints.http.fields import (
    Device,
    DpopProof,
    MailedCode,
    Password,
    origin_of,
)
from skillbridge.entrypoints.http.passkey_shapes import LoginChallenge
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.operations import put

WRITE = needs("security:write")
MAILED = Answer("A mail with a code is on its way to the address of the account.")
OWN = (StepUpNeeded, SignInOver, AccountDisabled, UnknownAccount)
PASSWORD = (WrongPassword, StaleWrite, TooMany, TooBusy)
BY_MAIL = (NotByMail, SameMailbox)
HALF = (ChallengeOver, AccountDisabled, EmailNotVerified, TooMany, *BY_MAIL)


class ForCodes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whoever sets up a second factor shuts out everybody else: so it wants the password."""

    password: Password


class FactorCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the mail holds."""

    code: MailedCode


class MailedLoginChallenge(LoginChallenge, frozen=True):
    """What the log-in answered, and what the mail holds."""

    code: MailedCode
    device: Device = ""


class MailedProof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That it is still you."""

    password: Password
    code: MailedCode


@put(
    "/me/second-factor/email/begin",
    guards=[WRITE],
    status_code=202,
    refuses=[*OWN, *PASSWORD, SecondFactorActive],
)
async def begin_mailed_factor(
    data: JSONBody[ForCodes],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    begin: FromDishka[BeginMailedFactor],
) -> Answer:
    """Codes by mail as second factor, for who has no authenticator app: mails the first one.

    It is the weaker of the two: whoever reads your mails is halfway in.
    """
    await begin(actor, data.password, origin=origin_of(request))
    return MAILED


@put(
    "/me/second-factor/email/finish",
    guards=[WRITE],
    refuses=[*OWN, NoSecondFactor, SecondFactorActive, NotByMail, CodeRefused, TooMany],
)
async def finish_mailed_factor(
    data: JSONBody[FactorCode], actor: FromDishka[Actor], finish: FromDishka[FinishMailedFactor]
) -> RecoveryCodes:
    """The code of the mail: log-ins ask for one from now on, and other sign-ins end.

    Show the recovery codes to their owner now: nobody can see them again.
    """
    return await finish(actor, data.code)


@open_post("/auth/second-factor/email/begin", status_code=202, refuses=[*HALF])
async def begin_mailed_second_factor(
    data: JSONBody[LoginChallenge],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    begin: FromDishka[BeginMailedSecondFactor],
) -> Answer:
    """Mails a code for the second half of a log-in, if the account chose codes by mail."""
    await begin(actor, data.challenge, origin=origin_of(request))
    return MAILED


@open_post(
    "/auth/second-factor/email/finish",
    status_code=200,
    refuses=[BadProof, KeyMissing, CodeRefused, *HALF],
)
async def finish_mailed_second_factor(
    data: JSONBody[MailedLoginChallenge],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    finish: FromDishka[FinishMailedSecondFactor],
    dpop: DpopProof = None,
) -> LoggedIn:
    """The second half of a log-in: its challenge, and the code of the mail; five are looked at.

    Give the same `device` and `DPoP` key as in the first half. A recovery code goes to
    POST /v1/auth/second-factor instead.
    """
    origin, device = origin_of(request, dpop), data.device
    return await finish(actor, data.challenge, data.code, origin=origin, device=device)


@put(
    "/me/authentication/email/begin",
    guards=[WRITE],
    status_code=202,
    refuses=[SignInOver, UnknownAccount, NoSecondFactor, TooMany, *BY_MAIL],
)
async def begin_mailed_step_up(
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    begin: FromDishka[BeginMailedStepUp],
) -> Answer:
    """Mails a code to show that it is still you, if your second factor is codes by mail."""
    await begin(actor, origin=origin_of(request))
    return MAILED


@put(
    "/me/authentication/email/finish",
    guards=[WRITE],
    refuses=[
        *(SignInOver, AccountDisabled, EmailNotVerified, UnknownAccount),
        *(NoSecondFactor, CodeRefused, *BY_MAIL, *PASSWORD),
    ],
)
async def finish_mailed_step_up(
    data: JSONBody[MailedProof],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    finish: FromDishka[FinishMailedStepUp],
) -> SteppedUp:
    """Shows that it is still you: the answer's access token is good for ten minutes of what asks for that."""
    return await finish(actor, data.password, data.code, origin=origin_of(request))


routes = Router(
    "/v1",
    route_handlers=[
        begin_mailed_factor,
        finish_mailed_factor,
        begin_mailed_second_factor,
        finish_mailed_second_factor,
        begin_mailed_step_up,
        finish_mailed_step_up,
    ],
    tags=["accounts"],
)
