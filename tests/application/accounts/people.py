"""Somebody who registers, opens mails and signs in."""

import re
from dataclasses import dataclass

from tests.support.given.world import World

from skillbridge.application.accounts.registration import (
    RegisterUser,
    ResendVerification,
    VerifyEmail,
)
from skillbridge.application.accounts.sessions import LogIn, RefreshSession
from skillbridge.application.accounts.views import LoggedIn, SignedIn
from skillbridge.domain.accounts.sign_in import Origin

PASSWORD = "violet tractor hums at dawn"
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
