"""Server-sent events: each step, a comment while nothing happens, and at last why it ended."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any

import structlog
from litestar import Response
from litestar.params import HeaderParameter
from litestar.response import ServerSentEventMessage
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from skillbridge.application.ports.access_tokens import Claims
from skillbridge.domain.errors import SkillBridgeError
from skillbridge.entrypoints.http.server.event_types import EventType
from skillbridge.entrypoints.http.server.streams import LEFT, EndReason, Place, Streams

log = structlog.get_logger()

QUIET = 15.0
"""Seconds after which a comment shows the line to be alive, to proxies as well."""
READ_WITHIN = 20.0
"""Seconds that the other side may leave what it is sent unread; then the connection is closed."""
STREAM = "skillbridge.stream"
"""Where a stream that has begun waits in the connection's scope for what is around the framework."""
HEADERS = {"Cache-Control": "no-store", "Connection": "keep-alive", "X-Accel-Buffering": "no"}
COMMENT = b": \r\n\r\n"
ALL_TOLD = "finished"
"""The id of the `end` after which nothing is left to follow."""

LastEventId = Annotated[
    str | None,
    HeaderParameter(
        name="Last-Event-ID",
        description="The `id` of the last event that came, as `EventSource` sends it by itself when "
        f"it connects again. Each stream begins with where it stands now, so `{ALL_TOLD}` is the "
        "only one that matters: 204 while there is still nothing to follow, upon which an "
        "`EventSource` stops.",
    ),
]
NOTHING_LEFT = "You were told the end already, and nothing has begun since."


@dataclass(frozen=True, slots=True)
class StreamEnd:
    """The last event of every stream, `end`: after any reason but `finished` follow it again."""

    reason: EndReason


END = EventType("end", StreamEnd)


class EventStream(Response[None]):
    """Steps as events of `kind`, numbered by their ids; takes a place while it lasts.

    A step that is None is no event: nothing has happened for a while.
    """

    def __init__(
        self,
        streams: Streams,
        claims: Claims,
        kind: EventType[Any],
        steps: AsyncGenerator[Any, None],
    ) -> None:
        super().__init__(None, headers=HEADERS, media_type="text/event-stream")
        self._made = Stream(streams, Place(claims), kind, steps)

    def unless(self, over: bool, last_event_id: str | None) -> Response[None]:
        """This, or a 204 for whoever has heard the end and comes back though it is still over."""
        if over and last_event_id == ALL_TOLD:
            return Response(None, status_code=204)
        return self

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIResponse:
        return _Beginning(self._made, self.headers, self.media_type)


class _Beginning(ASGIResponse):
    """The head of the answer. What is refused is refused before it, as a problem."""

    def __init__(self, stream: "Stream", headers: dict[str, Any], media_type: Any) -> None:
        super().__init__(headers=headers, media_type=media_type)
        del self.headers["content-length"]
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  as ASGI has it
        self._stream.streams.take(self._stream.place)
        try:
            await self.start_response(send)
        except BaseException:
            self._stream.streams.leave(self._stream.place)
            raise
        scope[STREAM] = self._stream  # type: ignore[literal-required]  # ASGI scopes are open


class _Unread(Exception):
    """The other side does not read what it is sent."""


@dataclass(slots=True)
class Stream:
    """An answer that has begun.

    It runs outside of the framework, which has let go of the request by then: thousands are open at
    once, and each would hold thirty kilobytes more.
    """

    streams: Streams
    place: Place
    kind: EventType[Any]
    steps: AsyncGenerator[Any, None]
    told: int = 0
    told_at: float = 0.0

    async def run(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Until the steps or the place are over, or nobody listens any more."""
        scope.clear()  # type: ignore[union-attr]  # a dict, whatever its type says
        listening = asyncio.ensure_future(_listens(receive))
        listening.add_done_callback(lambda _: self.place.end(LEFT))
        try:
            await self._tell(send)
        except _Unread:
            log.info("stream.unread", seconds=READ_WITHIN)
        finally:
            self.streams.leave(self.place)
            listening.cancel()
            with suppress(asyncio.CancelledError, SkillBridgeError):
                await self.steps.aclose()

    async def _tell(self, send: Send) -> None:
        while (step := await self._next()) is not _DONE:
            if step is not None:
                self.told += 1
                await self._send(send, self.kind.message(step, str(self.told)))
            elif time.monotonic() - self.told_at >= QUIET:
                await self._send(send, COMMENT)
        reason = self.place.over or EndReason.FINISHED
        if reason != LEFT:
            last = ALL_TOLD if reason is EndReason.FINISHED else str(self.told + 1)
            await self._send(send, END.message(StreamEnd(reason), last), last=True)

    async def _next(self) -> Any:
        """The next step; `_DONE` when there is none any more, or the place is over."""
        if self.place.over is not None:
            return _DONE
        try:
            return await self.place.wait_for(anext(self.steps, _DONE))
        except TimeoutError:
            if self.place.over is None:
                raise
        except SkillBridgeError as error:
            log.warning("stream.broken", reason=repr(error))
            self.place.end(EndReason.UNAVAILABLE)
        return _DONE

    async def _send(
        self, send: Send, what: bytes | ServerSentEventMessage, *, last: bool = False
    ) -> None:
        """Raises _Unread."""
        body = what if isinstance(what, bytes) else what.encode()
        self.told_at = time.monotonic()
        try:
            async with asyncio.timeout(READ_WITHIN):
                await send({"type": "http.response.body", "body": body, "more_body": not last})
        except TimeoutError as error:
            raise _Unread from error


_DONE = object()


async def _listens(receive: Receive) -> None:
    """Returns when the other side has left."""
    while (await receive())["type"] != "http.disconnect":
        pass
