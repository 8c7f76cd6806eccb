"""Server-sent events: each step, a comment while nothing happens, and at last why it ended."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from litestar.response import ServerSentEvent, ServerSentEventMessage
from litestar.response.base import ASGIResponse
from litestar.types import Message, Receive, Scope, Send

from skillbridge.application.accounts.ports import Claims
from skillbridge.domain.errors import SkillBridgeError
from skillbridge.entrypoints.http.event_types import EventType
from skillbridge.entrypoints.http.streams import EndReason, Place, Streams

log = structlog.get_logger()

QUIET = 15.0
"""Seconds after which a comment shows the line to be alive, to proxies as well."""
READ_WITHIN = 20.0
"""Seconds that the other side may leave what it is sent unread; then the connection is closed."""


@dataclass(frozen=True, slots=True)
class StreamEnd:
    """The last event of every stream, `end`: after any reason but `finished` follow it again."""

    reason: EndReason


END = EventType("end", StreamEnd)


class EventStream(ServerSentEvent):
    """Steps as events of `kind`, numbered by their ids; takes a place while it lasts."""

    def __init__(
        self,
        streams: Streams,
        claims: Claims,
        kind: EventType[Any],
        steps: AsyncGenerator[Any, None],
    ) -> None:
        self.streams, self.place = streams, Place(claims)
        super().__init__(told(self.place, kind, steps))

    def to_asgi_response(self, *args: Any, **kwargs: Any) -> ASGIResponse:
        response = super().to_asgi_response(*args, **kwargs)
        return _Held(response, self.streams, self.place)


class _Held(ASGIResponse):
    """The response, with its place; what is refused is refused before it has begun."""

    def __init__(self, response: ASGIResponse, streams: Streams, place: Place) -> None:
        self.response, self.streams, self.place = response, streams, place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self.streams.holding(self.place):
            try:
                await self.response(scope, receive, _patient(send))
            except* _Unread:
                log.info("stream.unread", seconds=READ_WITHIN)


class _Unread(Exception):
    """The other side does not read what it is sent."""


def _patient(send: Send) -> Send:
    async def send_in_time(message: Message) -> None:
        try:
            async with asyncio.timeout(READ_WITHIN):
                await send(message)
        except TimeoutError as error:
            raise _Unread from error

    return send_in_time


async def told(
    place: Place, kind: EventType[Any], steps: AsyncGenerator[Any, None]
) -> AsyncGenerator[ServerSentEventMessage, None]:
    """What the reader is sent, until the steps or the place are over."""
    number, coming = 0, asyncio.ensure_future(anext(steps, None))
    try:
        while not place.over.done():
            either: set[asyncio.Future[Any]] = {coming, place.over}
            await asyncio.wait(either, timeout=QUIET, return_when=asyncio.FIRST_COMPLETED)
            if place.over.done():
                break
            if not coming.done():
                yield ServerSentEventMessage(data=None, comment="")
                continue
            step = _result(coming, place)
            if step is None:
                break
            number += 1
            yield kind.message(step, str(number))
            coming = asyncio.ensure_future(anext(steps, None))
        yield END.message(StreamEnd(place.over.result()), str(number + 1))
    finally:
        coming.cancel()
        with suppress(asyncio.CancelledError, SkillBridgeError):
            await coming
        await steps.aclose()


def _result(coming: asyncio.Future[Any], place: Place) -> Any:
    """The next step; None when there is none any more."""
    try:
        step = coming.result()
    except SkillBridgeError as error:
        log.warning("stream.broken", reason=repr(error))
        place.end(EndReason.UNAVAILABLE)
        return None
    if step is None:
        place.end(EndReason.FINISHED)
    return step
