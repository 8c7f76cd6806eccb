"""A proxy between the client and the real matcher that spoils answers as a test wants."""

import asyncio
import re
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

DRIP = 0.05
"""Seconds between two bytes of a slow answer."""


@dataclass(frozen=True)
class Spoiled:
    """What is sent in place of the answer; a byte at a time when `slow`. Then the line is cut."""

    content: bytes
    slow: bool = False


Spoil = Callable[[bytes, bytes], Spoiled | bytes]
"""From the head and the body of an honest answer to what is sent; bytes keep the line open."""


def honest(head: bytes, body: bytes) -> bytes:
    return head + body


def truncated(head: bytes, body: bytes) -> Spoiled:
    return Spoiled(head + body[: len(body) // 2])


def unparsable(head: bytes, body: bytes) -> bytes:
    """As long as it was said to be, and no JSON."""
    return head + body[:-1] + b"?"


def strangers(head: bytes, body: bytes) -> bytes:
    """Mentors nobody has heard of."""
    return head + re.sub(rb'"id":"........', b'"id":"ffffffff', body)


def from_elsewhere(head: bytes, body: bytes) -> bytes:
    """Another version than the pool ever had; the scores are right."""
    return head + re.sub(
        rb'"version":(\d+)', lambda found: b'"version":' + b"9" * len(found[1]), body
    )


def inflated(head: bytes, body: bytes) -> bytes:
    """Totals that are not the sum of their terms."""
    return head + re.sub(rb'"total":\d', b'"total":9', body)


def failing(_: bytes, __: bytes) -> Spoiled:
    return Spoiled(b"HTTP/1.1 500 x\r\ncontent-length: 4\r\n\r\noops")


def dripping(head: bytes, body: bytes) -> Spoiled:
    return Spoiled(head + body, slow=True)


@dataclass
class Meddler:
    """Counts the answers to rankings that it passed on unspoiled."""

    upstream: int
    spoil: Spoil = honest
    port: int = 0
    passed_on: int = 0
    lines: set[StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.lines.add(writer)
        with suppress(OSError, IncompleteReadError):
            there, back = await asyncio.open_connection("127.0.0.1", self.upstream)
            self.lines.add(back)
            try:
                while await self._pass_on(reader, writer, there, back):
                    pass
            finally:
                back.close()
        writer.close()

    async def _pass_on(
        self, reader: StreamReader, writer: StreamWriter, there: StreamReader, back: StreamWriter
    ) -> bool:
        """One question and its answer; False when the line is to be cut."""
        head, body = await _message(reader)
        back.write(head + body)
        said = self.spoil(*await _message(there))
        if isinstance(said, bytes):
            self.passed_on += b"/rank " in head
            writer.write(said)
            await writer.drain()
            return True
        for part in _parts(said):
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(DRIP if said.slow else 0)
        return False


async def _message(reader: StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    return head, await reader.readexactly(int(length[1])) if length else b""


def _parts(said: Spoiled) -> list[bytes]:
    if not said.slow:
        return [said.content]
    return [said.content[at : at + 1] for at in range(len(said.content))]


@asynccontextmanager
async def meddler(upstream: int) -> AsyncIterator[Meddler]:
    made = Meddler(upstream)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for line in made.lines:
            line.close()
        for line in made.lines:
            with suppress(OSError):
                await line.wait_closed()
        await server.wait_closed()
