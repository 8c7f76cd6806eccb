"""A real PgBouncer in transaction mode, with few connections to the server, as hosts offer it."""

import asyncio
import os
import pwd
import shutil
import signal
import socket
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from tests.conftest import PASSWORD

from skillbridge.local.ports import HOST, free_port
from skillbridge.local.waiting import until

CONFIGURATION = """\
[databases]
* = host={host} port={port}

[pgbouncer]
listen_addr = {listen}
listen_port = {own}
unix_socket_dir =
auth_type = plain
auth_file = users.txt
pool_mode = {mode}
default_pool_size = {connections}
max_client_conn = 200
"""


def found() -> str:
    """The program; a machine without it skips with a word, the one that decides does not."""
    program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    if program is None:
        if os.environ.get("CI"):
            raise AssertionError("pgbouncer is not here: .ci/run installs it")
        pytest.skip("pgbouncer is not here: apt-get install pgbouncer")
    return program


@asynccontextmanager
async def pgbouncer(
    server: str, folder: Path, *, connections: int = 3, mode: str = "transaction"
) -> AsyncIterator[int]:
    """Its port; it runs as `nobody` where we are root, for it refuses to be root."""
    program, port = found(), free_port()
    _configure(server, folder, port, connections, mode)
    lent = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    if lent:  # which reaches this folder because it starts in it
        for path in (folder, folder / "pgbouncer.ini", folder / "users.txt"):
            os.chown(path, lent.pw_uid, lent.pw_gid)
    process = await asyncio.create_subprocess_exec(
        program, "--quiet", "pgbouncer.ini", cwd=folder, stdin=DEVNULL, stdout=DEVNULL,
        stderr=DEVNULL, user=lent and lent.pw_uid, group=lent and lent.pw_gid,
        extra_groups=[] if lent else None,
    )  # fmt: skip
    try:
        await until(lambda: process.returncode is not None or _listens(port), every=0.02)
        assert process.returncode is None, "it did not start"
        yield port
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        await process.wait()


def _configure(server: str, folder: Path, port: int, connections: int, mode: str) -> None:
    place = urlsplit(server)
    settings = CONFIGURATION.format(
        host=place.hostname, port=place.port, listen=HOST, own=port,
        mode=mode, connections=connections,
    )  # fmt: skip
    (folder / "pgbouncer.ini").write_text(settings)
    logins = dict.fromkeys(("skillbridge_app", "skillbridge_auth", "skillbridge_worker"), PASSWORD)
    logins[place.username or ""] = place.password or ""
    (folder / "users.txt").write_text("".join(f'"{a}" "{b}"\n' for a, b in logins.items()))


def through(url: str, port: int) -> str:
    """The same database and login, by the pooler."""
    parts = urlsplit(url)
    login = parts.netloc.rpartition("@")[0]
    return urlunsplit(parts._replace(netloc=f"{login}@{HOST}:{port}"))


def _listens(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex((HOST, port)) == 0
