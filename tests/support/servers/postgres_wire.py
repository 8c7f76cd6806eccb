"""A proxy before PostgreSQL that hears what the server says: round trips, and the plans it ran.

The server answers each message that wants an answer with one ReadyForQuery, so these are counted;
auto_explain sends each plan, with the rows it really met, as a notice to whoever asked.
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import msgspec

from skillbridge.local.ports import HOST

READY, NOTICE = b"Z", b"N"
MARK = "plan:\n"

TOLD = """
alter database {name} set session_preload_libraries = 'auto_explain';
alter database {name} set auto_explain.log_min_duration = 0;
alter database {name} set auto_explain.log_analyze = on;
alter database {name} set auto_explain.log_timing = off;
alter database {name} set auto_explain.log_nested_statements = on;
alter database {name} set auto_explain.log_format = json;
alter database {name} set auto_explain.log_level = notice;
"""


@dataclass
class Wire:
    """What was said since it was last cleared."""

    url: str
    trips: int = 0
    plans: list[dict[str, Any]] = field(default_factory=list)
    """Each with its `Query Text` and its `Plan`."""

    def clear(self) -> None:
        self.trips = 0
        self.plans.clear()

    def heard(self, kind: bytes, content: bytes) -> None:
        self.trips += kind == READY
        if kind == NOTICE:
            fields = {part[:1]: part[1:].decode() for part in content.split(b"\0") if part}
            said = fields[b"M"]
            if MARK in said:
                self.plans.append(msgspec.json.decode(said.partition(MARK)[2]))


async def tell_plans(admin_url: str) -> None:
    """Connections that are made to this database from now on are told each plan they ran."""
    admin = await asyncpg.connect(admin_url)
    try:
        await admin.execute(TOLD.format(name=urlsplit(admin_url).path[1:]))
    finally:
        await admin.close()


@asynccontextmanager
async def listened_to(url: str) -> AsyncIterator[Wire]:
    """The same database and login, by the proxy."""
    parts = urlsplit(url)
    served: set[asyncio.Task[None]] = set()

    async def serve(client: StreamReader, back: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        served.add(task)
        task.add_done_callback(served.discard)
        answers, server = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_pass_on(client, server))
                both.create_task(_listen(answers, back, wire))
        finally:
            server.close()
            back.close()

    proxy = await asyncio.start_server(serve, HOST)
    port = proxy.sockets[0].getsockname()[1]
    login = parts.netloc.rpartition("@")[0]
    wire = Wire(
        urlunsplit(parts._replace(netloc=f"{login}@{HOST}:{port}", query="sslmode=disable"))
    )
    try:
        yield wire
    finally:
        proxy.close()
        for task in [*served]:
            task.cancel()
        await asyncio.gather(*served, return_exceptions=True)


async def _pass_on(source: StreamReader, target: StreamWriter) -> None:
    while part := await source.read(1 << 16):
        target.write(part)
        await target.drain()
    target.close()


async def _listen(answers: StreamReader, back: StreamWriter, wire: Wire) -> None:
    """Whole messages: a kind, a length that counts itself, a content."""
    with suppress(asyncio.IncompleteReadError):
        while True:
            head = await answers.readexactly(5)
            content = await answers.readexactly(int.from_bytes(head[1:]) - 4)
            wire.heard(head[:1], content)
            back.write(head + content)
            await back.drain()
    back.close()
