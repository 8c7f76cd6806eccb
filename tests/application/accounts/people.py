"""Somebody who registers, opens mails and signs in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tests.support.given.world import World

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
from skillbridge.application.accounts.registration import (
    RegisterUser,
    ResendVerification,
    VerifyEmail,
)
from skillbridge.application.accounts.registration_codes import VerifyEmailByCode
from skillbridge.application.accounts.sessions import LogIn, RefreshSession
from skillbridge.application.accounts.sign_in_codes import RequestSignInCode, VerifySignInCode
from skillbridge.application.accounts.views import CodeAsked, LoggedIn, SignedIn
from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import SessionId

PASSWORD = "violet tractor hums at dawn"
CONFIRM, CODE = "Confirm your e-mail address", r"\b\d{4} \d{4}\b"
HOME = Origin("192.0.2.7", "Firefox on a bus")


@dataclass
class Visitor:
    """One person at one address; every step goes through a use case."""

    world: World
    email: str = "amina@example.org"
    password: str = PASSWORD

    async def register(
        self, password: str | None = None, name: str = "Amina", *, origin: Origin = HOME
    ) -> None:
        await self.world.do(
            RegisterUser,
            self.world.pre_authentication(),
            self.email,
            password or self.password,
            name,
            origin=origin,
        )
        await self.world.settle()

    async def links(self) -> list[str]:
        """The tokens of the links that came by mail, the newest first."""
        mails = [mail for mail in await self.world.mails() if mail.to == self.email]
        return [token for mail in mails for token in re.findall(r"token=(\S+)", mail.text)]

    async def subjects(self) -> list[str]:
        return [mail.subject for mail in await self.world.mails() if mail.to == self.email]

    async def confirm(self, token: str | None = None, password: str | None = None) -> None:
        """Opens the link, of the newest mail if no other is given, and gives the password."""
        token = token or (await self.links())[0]
        await self.world.do(
            VerifyEmail,
            self.world.pre_authentication(),
            token,
            password or self.password,
            origin=HOME,
        )

    async def confirm_by_code(
        self, code: str, password: str | None = None, *, origin: Origin = HOME
    ) -> None:
        anonymous = self.world.pre_authentication()
        await self.world.do(
            *(VerifyEmailByCode, anonymous, self.email, code, password or self.password),
            origin=origin,
        )

    async def ask_again(self, token: str = "") -> None:
        anonymous = self.world.pre_authentication()
        await self.world.do(ResendVerification, anonymous, self.email, origin=HOME, token=token)
        await self.world.settle()

    async def log_in(
        self, password: str | None = None, *, origin: Origin = HOME, device: str = ""
    ) -> LoggedIn:
        signed_in: LoggedIn = await self.world.do(
            LogIn,
            self.world.pre_authentication(),
            self.email,
            password or self.password,
            origin=origin,
            device=device,
        )
        return signed_in

    async def refresh(self, token: str, *, origin: Origin = HOME) -> SignedIn:
        signed_in: SignedIn = await self.world.do(
            RefreshSession, self.world.pre_authentication(), token, origin=origin
        )
        return signed_in

    async def arrive(self) -> LoggedIn:
        """Registers, confirms and logs in."""
        await self.register()
        await self.confirm()
        return await self.log_in()

    async def codes(self, address: str | None = None) -> list[str]:
        """Those that came by mail to an address, this person's own if no other is given.

        Those of registrations are not among them.
        """
        to = address or self.email
        mails = await self.world.mails()
        asked = [one for one in mails if one.to == to and one.subject != CONFIRM]
        return [code for mail in asked for code in re.findall(CODE, mail.text)]

    async def verification_codes(self) -> list[str]:
        """Those of registrations, the newest first."""
        mails = await self.world.mails()
        asked = [one for one in mails if one.to == self.email and one.subject == CONFIRM]
        return [code for mail in asked for code in re.findall(CODE, mail.text)]

    async def ask_for_code(self, *, origin: Origin = HOME, device: str = "") -> str:
        """The challenge."""
        asked: CodeAsked = await self.world.do(
            *(RequestSignInCode, self.world.pre_authentication(), self.email),
            origin=origin,
            device=device,
        )
        await self.world.settle()
        return asked.challenge

    async def sign_in_by_code(
        self, challenge: str, code: str | None = None, *, origin: Origin = HOME
    ) -> LoggedIn:
        """By the code of the newest mail, if no other is given."""
        code = code if code is not None else (await self.codes())[0]
        signed_in: LoggedIn = await self.world.do(
            VerifySignInCode, self.world.pre_authentication(), challenge, code, origin=origin
        )
        return signed_in

    async def forgot(self, *, origin: Origin = HOME) -> None:
        anonymous = self.world.pre_authentication()
        await self.world.do(RequestPasswordReset, anonymous, self.email, origin=origin)
        await self.world.settle()

    async def reset(
        self,
        answer: ByLink | ByCode | None = None,
        password: str = "brown ladder sings at noon",
        *,
        origin: Origin = HOME,
    ) -> Sequence[SessionId]:
        """By the link of the newest mail, if nothing else is given."""
        answer = answer or ByLink((await self.links())[0])
        anonymous = self.world.pre_authentication()
        ended: Sequence[SessionId] = await self.world.do(
            ResetPassword, anonymous, answer, password, origin=origin
        )
        await self.world.settle()
        return ended

    async def signed_in(self, signed: SignedIn) -> Actor:
        claims = (await self.world.api.get(Tokens)).verify(signed.access_token)
        return Actor.person(claims.user_id, claims.tenant_id, claims.roles, claims.session_id)

    async def change_password(
        self, actor: Actor, present: str, password: str
    ) -> Sequence[SessionId]:
        ended: Sequence[SessionId] = await self.world.do(
            ChangePassword, actor, present, password, origin=HOME
        )
        await self.world.settle()
        return ended

    async def change_address(self, actor: Actor, email: str, password: str | None = None) -> None:
        await self.world.do(
            RequestAddressChange, actor, email, password or self.password, origin=HOME
        )
        await self.world.settle()

    async def confirm_address(self, token: str) -> None:
        await self.world.do(ConfirmAddress, self.world.pre_authentication(), token)
        await self.world.settle()

    async def confirm_address_by_code(self, actor: Actor, code: str) -> None:
        await self.world.do(ConfirmAddressByCode, actor, code)
        await self.world.settle()
