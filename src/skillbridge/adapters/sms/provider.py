"""Plug texts into the port."""

from collections.abc import AsyncIterable

from dishka import Provider, Scope, provide

from skillbridge.adapters.sms.africas_talking import AfricasTalking
from skillbridge.adapters.sms.local import MailboxSms, NoSms
from skillbridge.adapters.sms.settings import AfricasTalkingSettings
from skillbridge.application.accounts.ports.mails import Mailer
from skillbridge.application.accounts.ports.phones import SmsSender


class SmsProvider(Provider):
    """By Africa's Talking where it is given, else into the mailbox or, while it is off, nowhere."""

    scope = Scope.APP

    def __init__(self, gateway: AfricasTalkingSettings | None, *, into_mailbox: bool) -> None:
        super().__init__()
        self._gateway = gateway
        self._into_mailbox = into_mailbox

    @provide
    async def sender(self, mailer: Mailer) -> AsyncIterable[SmsSender]:
        if self._gateway is None:
            yield MailboxSms(mailer) if self._into_mailbox else NoSms()
            return
        gateway = AfricasTalking(self._gateway)
        yield gateway
        await gateway.aclose()
