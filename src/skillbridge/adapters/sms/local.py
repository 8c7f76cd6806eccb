"""Where no network is: a text ends in the local mailbox, and nobody is texted while SMS is off."""

from dataclasses import dataclass
from html import escape

from skillbridge.application.accounts.ports.mails import Mail, Mailer
from skillbridge.application.accounts.ports.phones import Sms
from skillbridge.application.ports.jobs import RefusedForGood


@dataclass(frozen=True, slots=True)
class MailboxSms:
    """To be read where local mails are, in the name of the number."""

    mailer: Mailer

    async def send(self, sms: Sms) -> None:
        to = f"{sms.to.e164}@sms.invalid"
        await self.mailer.send(Mail(f"sms-{sms.key}", to, "SMS", sms.text, escape(sms.text)))


@dataclass(frozen=True, slots=True)
class NoSms:
    async def send(self, sms: Sms) -> None:  # noqa: ARG002  none is sent
        raise RefusedForGood("SMS is off")
