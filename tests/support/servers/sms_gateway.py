"""A local server that speaks Africa's Talking's contract, well or badly, as told."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs


def taken(code: int = 101, *, number: str = "+2348031234567", message: str = "ATXid_1") -> bytes:
    """What it answers for one recipient."""
    recipient = {
        "statusCode": code,
        "number": number,
        "status": "Success",
        "cost": "NGN 2.2000",
        "messageId": message,
    }
    said = "Sent to 1/1 Total Cost: NGN 2.2000"
    return json.dumps({"SMSMessageData": {"Message": said, "Recipients": [recipient]}}).encode()


NO_RECIPIENT = b'{"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}}'


@dataclass(frozen=True)
class Reply:
    status: int = 201
    body: bytes = field(default_factory=taken)
    drops: bool = False
    """Takes the request, and hangs up without an answer."""
    hangs: bool = False


@dataclass
class SmsGateway:
    """Gives its replies one after the other, and the last one again and again."""

    replies: Sequence[Reply] = (Reply(),)
    forms: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode().strip().split("\r\n")
                told = {
                    name.lower(): value for name, value in (line.split(": ", 1) for line in lines)
                }
                body = await reader.readexactly(int(told["content-length"]))
                self.paths.append(first)
                self.headers.append(told)
                self.forms.append({name: one for name, (one,) in parse_qs(body.decode()).items()})
                reply = self.replies[min(len(self.forms), len(self.replies)) - 1]
                if reply.hangs:
                    await asyncio.Event().wait()
                if reply.drops:
                    break
                writer.write(
                    f"HTTP/1.1 {reply.status} X\r\ncontent-length: {len(reply.body)}\r\n"
                    "content-type: application/json\r\n\r\n".encode()
                    + reply.body
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def sms_gateway(*replies: Reply) -> AsyncIterator[SmsGateway]:
    gateway = SmsGateway(replies or (Reply(),))
    guests: set[asyncio.Task[None]] = set()

    def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        guests.add(asyncio.ensure_future(gateway.serve(reader, writer)))

    server = await asyncio.start_server(welcome, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    gateway.url = f"http://{host}:{port}"
    try:
        yield gateway
    finally:
        server.close()
        for guest in guests:
            guest.cancel()
        await asyncio.gather(*guests, return_exceptions=True)
