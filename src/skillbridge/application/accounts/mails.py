"""The mails that accounts send, each caused by an event and named after it."""

from dataclasses import dataclass
from html import escape

from skillbridge.application.accounts.mail_words import IF_IT_WAS_YOU, SOMEBODY_ELSE
from skillbridge.application.accounts.ports.mails import Mail
from skillbridge.application.accounts.ports.proofs import Links
from skillbridge.application.accounts.ports.users import Registrations, Users
from skillbridge.application.accounts.tenant_mailer import TenantMailer
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.device import DeviceKind
from skillbridge.domain.accounts.second_factor import FactorKind
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.accounts import (
    DeviceSignedIn,
    IdentityLinked,
    IdentityUnlinked,
    PasskeyAdded,
    PasskeyCopied,
    PasskeyRemoved,
    PasswordChanged,
    PersonalTokenCreated,
    PhoneRemoved,
    PhoneVerified,
    RecoveryCodesReplaced,
    RecoveryCodeUsed,
    RegistrationRepeated,
    RegistrationStarted,
    RoleGranted,
    RoleRevoked,
    SecondFactorAdded,
    SecondFactorRemoved,
    SessionStolen,
    VerificationRequested,
)
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.privacy import ErasureRequested, ExportReady

SecondFactorEvent = (
    SecondFactorAdded | SecondFactorRemoved | RecoveryCodeUsed | RecoveryCodesReplaced
)
PasskeyEvent = PasskeyAdded | PasskeyRemoved | PasskeyCopied


@dataclass(frozen=True, slots=True)
class SendVerificationMail:
    """Whoever reads the mails of an address is asked whether a registration is theirs.

    What waits no longer gets no mail, nor does what began when the address had its mails of the hour, nor what
    waits beside an account.
    """

    transaction: Transaction
    users: Users
    registrations: Registrations
    links: Links
    mailer: TenantMailer

    async def __call__(
        self, actor: Actor, event: RegistrationStarted | VerificationRequested
    ) -> None:
        if isinstance(event, RegistrationStarted) and not event.mailed:
            return
        async with self.transaction(actor, read_only=True) as tx:
            asked, now = await self.registrations.get(event.registration_id), await tx.now()
            if asked is None or asked.over(at=now) or await self.users.with_email(asked.email):
                return
        code = f"Or type this code where you registered, with the same password: {self.links.code(asked)}"
        which = "Link and code are" if asked.code_serves else "The link is"
        end = asked.expires_at
        await self.mailer.send(
            actor.tenant_id,
            mail(
                event,
                asked.email,
                "Confirm your e-mail address",
                "Welcome to SkillBridge. To confirm your address, open this link and give the "
                "password that you chose:",
                self.links.to_verify(asked),
                *([code] if asked.code_serves else []),
                f"{which} good until {end:%H:%M} UTC, {end.day}{end: %B %Y}.",
                "Show this mail to nobody: we never ask for it. If you did not register, you need do nothing: no "
                "account is made.",
            ),
        )


@dataclass(frozen=True, slots=True)
class MailToOwner:
    transaction: Transaction
    users: Users
    mailer: TenantMailer

    async def send(
        self,
        actor: Actor,
        event: RegistrationRepeated
        | SessionStolen
        | DeviceSignedIn
        | SecondFactorEvent
        | PasskeyEvent
        | PasswordChanged
        | PersonalTokenCreated
        | RoleGranted
        | RoleRevoked
        | IdentityLinked
        | IdentityUnlinked
        | PhoneVerified
        | PhoneRemoved
        | ExportReady
        | ErasureRequested,
        subject: str,
        *words: str,
    ) -> None:
        """Nothing where the account is erased by now."""
        async with self.transaction(actor, read_only=True):
            owner = await self.users.find(event.user_id)
        if owner is not None:
            await self.mailer.send(actor.tenant_id, mail(event, owner.email, subject, *words))


class SendAlreadyRegisteredMail(MailToOwner):
    """The owner of an account learns that somebody tried to register its address."""

    async def __call__(self, actor: Actor, event: RegistrationRepeated) -> None:
        if event.mailed:
            await self.send(
                actor,
                event,
                "You already have a SkillBridge account",
                "Somebody, perhaps you, tried to register this address again.",
                "If it was you: log in with the password you chose the first time, or ask for a mail that "
                "lets you set another.",
                "If it was not, you need do nothing: your account has not changed.",
            )


