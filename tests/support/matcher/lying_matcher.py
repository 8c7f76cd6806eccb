"""A local server in the matcher's place that answers whatever a test wants."""

import asyncio
import json
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class LyingMatcher:
    """Sends `reply` of each request line, byte by byte with `drip` seconds between, then closes."""

    reply: Callable[[str], bytes] = field(default=lambda _: b"")
    drip: float | None = None
    port: int = 0
    heads: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def heard(self) -> list[str]:
        return [head.splitlines()[0] for head in self.heads]

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(
                (
                    int(line.split(":")[1])
                    for line in head.lower().splitlines()
                    if "content-length" in line
                ),
                0,
            )
            await reader.readexactly(length)
            self.heads.append(head)
            await self.send(writer, self.reply(self.heard[-1]))
        writer.close()

    async def send(self, writer: StreamWriter, answer: bytes) -> None:
        if self.drip is None:
            writer.write(answer)
            await writer.drain()
            return
        for at in range(len(answer)):
            writer.write(answer[at : at + 1])
            await writer.drain()
            await asyncio.sleep(self.drip)


@asynccontextmanager
async def lying_matcher() -> AsyncIterator[LyingMatcher]:
    liar = LyingMatcher()
    server = await asyncio.start_server(liar.serve, "127.0.0.1", 0)
    liar.port = server.sockets[0].getsockname()[1]
    async with server:
        yield liar


def http(status: int, body: object) -> bytes:
    """A well-formed HTTP answer with this body, JSON unless it is bytes."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return b"HTTP/1.1 %d x\r\ncontent-length: %d\r\n\r\n%s" % (status, len(content), content)
