"""`skillbridge serve --memory`: all of it in one process, for who writes a front end."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.programs.command import ended, program, said
from tests.support.timing.patience import PATIENCE

from skillbridge.entrypoints import in_memory
from skillbridge.entrypoints.cli.serve import serve
from skillbridge.entrypoints.cli.story import Story
from skillbridge.entrypoints.seeding import PASSWORD
from skillbridge.local.health import until_ready
from skillbridge.local.ports import free_port
from skillbridge.settings import UnsafeSettings

pytestmark = pytest.mark.row("A9")


async def test_the_whole_story_with_nothing_beside_it(tmp_path: Path) -> None:
    """Addresses where nobody answers would be noticed, were they asked."""
    port, nobody = free_port(), free_port()
    elsewhere = {
        "SKILLBRIDGE_ENV": "",
        "DATABASE_URL": f"postgresql://skillbridge_app:x@127.0.0.1:{nobody}/none",
        "REDIS_URL": f"redis://127.0.0.1:{nobody}/0",
        "SMTP_URL": f"smtp://127.0.0.1:{nobody}",
        "MATCHER_URL": f"http://127.0.0.1:{nobody}",
    }
    async with program("serve", "--memory", "--port", str(port), **elsewhere) as served:
        assert f"http://127.0.0.1:{port}/mailbox" in await said(served, "Mailbox")
        assert PASSWORD in await said(served, "Demo mentor")
        await until_ready(port)
        async with Story.at(f"http://127.0.0.1:{port}", mentor_password=PASSWORD) as story:
            await story.register_and_sign_in()
            await story.fill_in_profile()
            steps = [step async for step in story.follow_roadmap("Analyse data", "data-analysis")]
            assert steps[-1]["status"] == "ready"
            roadmap = await story.roadmap()
            assert len([step async for step in story.complete_modules(roadmap, 3)]) == 3
            match = await story.match_with_the_best(await story.suggestions())
            assert match["status"] == "active"
            assert len(await story.badges({"first-step", "connected"})) >= 2
            assert len(await story.notices(at_least=4)) >= 4
        assert await ended(served, within=PATIENCE) == 0


SERVED = """
import sys
import skillbridge.entrypoints.cli.main, skillbridge.entrypoints.cli.serve
from skillbridge.entrypoints import {module}
{module}.app()
print(*sys.modules)
"""
UNUSED = {"aiohttp", "alembic", "faker", "httpx2", "openai", "polyfactory"}
"""Large libraries, each a tenth of a second or more, which nobody who serves has a use for."""
STACK = {"asyncpg", "redis", "sqlalchemy", "taskiq"}
OURS = {"skillbridge.adapters.postgres", "skillbridge.adapters.redis"}


@pytest.mark.parametrize(
    ("module", "without"),
    [("in_memory", UNUSED | STACK | OURS), ("asgi", UNUSED - {"aiohttp"})],  # taskiq's
)
def test_what_is_not_used_is_not_imported(module: str, without: set[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVED.format(module=module)],
        env={"SKILLBRIDGE_ENV": "local"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    imported = set(done.stdout.split())
    assert f"skillbridge.entrypoints.{module}" in imported
    assert not imported & without


@pytest.mark.parametrize("env", ["staging", "production"])
def test_where_work_is_kept_memory_is_refused(env: str, tmp_path: Path) -> None:
    said_by_operator = {"SKILLBRIDGE_ENV": env}
    with pytest.raises(UnsafeSettings, match=rf"SKILLBRIDGE_ENV={env} .*--memory keeps nothing"):
        in_memory.settings(said_by_operator, "127.0.0.1", 8000, tmp_path)


def test_a_second_process_is_refused() -> None:
    with pytest.raises(UnsafeSettings, match="leave --workers away"):
        serve(workers=2, memory=True)


def test_other_machines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.environ", {})
    with pytest.raises(UnsafeSettings, match=r"--host 0\.0\.0\.0 lets other machines in"):
        serve(host="0.0.0.0", memory=True)


def test_links_lead_to_where_it_listens(tmp_path: Path) -> None:
    found = in_memory.settings(environ := {"SKILLBRIDGE_ENV": "local"}, "127.0.0.1", 8123, tmp_path)
    assert (found.public_url, found.port, found.mail_dir) == (
        "http://127.0.0.1:8123",
        8123,
        tmp_path,
    )
    for given, wanted in (("", "http://[::1]:8123"), ("http://a.localhost", "http://a.localhost")):
        environ["SKILLBRIDGE_PUBLIC_URL"] = given
        assert in_memory.settings(environ, "::1", 8123, tmp_path).public_url == wanted
    environ["SKILLBRIDGE_PUBLIC_URL"] = "http://localhost:3000/api"
    again = in_memory.settings(environ, "127.0.0.1", 8123, tmp_path)
    assert again.public_url == "http://localhost:3000/api"  # a development proxy's, say