class WarnOfTheft(MailToOwner):
    """The owner learns that one of their sign-ins was used by two parties and was ended."""

    async def __call__(self, actor: Actor, event: SessionStolen) -> None:
        await self.send(
            actor,
            event,
            "We ended one of your sign-ins",
            "An old key of one of your sign-ins was used a second time. Somebody may have "
            "copied it, so we have ended that sign-in on every device that shared it.",
            "Log in again to go on. If this surprises you, check your devices for programs "
            "you do not know.",
        )


class TellOfSecondFactor(MailToOwner):
    """The owner learns of whatever changes how their account is signed in to."""

    async def __call__(self, actor: Actor, event: SecondFactorEvent) -> None:
        subject, happened = _told(event)
        await self.send(
            actor,
            event,
            subject,
            happened,
            f"{SOMEBODY_ELSE} set a new password by mail, which ends every sign-in, and if you are asked for a code that is not "
            "yours, ask whoever runs this installation to remove the second factor.",
        )


def _told(event: SecondFactorEvent) -> tuple[str, str]:
    match event:
        case SecondFactorAdded(kind=FactorKind.MAIL.value):
            return (
                "Your account has a second factor now",
                "From now on, a code that is mailed to this address is asked for beside your password.",
            )
        case SecondFactorAdded(kind=FactorKind.SMS.value):
            return (
                "Your account has a second factor now",
                "From now on, a code that is sent to your phone is asked for beside your password.",
            )
        case SecondFactorAdded():
            return (
                "Your account has a second factor now",
                "From now on, a code of your authenticator app is asked for beside your password.",
            )
        case SecondFactorRemoved():
            return (
                "Your account has no second factor any more",
                "The second factor was removed: your password alone is enough to log in.",
            )
        case RecoveryCodesReplaced():
            return (
                "Your account has new recovery codes",
                "The recovery codes of your account were replaced: the older ones are good no more.",
            )
        case RecoveryCodeUsed(left=left):
            return (
                "A recovery code was used",
                f"A recovery code was used in place of your second factor. {left} are left.",
            )


DEVICES = {
    DeviceKind.PHONE: "a phone",
    DeviceKind.TABLET: "a tablet",
    DeviceKind.COMPUTER: "a computer",
    DeviceKind.OTHER: "a program, or a device of another kind",
}


class WarnOfNewDevice(MailToOwner):
    """The owner learns that somebody signed in where nobody did before.

    The device's own words are not in it: whoever signs in chooses them.
    """

    async def __call__(self, actor: Actor, event: DeviceSignedIn) -> None:
        if not event.mailed:
            return
        at, kind = event.at, DEVICES[DeviceKind(event.device)]
        await self.send(
            actor,
            event,
            "A new device signed in to your account",
            f"Somebody signed in to your account at {at:%H:%M} UTC, {at.day}{at: %B %Y}, on "
            f"{kind} that your account did not know.",
            IF_IT_WAS_YOU,
            "If it was not: log in, end the other sign-ins in the list of your sign-ins, and choose "
            "another password.",
        )


NOT_YOU_LINKED = f"{SOMEBODY_ELSE} set a new password by mail, which ends every sign-in, and look at the list of your identities."
BY_OPERATORS = (
    "Those who run this installation have done that, and ended every sign-in of your account. Set a new password "
    "by mail if you have no other way in, and ask them if you do not know why they did."
)


class TellOfIdentity(MailToOwner):
    """The owner learns that somebody else's sign-in opens the account, or no longer does."""

    async def __call__(self, actor: Actor, event: IdentityLinked | IdentityUnlinked) -> None:
        linked = isinstance(event, IdentityLinked)
        subject, happened = (
            (
                "Your account can be signed in to another way",
                "From now on it opens with an identity of",
            )
            if linked
            else (
                "A way to sign in was removed",
                "Your account no longer opens with an identity of",
            )
        )
        await self.send(
            actor,
            event,
            subject,
            f"{happened} {event.issuer}.",
            BY_OPERATORS
            if isinstance(event, IdentityUnlinked) and event.reason
            else NOT_YOU_LINKED,
        )


def mail(event: Event, to: str, subject: str, *paragraphs: str, part: str = "") -> Mail:
    """One text in two forms. It names nobody: a name is what a stranger may have typed.

    `part` tells two mails of one event apart.
    """
    return Mail(
        key=f"{event.id}.{part}" if part else str(event.id),
        to=to,
        subject=subject,
        text="\n\n".join(paragraphs) + "\n",
        html="\n".join(f"<p>{_linked(paragraph)}</p>" for paragraph in paragraphs),
    )


def _linked(paragraph: str) -> str:
    safe = escape(paragraph)
    is_link = paragraph.startswith(("https://", "http://"))
    return f'<a href="{safe}">{safe}</a>' if is_link else safe
