"""The mail about a new personal access token."""

from skillbridge.application.accounts.mail_words import SOMEBODY_ELSE
from skillbridge.application.accounts.mails import MailToOwner
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.accounts import PersonalTokenCreated


class TellOfPersonalToken(MailToOwner):
    """The owner learns that a program may act for them. Its name is not told: its maker chose it."""

    async def __call__(self, actor: Actor, event: PersonalTokenCreated) -> None:
        end = event.expires_at
        await self.send(
            actor,
            event,
            "A personal access token of your account was made",
            f"Whoever holds it may use your account until {end.day}{end: %B %Y}, within these scopes:",
            " ".join(event.scopes),
            f"{SOMEBODY_ELSE} set a new password by mail, which ends every sign-in and every token.",
        )
