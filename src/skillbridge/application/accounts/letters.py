"""The mails that accounts send, each caused by an event and named after it."""

from dataclasses import dataclass
from html import escape

from skillbridge.application.accounts.ports import LINK_LIFE, Links, Mail, Mailer, Users
from skillbridge.application.ports import Clock, Transaction
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor
from skillbridge.domain.events import (
    Event,
    RegistrationRepeated,
    SessionStolen,
    UserRegistered,
    VerificationRequested,
)


@dataclass(frozen=True, slots=True)
class SendVerificationMail:
    """A new address is asked to prove itself; one that did so meanwhile is left in peace."""

    transaction: Transaction
    users: Users
    links: Links
    mailer: Mailer
    clock: Clock

    async def __call__(self, actor: Actor, event: UserRegistered | VerificationRequested) -> None:
        async with self.transaction(actor, read_only=True):
            user = await self.users.peek(event.user_id)
        if user.verified:
            return
        link = self.links.to_verify(user, until=self.clock() + LINK_LIFE)
        await self.mailer.send(
            letter(
                event,
                user,
                "Confirm your e-mail address",
                "Welcome to SkillBridge. Open this link within 24 hours to confirm your address:",
                link,
                "If you did not register, you need do nothing: the account stays closed.",
            )
        )


@dataclass(frozen=True, slots=True)
class SendAlreadyRegisteredMail:
    """The owner of an account learns that somebody tried to register its address."""

    transaction: Transaction
    users: Users
    mailer: Mailer

    async def __call__(self, actor: Actor, event: RegistrationRepeated) -> None:
        async with self.transaction(actor, read_only=True):
            user = await self.users.peek(event.user_id)
        await self.mailer.send(
            letter(
                event,
                user,
                "You already have a SkillBridge account",
                "Somebody, perhaps you, tried to register this address again.",
                "If it was you: log in with the password you chose the first time.",
                "If it was not, you need do nothing: your account has not changed.",
            )
        )


@dataclass(frozen=True, slots=True)
class WarnOfTheft:
    """The owner learns that one of their sign-ins was used by two parties and was ended."""

    transaction: Transaction
    users: Users
    mailer: Mailer

    async def __call__(self, actor: Actor, event: SessionStolen) -> None:
        async with self.transaction(actor, read_only=True):
            user = await self.users.peek(event.user_id)
        await self.mailer.send(
            letter(
                event,
                user,
                "We ended one of your sign-ins",
                "An old key of one of your sign-ins was used a second time. Somebody may have "
                "copied it, so we have ended that sign-in on every device that shared it.",
                "Log in again to go on. If this surprises you, check your devices for programs "
                "you do not know.",
            )
        )


def letter(event: Event, user: User, subject: str, *paragraphs: str) -> Mail:
    """One text in two forms. It names nobody: a name is what a stranger may have typed."""
    return Mail(
        key=str(event.id),
        to=user.email,
        subject=subject,
        text="\n\n".join(paragraphs) + "\n",
        html="\n".join(f"<p>{_linked(paragraph)}</p>" for paragraph in paragraphs),
    )


def _linked(paragraph: str) -> str:
    safe = escape(paragraph)
    is_link = paragraph.startswith(("https://", "http://"))
    return f'<a href="{safe}">{safe}</a>' if is_link else safe
