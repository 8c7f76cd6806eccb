"""The mail about somebody who guesses."""

from dataclasses import dataclass

from skillbridge.application.accounts.mails import mail
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.accounts.tenant_mailer import TenantMailer
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.accounts import CodesGuessed, PasswordGuessed

GUESSED = (
    "Many wrong passwords were tried for your account, from devices and networks that it does not know. Each "
    "further try waits for up to 15 minutes."
)
YOU = (
    "If it was you, log in on a device where you logged in before, or ask for a mail that lets you set another "
    "password."
)
NOT_YOU = "If it was not, nobody got in: set another password if you use this one elsewhere, too."
OF_PASSWORD = ("Somebody is guessing your password", GUESSED, YOU, NOT_YOU)
OF_CODES = (
    "Somebody who knows your password was asked for a code",
    "Your password was given, and then wrong codes of your authenticator app. Nobody got in with them.",
    "If it was you, look whether your phone's clock is right, or use a recovery code.",
    "If it was not, somebody else knows your password: set a new one by mail, which ends every sign-in.",
)


@dataclass(frozen=True, slots=True)
class WarnOfGuesses:
    """The owner learns that guesses are tried; nobody is mailed where there is no account."""

    transaction: Transaction
    users: Users
    mailer: TenantMailer

    async def __call__(self, actor: Actor, event: PasswordGuessed | CodesGuessed) -> None:
        async with self.transaction(actor, read_only=True):
            owner = await self.users.find(event.user_id)
        if owner is not None:
            words = OF_PASSWORD if isinstance(event, PasswordGuessed) else OF_CODES
            await self.mailer.send(actor.tenant_id, mail(event, owner.email, *words))
