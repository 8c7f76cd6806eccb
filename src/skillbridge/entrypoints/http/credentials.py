"""Passwords and addresses of accounts that are there: forgotten, set anew, changed."""

from typing import Any

import msgspec
from dishka import FromDishka
from litestar import Request, Router
from litestar.params import JSONBody

from skillbridge.application.accounts.addresses import (
    ConfirmAddress,
    ConfirmAddressByCode,
    RequestAddressChange,
)
from skillbridge.application.accounts.passwords import (
    ByCode,
    ByLink,
    ChangePassword,
    RequestPasswordReset,
    ResetPassword,
)
from skillbridge.application.accounts.ports.passwords import TooBusy
from skillbridge.application.accounts.ports.proofs import BrokenLink
from skillbridge.domain.accounts import email_address
from skillbridge.domain.accounts.email_address import BadEmail
from skillbridge.domain.accounts.one_time_proof import ProofOutdated
from skillbridge.domain.accounts.password import WeakPassword, well_formed
from skillbridge.domain.accounts.sign_in import SignInOver
from skillbridge.domain.accounts.user import AddressTaken, WrongPassword
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import StepUpNeeded
from skillbridge.domain.errors import Faults, Invalid, StaleWrite, TooMany
from skillbridge.entrypoints.http.accounts import Addressed, Answer, open_post
from skillbridge.entrypoints.http.address_pages import (
    confirm_address_from_page,
    open_address_link,
)
from skillbridge.entrypoints.http.fields import (
    Email,
    LinkToken,
    MailedCode,
    NewPassword,
    Password,
    origin_of,
)
from skillbridge.entrypoints.http.password_pages import (
    forgot_from_page,
    open_reset_link,
    reset_from_page,
)
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.operations import put
from skillbridge.entrypoints.http.server.revocation import end_here

ASKED = Answer(
    "If this address has an account, a mail is on its way to it: open its link, or type its code. If none "
    "comes within a few minutes, it may still wait to be confirmed: register again."
)
CONFIRM = Answer("A mail is on its way to the new address: open its link, or type its code.")


class Unanswered(Invalid):
    """Neither the token of a link nor an address with its code, or both."""


class NewSecret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The new password, with what the mail holds: `token`, or `email` and `code`."""

    password: NewPassword
    token: LinkToken = ""
    email: Email = ""
    code: MailedCode = ""

    def meant(self) -> ByLink | ByCode:
        faults = Faults()
        with faults.noted():
            well_formed(self.password)
        if bool(self.token) == bool(self.email and self.code):
            faults.unless(
                False,
                Unanswered(
                    "give the token of the link, or the address and the code", field="token"
                ),
            )
        elif not self.token:
            with faults.noted():
                email_address.normalised(self.email)
        faults.refuse()
        return ByLink(self.token) if self.token else ByCode(self.email, self.code)


class AnotherPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The present password, and the one that replaces it."""

    current: Password
    password: NewPassword

    def meant(self) -> None:
        well_formed(self.password)


class AnotherAddress(Addressed, frozen=True):
    """The address that the account shall have, and its present password."""

    password: Password


class Opened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the link of the mail carries."""

    token: LinkToken


class Typed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the mail holds for another device."""

    code: MailedCode


@open_post("/auth/password/forgot", status_code=202, refuses=[BadEmail, TooMany])
async def request_password_reset(
    data: JSONBody[Addressed],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    send: FromDishka[RequestPasswordReset],
) -> Answer:
    """The same answer whether or not the address has an account: the mail tells its owner."""
    await send(actor, data.email, origin=origin_of(request))
    return ASKED


@open_post(
    "/auth/password/reset",
    status_code=204,
    refuses=[BadEmail, BrokenLink, ProofOutdated, Unanswered, WeakPassword, TooBusy],
)
async def reset_password(
    data: JSONBody[NewSecret],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    reset: FromDishka[ResetPassword],
) -> None:
    """Sets a new password by what the mail holds, once, within half an hour; then log in with it.

    Every sign-in of the account ends. A code is looked at five times at most, whatever came with it;
    the link of the same mail serves on.
    """
    end_here(request, await reset(actor, data.meant(), data.password, origin=origin_of(request)))


@put(
    "/me/password",
    guards=[needs("security:write")],
    status_code=204,
    refuses=[StepUpNeeded, SignInOver, WrongPassword, WeakPassword, StaleWrite, TooMany, TooBusy],
)
async def change_password(
    data: JSONBody[AnotherPassword],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    change: FromDishka[ChangePassword],
) -> None:
    """Ends every other sign-in of the account, and is told to its owner by mail."""
    ended = await change(actor, data.current, data.password, origin=origin_of(request))
    end_here(request, ended)


@put(
    "/me/email",
    guards=[needs("security:write")],
    status_code=202,
    refuses=[BadEmail, StepUpNeeded, SignInOver, WrongPassword, StaleWrite, TooMany, TooBusy],
)
async def request_address_change(
    data: JSONBody[AnotherAddress],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    change: FromDishka[RequestAddressChange],
) -> Answer:
    """Mails the new address a link and a code, and tells the present one; nothing changes before.

    Whether the new address has an account already is told to nobody but its reader.
    """
    await change(actor, data.email, data.password, origin=origin_of(request))
    return CONFIRM


@open_post(
    "/auth/email/confirm", status_code=204, refuses=[AddressTaken, BrokenLink, ProofOutdated]
)
async def confirm_address(
    data: JSONBody[Opened], actor: FromDishka[Actor], confirm: FromDishka[ConfirmAddress]
) -> None:
    """For clients that read the token out of the link: the new address is the account's."""
    await confirm(actor, data.token)


@put(
    "/me/email/code",
    guards=[needs("security:write")],
    status_code=204,
    refuses=[AddressTaken, ProofOutdated],
)
async def confirm_address_by_code(
    data: JSONBody[Typed],
    actor: FromDishka[Actor],
    confirm: FromDishka[ConfirmAddressByCode],
) -> None:
    """The new address is the account's, by the code of the mail; five are looked at.

    A PUT, for a POST under an `Idempotency-Key` would undo the count of a guess that is refused.
    """
    await confirm(actor, data.code)


routes = Router(
    "/v1",
    route_handlers=[
        request_password_reset,
        open_reset_link,
        reset_from_page,
        forgot_from_page,
        reset_password,
        change_password,
        request_address_change,
        open_address_link,
        confirm_address_from_page,
        confirm_address,
        confirm_address_by_code,
    ],
    tags=["accounts"],
)
