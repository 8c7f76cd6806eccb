"""/v1/me: a second factor of one's own, and proving once more who one is."""

from typing import Annotated, Any

import msgspec
from dishka import FromDishka
from litestar import Request, Router
from litestar.params import JSONBody

from skillbridge.application.accounts.ports.passwords import TooBusy
from skillbridge.application.accounts.ports.second_factors import SecondFactorReads
from skillbridge.application.accounts.second_factor import (
    ConfirmSecondFactor,
    EnrolSecondFactor,
    RemoveSecondFactor,
    ReplaceRecoveryCodes,
)
from skillbridge.application.accounts.step_up import StepUp
from skillbridge.application.accounts.views import (
    Enrolment,
    RecoveryCodes,
    SecondFactorState,
    SteppedUp,
)
from skillbridge.domain.accounts.second_factor import (
    NoSecondFactor,
    SecondFactorActive,
    WrongCode,
)
from skillbridge.domain.accounts.sign_in import SignInOver
from skillbridge.domain.accounts.user import AccountDisabled, UnknownAccount, WrongPassword
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import StepUpNeeded
from skillbridge.domain.errors import StaleWrite, TooMany
from skillbridge.entrypoints.http.fields import Code, Password, origin_of
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.operations import delete, get, put

WRITE = needs("security:write")


class AuthenticatorCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the authenticator app shows."""

    code: Code


class PresentPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whoever sets up a second factor shuts out everybody else: so it wants the password."""

    password: Password


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That it is still you."""

    proof: Annotated[
        str,
        msgspec.Meta(
            max_length=512,
            description="A code of the authenticator app, or a recovery code, if the account has a "
            "second factor; else its password.",
            examples=["492039"],
        ),
    ]


@put(
    "/me/authentication",
    guards=[WRITE],
    refuses=[
        WrongCode,
        WrongPassword,
        SignInOver,
        AccountDisabled,
        TooMany,
        TooBusy,
        UnknownAccount,
    ],
)
async def step_up(
    data: JSONBody[Proof],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    prove: FromDishka[StepUp],
) -> SteppedUp:
    """Shows that it is still you: the answer's access token is good for ten minutes of what asks for that."""
    return await prove(actor, data.proof, origin=origin_of(request))


@get("/me/second-factor", guards=[needs("security:read")])
async def get_second_factor(
    actor: FromDishka[Actor], reads: FromDishka[SecondFactorReads]
) -> SecondFactorState:
    """Whether a code is asked for at log-in, and how many recovery codes are left."""
    return await reads.of(actor)


@put(
    "/me/second-factor",
    guards=[WRITE],
    refuses=[
        StepUpNeeded,
        WrongPassword,
        SignInOver,
        SecondFactorActive,
        AccountDisabled,
        StaleWrite,
        TooMany,
        TooBusy,
        UnknownAccount,
    ],
)
async def enrol_second_factor(
    data: JSONBody[PresentPassword],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    enrol: FromDishka[EnrolSecondFactor],
) -> Enrolment:
    """A secret for an authenticator app. Nothing is asked for until a code of it was confirmed."""
    return await enrol(actor, data.password, origin=origin_of(request))


@put(
    "/me/second-factor/confirmation",
    guards=[WRITE],
    refuses=[
        StepUpNeeded,
        SignInOver,
        NoSecondFactor,
        SecondFactorActive,
        WrongCode,
        TooMany,
        UnknownAccount,
    ],
)
async def confirm_second_factor(
    data: JSONBody[AuthenticatorCode],
    actor: FromDishka[Actor],
    confirm: FromDishka[ConfirmSecondFactor],
) -> RecoveryCodes:
    """A code shows that the app works: log-ins ask for one from now on, and other sign-ins end.

    Show the recovery codes to their owner now: nobody can see them again.
    """
    return await confirm(actor, data.code)


@delete("/me/second-factor", guards=[WRITE], refuses=[StepUpNeeded, SignInOver, UnknownAccount])
async def remove_second_factor(
    actor: FromDishka[Actor], remove: FromDishka[RemoveSecondFactor]
) -> None:
    """The password alone is enough again."""
    await remove(actor)


@put(
    "/me/recovery-codes",
    guards=[WRITE],
    refuses=[StepUpNeeded, SignInOver, NoSecondFactor, UnknownAccount],
)
async def replace_recovery_codes(
    actor: FromDishka[Actor], replace: FromDishka[ReplaceRecoveryCodes]
) -> RecoveryCodes:
    """Ten new ones; the older ones are good no more."""
    return await replace(actor)


routes = Router(
    "/v1",
    route_handlers=[
        step_up,
        get_second_factor,
        enrol_second_factor,
        confirm_second_factor,
        remove_second_factor,
        replace_recovery_codes,
    ],
    tags=["accounts"],
)
