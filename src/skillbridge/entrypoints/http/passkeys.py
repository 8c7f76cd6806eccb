"""/v1/auth/passkeys and /v1/me/passkeys: signing in without a password, and what does so."""

from functools import partial
from typing import Any

from dishka import FromDishka
from litestar import Request, Response, Router
from litestar.params import FromPath, JSONBody

from skillbridge.application.accounts.passkey_sign_in import (
    BeginPasskeyLogin,
    BeginPasskeySecondFactor,
    FinishPasskeyLogin,
    FinishPasskeySecondFactor,
)
from skillbridge.application.accounts.passkey_step_up import BeginPasskeyStepUp, FinishPasskeyStepUp
from skillbridge.application.accounts.passkeys import (
    BeginPasskeyRegistration,
    FinishPasskeyRegistration,
    RemovePasskey,
    RenamePasskey,
)
from skillbridge.application.accounts.ports.passkeys import PasskeyReads
from skillbridge.application.accounts.ports.sign_ins import BadProof
from skillbridge.application.accounts.views import LoggedIn, PasskeyView, SteppedUp
from skillbridge.domain.accounts.passkey import (
    CeremonyOver,
    PasskeyBehind,
    PasskeyRefused,
    PasskeyTaken,
    TooManyPasskeys,
    UnfitPasskey,
    UnfitPasskeyName,
    UnknownPasskey,
)
from skillbridge.domain.accounts.second_factor import ChallengeOver
from skillbridge.domain.accounts.sign_in import KeyMissing, SignInOver
from skillbridge.domain.accounts.user import AccountDisabled, EmailNotVerified, UnknownAccount
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import StepUpNeeded
from skillbridge.domain.ids import PasskeyId
from skillbridge.entrypoints.http.fields import DpopProof, origin_of
from skillbridge.entrypoints.http.passkey_shapes import (
    ByPasskey,
    LoginChallenge,
    Named,
    NewPasskey,
    PasskeyLogin,
    PasskeySecondFactor,
    ToBeCreated,
    ToBeSigned,
)
from skillbridge.entrypoints.http.server.answers import Json
from skillbridge.entrypoints.http.server.auth import needs, unauthenticated
from skillbridge.entrypoints.http.server.operations import delete, get, post, put

WRITE = needs("security:write")
DISABLED = (AccountDisabled, EmailNotVerified, UnknownAccount)
ANSWERED = (CeremonyOver, PasskeyRefused, PasskeyBehind)
OWN = (StepUpNeeded, SignInOver, *DISABLED)

open_post = partial(post, guards=[unauthenticated], security=[{}], status_code=200)
"""For people who have no access token yet."""


@open_post("/auth/passkeys/login/begin")
async def begin_passkey_login(
    actor: FromDishka[Actor], begin: FromDishka[BeginPasskeyLogin]
) -> ToBeSigned:
    """A challenge for whichever passkey the device offers. It names nobody: it is the same for all."""
    return ToBeSigned.of(await begin(actor))


@open_post("/auth/passkeys/login/finish", refuses=[BadProof, *ANSWERED, *DISABLED])
async def finish_passkey_login(
    data: JSONBody[PasskeyLogin],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    finish: FromDishka[FinishPasskeyLogin],
    dpop: DpopProof = None,
) -> LoggedIn:
    """Signs in by a passkey alone; that its owner was verified on the device counts as two factors.

    If the answer got lost, begin once more: a challenge is answered once.
    """
    origin = origin_of(request, dpop)
    return await finish(actor, data.credential.signed, origin=origin, device=data.device)


@open_post("/auth/second-factor/passkey/begin", refuses=[ChallengeOver])
async def begin_passkey_second_factor(
    data: JSONBody[LoginChallenge],
    actor: FromDishka[Actor],
    begin: FromDishka[BeginPasskeySecondFactor],
) -> ToBeSigned:
    """A challenge for a passkey, in place of a code at the second half of a log-in."""
    return ToBeSigned.of(await begin(actor, data.challenge))


