"""The mail to administrators about security signals."""

from dataclasses import dataclass

from skillbridge.application.accounts.mails import mail
from skillbridge.application.accounts.ports.users import AccountReads
from skillbridge.application.accounts.tenant_mailer import TenantMailer
from skillbridge.application.security_signals import in_words
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.audit import AdministratorsWarned

MAILED = 20
"""Administrators at most: a tenant with more of them has somebody who reads the trail."""
MORE = (
    "Administrators find who and when at GET /v1/audit?action=SecuritySignalRaised; whoever runs this installation, "
    "by `skillbridge audit signals`. The next mail about this comes in an hour at the earliest."
)


@dataclass(frozen=True, slots=True)
class TellAdministrators:
    """Each administrator of the tenant, by what happened how often; nobody who was refused is named."""

    reads: AccountReads
    mailer: TenantMailer

    async def __call__(self, actor: Actor, event: AdministratorsWarned) -> None:
        number = sum(event.numbers)
        subject = "A security signal" if number == 1 else f"{number} security signals"
        words = in_words(event.kinds, event.numbers)
        for one in await self.reads.administrators(actor, limit=MAILED):
            told = mail(event, one.email, subject, *words, MORE, part=str(one.id))
            await self.mailer.send(actor.tenant_id, told)
