"""Answers made smaller on their way out: zstd, br or gzip, as the client asks.

Never on what carries a secret, whose length would tell of it beside text that an attacker chooses
(BREACH), and never on a stream of events, which would be held back.
"""

import asyncio
import sys
import zlib
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Protocol

import brotli
from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent, Message, Send

from skillbridge.entrypoints.http.server.negotiation import preferred_coding

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEAST = 500
"""Bytes; what is smaller fits into one packet either way."""
AT_ONCE = 128 * 1024
"""Bytes that may be compressed without leaving the event loop."""
SECRET = ("/v1/auth/", "/mailbox")
"""Paths whose answers carry tokens, whatever the method."""
_TEXTS = (
    b"text/",
    b"application/json",
    b"application/vnd.oai",
    b"application/javascript",
    b"image/svg",
)
_EVENTS = b"text/event-stream"

Header = tuple[bytes, bytes]
Headers = Iterable[Header]


class Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Compressor(quality=4)

    def compress(self, data: bytes, /) -> bytes:
        return bytes(self._inner.process(data))

    def flush(self) -> bytes:
        return bytes(self._inner.finish())


CODINGS: dict[str, Callable[[], Compressor]] = {
    "br": _Brotli,
    "zstd": lambda: zstd.ZstdCompressor(level=3),
    "gzip": lambda: zlib.compressobj(6, zlib.DEFLATED, 31),
}
"""By their registered names, the smallest result first."""
_OFFERED = tuple(CODINGS)


def coding_for(method: str, path: str, accept_encoding: bytes | None) -> str | None:
    """What to compress an answer with, if it turns out to be worth it."""
    if not accept_encoding or method != "GET" or path.startswith(SECRET):
        return None
    return preferred_coding(accept_encoding.decode("latin-1"), _OFFERED)


class Compressed:
    """An ASGI `send` for one answer; holds its beginning back until its body has come."""

    def __init__(self, send: Send, coding: str | None) -> None:
        self._send, self._coding = send, coding
        self._start: HTTPResponseStartEvent | None = None
        self._compressor: Compressor | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if message["status"] == HTTPStatus.NOT_MODIFIED:
                message["headers"] = _varying(message["headers"])
            if not _worth_it(message):
                await self._send(message)
            elif self._coding is None:
                message["headers"] = _varying(message["headers"])
                await self._send(message)
            else:
                self._start = message
        elif message["type"] == "http.response.body" and (self._start or self._compressor):
            await self._body(message)
        else:
            await self._send(message)

    async def _body(self, message: HTTPResponseBodyEvent) -> None:
        last, coding = not message.get("more_body", False), str(self._coding)
        self._compressor = self._compressor or CODINGS[coding]()
        packed = await _packed(self._compressor, message["body"], last)
        if self._start is not None:
            start, self._start = self._start, None
            start["headers"] = _headers(start["headers"], coding, len(packed) if last else None)
            await self._send(start)
        await self._send({**message, "body": packed})


async def _packed(compressor: Compressor, body: bytes, last: bool) -> bytes:
    def pack() -> bytes:
        return compressor.compress(body) + (compressor.flush() if last else b"")

    return pack() if len(body) <= AT_ONCE else await asyncio.to_thread(pack)


def _headers(given: Headers, coding: str, length: int | None) -> list[Header]:
    """As of another representation: a length and a tag of its own."""
    suffix = f'-{coding}"'.encode()
    headers = [
        (name, value[:-1] + suffix if name == b"etag" else value)
        for name, value in _varying(given)
        if name != b"content-length"
    ]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    return [*headers, (b"content-encoding", coding.encode())]


def _varying(given: Headers) -> list[Header]:
    """With `Vary: Accept-Encoding`, also where the answer went as it was."""
    vary = [value.decode("latin-1") for name, value in given if name == b"vary"]
    if not vary:
        return [*given, (b"vary", b"Accept-Encoding")]
    kept = [(name, value) for name, value in given if name != b"vary"]
    return [*kept, (b"vary", ", ".join([*vary, "Accept-Encoding"]).encode())]


def _worth_it(start: HTTPResponseStartEvent) -> bool:
    """A whole text of some length that nobody has compressed yet."""
    if start["status"] != HTTPStatus.OK:
        return False
    given = dict(start["headers"])
    kind = given.get(b"content-type", b"")
    return (
        int(given.get(b"content-length", 0)) >= LEAST
        and kind.startswith(_TEXTS)
        and not kind.startswith(_EVENTS)
        and b"content-encoding" not in given
    )