@open_post(
    "/auth/second-factor/passkey/finish",
    refuses=[BadProof, KeyMissing, ChallengeOver, *ANSWERED, *DISABLED],
)
async def finish_passkey_second_factor(
    data: JSONBody[PasskeySecondFactor],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    finish: FromDishka[FinishPasskeySecondFactor],
    dpop: DpopProof = None,
) -> LoggedIn:
    """The second half of a log-in: its challenge, and a passkey of the account.

    Give the same `device` and `DPoP` key as in the first half.
    """
    origin, device, signed = origin_of(request, dpop), data.device, data.credential.signed
    return await finish(actor, data.challenge, signed, origin=origin, device=device)


@put("/me/authentication/passkey/begin", guards=[WRITE])
async def begin_passkey_step_up(
    actor: FromDishka[Actor], begin: FromDishka[BeginPasskeyStepUp]
) -> ToBeSigned:
    """A challenge for a passkey, in place of a code or the password."""
    return ToBeSigned.of(await begin(actor))


@put(
    "/me/authentication/passkey/finish", guards=[WRITE], refuses=[*ANSWERED, SignInOver, *DISABLED]
)
async def finish_passkey_step_up(
    data: JSONBody[ByPasskey], actor: FromDishka[Actor], finish: FromDishka[FinishPasskeyStepUp]
) -> SteppedUp:
    """Shows that it is still you: the answer's access token is good for ten minutes of what asks for that."""
    return await finish(actor, data.credential.signed)


@get("/me/passkeys", guards=[needs("security:read")])
async def list_passkeys(
    actor: FromDishka[Actor], reads: FromDishka[PasskeyReads]
) -> tuple[PasskeyView, ...]:
    """Those of your account, the oldest first: at most ten."""
    return tuple(await reads.of(actor))


@get("/me/passkeys/{passkey_id:str}", guards=[needs("security:read")], refuses=[UnknownPasskey])
async def get_passkey(
    passkey_id: FromPath[PasskeyId], actor: FromDishka[Actor], reads: FromDishka[PasskeyReads]
) -> PasskeyView:
    """One of your account."""
    return await reads.one(actor, passkey_id)


@put("/me/passkeys/register/begin", guards=[WRITE], refuses=[*OWN, TooManyPasskeys])
async def begin_passkey_registration(
    actor: FromDishka[Actor], begin: FromDishka[BeginPasskeyRegistration]
) -> ToBeCreated:
    """What a device is asked for a new passkey. It wants a proof of the last ten minutes that it is you."""
    return ToBeCreated.of(await begin(actor))


@put(
    "/me/passkeys/register/finish",
    guards=[WRITE],
    status_code=201,
    refuses=[
        *OWN,
        CeremonyOver,
        UnfitPasskey,
        UnfitPasskeyName,
        PasskeyTaken,
        TooManyPasskeys,
    ],
    tells=["Location"],
)
async def finish_passkey_registration(
    data: JSONBody[NewPasskey],
    actor: FromDishka[Actor],
    finish: FromDishka[FinishPasskeyRegistration],
) -> Response[PasskeyView]:
    """Keeps the passkey: from now on it signs in. The owner is told by mail."""
    view = await finish(actor, data.made, data.name)
    return Json(view, status_code=201, headers={"Location": f"/v1/me/passkeys/{view.id}"})


@put(
    "/me/passkeys/{passkey_id:str}",
    guards=[WRITE],
    refuses=[*OWN, UnknownPasskey, UnfitPasskeyName],
)
async def rename_passkey(
    passkey_id: FromPath[PasskeyId],
    data: JSONBody[Named],
    actor: FromDishka[Actor],
    rename: FromDishka[RenamePasskey],
) -> PasskeyView:
    """What you call it."""
    return await rename(actor, passkey_id, data.name)


@delete(
    "/me/passkeys/{passkey_id:str}", guards=[WRITE], status_code=204, refuses=[*OWN, UnknownPasskey]
)
async def remove_passkey(
    passkey_id: FromPath[PasskeyId], actor: FromDishka[Actor], remove: FromDishka[RemovePasskey]
) -> None:
    """It signs in no more; your password or another identity does. The owner is told by mail."""
    await remove(actor, passkey_id)


routes = Router(
    "/v1",
    route_handlers=[
        begin_passkey_login,
        finish_passkey_login,
        begin_passkey_second_factor,
        finish_passkey_second_factor,
        begin_passkey_step_up,
        finish_passkey_step_up,
        list_passkeys,
        get_passkey,
        begin_passkey_registration,
        finish_passkey_registration,
        rename_passkey,
        remove_passkey,
    ],
    tags=["accounts"],
)
