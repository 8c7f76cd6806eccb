"""The mail about a role that was given or taken."""

from skillbridge.application.accounts.mails import MailToOwner
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.accounts import RoleGranted, RoleRevoked


class TellOfRole(MailToOwner):
    """The owner learns what their account may do, or no longer. Why, the operator keeps."""

    async def __call__(self, actor: Actor, event: RoleGranted | RoleRevoked) -> None:
        given = isinstance(event, RoleGranted)
        await self.send(
            actor,
            event,
            "Your account has another role" if given else "Your account lost a role",
            f"Whoever runs this installation made your account that of a {event.role}."
            if given
            else f"Whoever runs this installation took the role of a {event.role} from your account. Every sign-in "
            "and every token of it has ended: log in again.",
            "If this surprises you, ask them.",
        )
