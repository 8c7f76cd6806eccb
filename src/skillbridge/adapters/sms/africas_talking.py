"""Africa's Talking: one text a request, sent once.

Source: developers.africastalking.com (Messaging, `POST /version1/messaging`); the codes as CHT's gateway reads
them (medic/cht-core, `africas-talking.js`). The interface knows no key by which a text that is sent again were
one, so whatever may have been taken in is never sent again.
"""

import asyncio
from decimal import Decimal, InvalidOperation
from typing import Annotated

import httpx
import msgspec
import structlog

from skillbridge.adapters.outgoing import Outgoing
from skillbridge.adapters.resilience import Breaker, CircuitOpen
from skillbridge.adapters.sms.segments import segments
from skillbridge.adapters.sms.settings import AfricasTalkingSettings
from skillbridge.application.accounts.ports.phones import OutcomeUnknown, Sms, SmsUnavailable
from skillbridge.application.ports.jobs import RefusedForGood

log = structlog.get_logger()

SECONDS = 10.0
MOST_BYTES = 64 * 1024
MOST_SEGMENTS = 1
OUTGOING = Outgoing(
    contract="Africa's Talking, Messaging, version1",
    deadline=SECONDS,
    tries=1,
    breaker="sms",
    fallback="a text that surely went nowhere waits as a job; of any other, its owner is told that nobody knows",
)
LATER = 30
"""Seconds until a text that was surely not sent is tried again."""
TAKEN = frozenset({100, 101, 102})
"""Processed, sent, queued."""
TRY_AGAIN = frozenset({402, 405, 500, 501, 502})
"""Nothing went out: of these, some pass and some an operator mends (sender id, balance)."""
REFUSED = frozenset({401, 403, 404, 406, 407, 409})
"""Risk, number, kind of number, opted out, no route, and a sender that Nigeria holds back at night."""
NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)


class Recipient(msgspec.Struct, frozen=True):
    statusCode: int = 0  # noqa: N815  theirs
    cost: str = ""
    messageId: str = ""  # noqa: N815  theirs


class MessageData(msgspec.Struct, frozen=True):
    Message: str = ""
    Recipients: Annotated[tuple[Recipient, ...], msgspec.Meta(max_length=1)] = ()


class Answer(msgspec.Struct, frozen=True):
    SMSMessageData: MessageData


class AfricasTalking:
    """The key and the number stand in no log: of a refusal, its code is told alone."""

    def __init__(
        self, settings: AfricasTalkingSettings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._settings = settings
        self._http = httpx.AsyncClient(
            transport=transport or httpx.AsyncHTTPTransport(),
            timeout=None,  # noqa: S113  each question has a deadline
            trust_env=False,
            follow_redirects=False,
        )
        self._breaker = Breaker("sms", counts=(SmsUnavailable, OutcomeUnknown), reset_after=30)

    async def send(self, sms: Sms) -> None:
        if segments(sms.text) > MOST_SEGMENTS:
            raise RefusedForGood("the text is longer than one message")
        try:
            async with self._breaker:
                _judge(await self._ask(sms))
        except CircuitOpen as error:
            raise SmsUnavailable(str(error), retry_after=error.retry_after) from error

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _ask(self, sms: Sms) -> Recipient:
        """What became of the only recipient."""
        status, body = await self._post(sms)
        if status in {401, 403}:
            raise SmsUnavailable(f"the SMS gateway does not let us in ({status})", retry_after=300)
        if status == 429:  # noqa: PLR2004  a status of HTTP
            raise SmsUnavailable("the SMS gateway has enough of us (429)", retry_after=LATER)
        if 400 <= status < 500:  # noqa: PLR2004  the class of HTTP
            raise RefusedForGood(f"the SMS gateway refuses the request ({status})")
        if status >= 300:  # noqa: PLR2004  a gateway in front may have passed it on
            raise OutcomeUnknown(f"status {status}")
        try:
            data = msgspec.json.decode(body, type=Answer).SMSMessageData
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise OutcomeUnknown("an answer of another form") from error
        if not data.Recipients:
            raise SmsUnavailable(
                f"the SMS gateway took no recipient: {data.Message[:60]}", retry_after=LATER
            )
        return data.Recipients[0]

    async def _post(self, sms: Sms) -> tuple[int, bytes]:
        known = self._settings
        form = {
            "username": known.username,
            "to": sms.to.e164,
            "message": sms.text,
            "bulkSMSMode": "1",
        }
        request = self._http.build_request(
            "POST",
            f"{known.base_url}/version1/messaging",
            data=form | ({"from": known.sender} if known.sender else {}),
            headers={
                "apiKey": known.api_key,
                "accept": "application/json",
                "accept-encoding": "identity",
                "user-agent": "SkillBridge",
            },
        )
        try:
            async with asyncio.timeout(SECONDS):
                response = await self._http.send(request, stream=True)
                try:
                    return response.status_code, await _bounded(response)
                finally:
                    await response.aclose()
        except NEVER_SENT as error:
            raise SmsUnavailable("the SMS gateway cannot be reached", retry_after=LATER) from error
        except (TimeoutError, httpx.HTTPError) as error:
            raise OutcomeUnknown(type(error).__name__) from error


async def _bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise OutcomeUnknown(f"an answer of more than {MOST_BYTES} bytes")
    return bytes(body)


def _judge(recipient: Recipient) -> None:
    code = recipient.statusCode
    if code in TRY_AGAIN:
        raise SmsUnavailable(f"the SMS gateway sent nothing ({code})", retry_after=LATER)
    if code in REFUSED:
        raise RefusedForGood(f"the SMS gateway refuses this text ({code})")
    if code not in TAKEN:
        raise OutcomeUnknown(f"status code {code}")
    log.info("sms.sent", message=recipient.messageId[:80], cost=cost_of(recipient.cost))


def cost_of(told: str) -> str:
    """`KES 0.8000`, or nothing where it is of another form."""
    currency, _, amount = told.partition(" ")
    try:
        return f"{currency[:3]} {Decimal(amount)}"
    except InvalidOperation:
        return ""
