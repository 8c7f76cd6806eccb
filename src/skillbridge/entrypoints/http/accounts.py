"""/v1/auth: registering, signing in, and staying so."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import msgspec
from dishka import FromDishka
from litestar import Request, Router
from litestar.params import JSONBody

from skillbridge.application.accounts.ports.passwords import TooBusy
from skillbridge.application.accounts.ports.proofs import BrokenLink
from skillbridge.application.accounts.ports.sign_ins import BadProof
from skillbridge.application.accounts.registration import (
    RegisterUser,
    ResendVerification,
    VerifyEmail,
)
from skillbridge.application.accounts.registration_codes import VerifyEmailByCode
from skillbridge.application.accounts.second_step import VerifySecondFactor
from skillbridge.application.accounts.sessions import LogIn, LogOut, RefreshSession
from skillbridge.application.accounts.views import LoggedIn, SignedIn
from skillbridge.domain.accounts import email_address
from skillbridge.domain.accounts.email_address import BadEmail
from skillbridge.domain.accounts.password import WeakPassword, well_formed
from skillbridge.domain.accounts.registration import CodeOrPasswordWrong, LinkOutdated
from skillbridge.domain.accounts.second_factor import ChallengeOver, SecondFactorNeeded, WrongCode
from skillbridge.domain.accounts.sign_in import KeyMissing, SignInOver, TokenStolen
from skillbridge.domain.accounts.user import AccountDisabled, EmailNotVerified, WrongCredentials
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Faults, TooMany
from skillbridge.domain.profiles.profile import NAME, Details, UnfitName
from skillbridge.entrypoints.http.fields import (
    Code,
    Device,
    DpopProof,
    Email,
    LinkToken,
    MailedCode,
    NewPassword,
    Password,
    RefreshToken,
    origin_of,
)
from skillbridge.entrypoints.http.server.auth import unauthenticated
from skillbridge.entrypoints.http.server.free_text import in_body
from skillbridge.entrypoints.http.server.operations import post
from skillbridge.entrypoints.http.server.revocation import end_here
from skillbridge.entrypoints.http.sign_ins import (
    end_other_sessions,
    end_session,
    list_sessions,
)
from skillbridge.entrypoints.http.verification import (
    confirm_from_page,
    open_verification_link,
    resend_from_page,
)

Name = Annotated[str, in_body(NAME, "Amina Bello")]


class Registration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who wants an account."""

    email: Email
    password: NewPassword
    name: Name

    def meant(self) -> None:
        """How hard the password is to guess, the use case alone can say."""
        faults = Faults()
        with faults.noted():
            Details(name=self.name)
        with faults.noted():
            email_address.normalised(self.email)
        with faults.noted():
            well_formed(self.password)
        faults.refuse()


class Addressed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    email: Email

    def meant(self) -> str:
        return email_address.normalised(self.email)


class Address(Addressed, frozen=True):
    """Where the mail should go."""

    token: Annotated[
        str, msgspec.Meta(max_length=300, description="Of an earlier link: it names the tenant.")
    ] = ""


class Credentials(Addressed, frozen=True):
    password: Password
    device: Device = ""


