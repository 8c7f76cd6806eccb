"""A real PgBouncer in transaction mode, with few connections to the server, as hosts offer it."""

import asyncio
import os
import pwd
import shutil
import signal
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from tests.conftest import PASSWORD

from skillbridge.entrypoints.local.ports import HOST, free_port
from skillbridge.entrypoints.local.waiting import until

CONFIGURATION = """\
[databases]
* = host={host} port={port}

[pgbouncer]
listen_addr = {listen}
listen_port = {own}
unix_socket_dir =
auth_type = plain
auth_file = {folder}/users.txt
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


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """A folder that the account which root lends can reach."""
    folder = factory.mktemp("pgbouncer")
    for part in (folder, *folder.parents[:2]) if os.geteuid() == 0 else ():
        part.chmod(0o711)
    return folder


@asynccontextmanager
async def pgbouncer(
    server: str, folder: Path, *, connections: int = 3, mode: str = "transaction"
) -> AsyncIterator[int]:
    """Its port; it runs as `nobody` where we are root, for it refuses to be root."""
    program, port = found(), free_port()
    _configure(server, folder, port, connections, mode)
    lent = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    if lent:
        for path in (folder, folder / "pgbouncer.ini", folder / "users.txt"):
            os.chown(path, lent.pw_uid, lent.pw_gid)
    process = await asyncio.create_subprocess_exec(
        program, "--quiet", "pgbouncer.ini", cwd=folder, stdin=DEVNULL, stdout=DEVNULL,
        stderr=DEVNULL, user=lent and lent.pw_uid, group=lent and lent.pw_gid,
        extra_groups=[] if lent else None,
    )  # fmt: skip
    try:
        await until(lambda: _listens(port), every=0.02)
        yield port
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        await process.wait()


def _configure(server: str, folder: Path, port: int, connections: int, mode: str) -> None:
    place = urlsplit(server)
    settings = CONFIGURATION.format(
        host=place.hostname, port=place.port, listen=HOST, own=port,
        folder=folder, mode=mode, connections=connections,
    )  # fmt: skip
    (folder / "pgbouncer.ini").write_text(settings)
    logins = dict.fromkeys(("skillbridge_app", "skillbridge_worker"), PASSWORD)
    logins[place.username or ""] = place.password or ""
    (folder / "users.txt").write_text("".join(f'"{a}" "{b}"\n' for a, b in logins.items()))


def through(url: str, port: int) -> str:
    """The same database and login, by the pooler."""
    parts = urlsplit(url)
    login = parts.netloc.rpartition("@")[0]
    return urlunsplit(parts._replace(netloc=f"{login}@{HOST}:{port}"))


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True
