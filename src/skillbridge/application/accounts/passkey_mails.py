"""What the owner of an account is told of its passkeys."""

from skillbridge.application.accounts.mail_words import SOMEBODY_ELSE
from skillbridge.application.accounts.mails import BY_OPERATORS, MailToOwner, PasskeyEvent
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.accounts import PasskeyAdded, PasskeyCopied, PasskeyRemoved

ADDED = "A passkey was added to your account: from now on it signs in without your password."
NOT_YOU_ADDED = (
    f"{SOMEBODY_ELSE} log in, "
    "remove the passkey in the list of your passkeys, and choose another password, which ends every other "
    "sign-in. A new password alone does not remove a passkey."
)
REMOVED = "A passkey of your account was removed: it signs in no more."
NOT_YOU_REMOVED = f"{SOMEBODY_ELSE} set a new password by mail, which ends every sign-in."
COPIED = (
    "A passkey of your account signed with a counter that went back, so we did not let it in. Somebody may "
    "have copied it."
)
INSTEAD = (
    "Log in in another way and remove the passkey in the list of your passkeys, then add a new one."
)


class TellOfPasskey(MailToOwner):
    """The owner learns of each passkey that was added, removed or refused.

    Its name is not told: whoever adds one chooses it.
    """

    async def __call__(self, actor: Actor, event: PasskeyEvent) -> None:
        await self.send(actor, event, *_told(event))


def _told(event: PasskeyEvent) -> tuple[str, str, str]:
    match event:
        case PasskeyAdded():
            return "Your account has a new passkey", ADDED, NOT_YOU_ADDED
        case PasskeyRemoved(reason=str(why)) if why:
            return "A passkey of your account was removed", REMOVED, BY_OPERATORS
        case PasskeyRemoved():
            return "A passkey of your account was removed", REMOVED, NOT_YOU_REMOVED
        case PasskeyCopied():
            return "We refused a passkey of your account", COPIED, INSTEAD