class Verification(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the link of the mail carries, and the password chosen at that registration."""

    token: LinkToken
    password: Password


class VerificationTyped(Addressed, frozen=True):
    """The code of the mail, the address it came to, and the password chosen at that registration."""

    code: MailedCode
    password: Password


class Answered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the log-in answered, and a code."""

    challenge: Annotated[
        str, msgspec.Meta(max_length=300, description="Of the log-in, good for five minutes.")
    ]
    code: Code
    device: Device = ""


class Presented(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The newest refresh token of a sign-in."""

    refresh_token: RefreshToken


@dataclass(frozen=True, slots=True)
class Answer:
    """What happens next."""

    detail: str


open_post = partial(post, guards=[unauthenticated], security=[{}])
"""For people who have no access token yet."""

CHECK_MAIL = Answer(
    "If this address can be used, a mail is on its way to it: open its link, or type its code."
)


@open_post(
    "/auth/register", status_code=202, refuses=[UnfitName, BadEmail, WeakPassword, TooMany, TooBusy]
)
async def register_user(
    data: JSONBody[Registration],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    register: FromDishka[RegisterUser],
) -> Answer:
    """The same answer whether or not the address has an account: the mail tells its owner."""
    await register(actor, data.email, data.password, data.name, origin=origin_of(request))
    return CHECK_MAIL


@open_post(
    "/auth/verify", status_code=204, refuses=[BrokenLink, LinkOutdated, WrongCredentials, TooBusy]
)
async def verify_email(
    data: JSONBody[Verification],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    verify: FromDishka[VerifyEmail],
) -> None:
    """For clients that read the token out of the link; doing it twice changes nothing.

    The registration of this password becomes the account, whichever registration of the address the
    link was mailed for; others that wait for the address end.
    """
    await verify(actor, data.token, data.password, origin=origin_of(request))


@open_post(
    "/auth/verify/code",
    status_code=204,
    refuses=[BadEmail, CodeOrPasswordWrong, WrongCredentials, LinkOutdated, TooMany, TooBusy],
)
async def verify_email_by_code(
    data: JSONBody[VerificationTyped],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    verify: FromDishka[VerifyEmailByCode],
) -> None:
    """For whoever reads the mail on another device: the code of the newest mail; five are looked at.

    Then its link serves on. Code and link are the same registration, and end together.
    """
    await verify(actor, data.email, data.code, data.password, origin=origin_of(request))


@open_post("/auth/verification", status_code=202, refuses=[BadEmail, TooMany])
async def resend_verification(
    data: JSONBody[Address],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    send: FromDishka[ResendVerification],
) -> Answer:
    """The mail did not come: at most three more an hour."""
    await send(actor, data.email, origin=origin_of(request), token=data.token)
    return CHECK_MAIL


@open_post(
    "/auth/login",
    status_code=200,
    refuses=[
        BadEmail,
        BadProof,
        WrongCredentials,
        SecondFactorNeeded,
        EmailNotVerified,
        AccountDisabled,
        TooMany,
        TooBusy,
    ],
)
async def log_in(
    data: JSONBody[Credentials],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    sign_in: FromDishka[LogIn],
    dpop: DpopProof = None,
) -> LoggedIn:
    """An access token for 10 minutes, and a refresh token to get the next one with.

    With a `DPoP` proof only the device that has its key can use the refresh tokens; access tokens serve
    whoever bears them. The owner is told by mail of a device that is not known by its `device`. An account
    with a second factor is refused with a `challenge`, for POST /v1/auth/second-factor.
    """
    origin = origin_of(request, dpop)
    return await sign_in(actor, data.email, data.password, origin=origin, device=data.device)


@open_post(
    "/auth/second-factor",
    status_code=200,
    refuses=[
        BadProof,
        KeyMissing,
        ChallengeOver,
        WrongCode,
        AccountDisabled,
        EmailNotVerified,
        TooMany,
    ],
)
async def verify_second_factor(
    data: JSONBody[Answered],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    verify: FromDishka[VerifySecondFactor],
    dpop: DpopProof = None,
) -> LoggedIn:
    """The second half of a log-in: its challenge, and a code of the authenticator app or a recovery code.

    Give the same `device` and `DPoP` key as in the first half. If the answer got lost, log in again, with the
    next code: this one is used up.
    """
    origin = origin_of(request, dpop)
    return await verify(actor, data.challenge, data.code, origin=origin, device=data.device)


@open_post(
    "/auth/refresh", status_code=200, refuses=[SignInOver, BadProof, KeyMissing, TokenStolen]
)
async def refresh_session(
    request: Request[Any, Any, Any],
    data: JSONBody[Presented],
    actor: FromDishka[Actor],
    refresh: FromDishka[RefreshSession],
    dpop: DpopProof = None,
) -> SignedIn:
    """A refresh token is good once. If the answer got lost, ask again with the same token.

    A sign-in that is bound to a key gives its answer again at any time, until the next token is used;
    another one within ten seconds. After that a used token ends the sign-in.
    """
    try:
        return await refresh(actor, data.refresh_token, origin=origin_of(request, dpop))
    except TokenStolen as error:
        end_here(request, [error.session_id])
        raise


@open_post("/auth/logout", status_code=204)
async def log_out(
    request: Request[Any, Any, Any],
    data: JSONBody[Presented],
    actor: FromDishka[Actor],
    end: FromDishka[LogOut],
) -> None:
    """Ends the sign-in of this refresh token, its access tokens included: within two seconds."""
    if ended := await end(actor, data.refresh_token):
        end_here(request, [ended])


routes = Router(
    "/v1",
    route_handlers=[
        register_user,
        open_verification_link,
        confirm_from_page,
        resend_from_page,
        verify_email,
        verify_email_by_code,
        resend_verification,
        log_in,
        verify_second_factor,
        refresh_session,
        log_out,
        list_sessions,
        end_other_sessions,
        end_session,
    ],
    tags=["accounts"],
)
