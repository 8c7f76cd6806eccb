"""/v1/me/phone: a phone of one's own, to which codes may be sent."""

from typing import Annotated, Any

import msgspec
from dishka import FromDishka
from litestar import Request, Router
from litestar.params import JSONBody

from skillbridge.application.accounts.phones import BeginPhone, FinishPhone, GetPhone, RemovePhone
from skillbridge.application.accounts.ports.passwords import TooBusy
from skillbridge.application.accounts.views import PhoneView
from skillbridge.domain.accounts.one_time_proof import CodeRefused
from skillbridge.domain.accounts.phone import (
    BadPhone,
    CountryNotTexted,
    NoPhone,
    NoPhoneWaits,
    PhoneNeeded,
    PhoneShared,
    SmsOff,
)
from skillbridge.domain.accounts.sign_in import SignInOver
from skillbridge.domain.accounts.user import AccountDisabled, UnknownAccount, WrongPassword
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import StepUpNeeded
from skillbridge.domain.errors import StaleWrite, TooMany
from skillbridge.domain.profiles.profile import UnknownProfile
from skillbridge.entrypoints.http.accounts import Answer
from skillbridge.entrypoints.http.fields import MailedCode, Password, origin_of
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.operations import delete, get, put

WRITE = needs("security:write")
TEXTED = Answer("A text with a code is on its way to the phone.")
OWN = (StepUpNeeded, SignInOver, AccountDisabled, UnknownAccount)


class NewPhone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose phone it is, a code shows that is sent there; and whose account, the password."""

    number: Annotated[
        str,
        msgspec.Meta(
            max_length=64,
            description="Of a mobile phone, however spaced, in any script's digits.",
            examples=["+234 803 123 4567"],
        ),
    ]
    password: Password
    country: (
        Annotated[
            str,
            msgspec.Meta(
                pattern="^[A-Z]{2}$",
                description="Of a number without a country code (ISO 3166-1 alpha-2); else that of the profile.",
                examples=["NG"],
            ),
        ]
        | None
    ) = None


class PhoneCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the text holds."""

    code: MailedCode


@put(
    "/me/phone/begin",
    guards=[WRITE],
    status_code=202,
    refuses=[
        *(BadPhone, CountryNotTexted, SmsOff, UnknownProfile, *OWN),
        *(WrongPassword, StaleWrite, TooMany, TooBusy),
    ],
)
async def begin_phone(
    data: JSONBody[NewPhone],
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    begin: FromDishka[BeginPhone],
) -> Answer:
    """Adds a phone, or another in its place: texts it a code. The answer is the same whoever has the number.

    GET /v1/me/phone says what became of the text. One whose outcome is `unknown` is not sent again: ask for a new
    one.
    """
    number, country = data.number, data.country
    await begin(actor, number, data.password, origin=origin_of(request), country=country)
    return TEXTED


@put(
    "/me/phone/finish",
    guards=[WRITE],
    refuses=[*OWN, NoPhone, NoPhoneWaits, PhoneShared, CodeRefused, TooMany],
)
async def finish_phone(
    data: JSONBody[PhoneCode], actor: FromDishka[Actor], finish: FromDishka[FinishPhone]
) -> PhoneView:
    """The code of the text: the phone is the account's from now on. Its owner is told by mail."""
    return await finish(actor, data.code)


@get("/me/phone", guards=[needs("security:read")], refuses=[NoPhone])
async def get_phone(actor: FromDishka[Actor], show: FromDishka[GetPhone]) -> PhoneView:
    """The number, masked: the one that waits for its code, if one does, else the one that counts."""
    return await show(actor)


@delete("/me/phone", guards=[WRITE], refuses=[*OWN, PhoneNeeded])
async def remove_phone(actor: FromDishka[Actor], remove: FromDishka[RemovePhone]) -> None:
    """The account has no phone. One that codes of the second factor are sent to stays."""
    await remove(actor)


routes = Router(
    "/v1", route_handlers=[begin_phone, finish_phone, get_phone, remove_phone], tags=["accounts"]
)
