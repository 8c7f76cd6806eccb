"""`skillbridge up` as a person meets it: its lines, its exit codes, its end."""

import asyncio
import errno
import io
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest.mock import Mock

import pytest
import typer
from rich.console import Console
from tests.integration.local.conftest import all_gone, eventually, living
from tests.integration.local.run_up import stand_ins
from tests.support.timing.patience import PATIENCE
from typer.testing import CliRunner

from skillbridge.entrypoints.cli import up as up_module
from skillbridge.entrypoints.cli.up import Terminal, run_stack
from skillbridge.local import Options
from skillbridge.local import stack as stack_module
from skillbridge.local.health import is_ready
from skillbridge.local.ports import free_port, is_free

pytestmark = pytest.mark.row("A6", "E1")
MakeOptions = Callable[..., Options]
GIVEN = {"DATABASE_URL": "postgresql://ada:kola@db.example/app", "REDIS_URL": "redis://given"}


@pytest.fixture
def screen() -> Terminal:
    return Terminal(Console(file=io.StringIO(), width=200, highlight=False))


def text_on(screen: Terminal) -> str:
    assert isinstance(screen.console.file, io.StringIO)
    return screen.console.file.getvalue()


async def test_up_tells_each_step_the_addresses_and_the_demo_accounts(
    options: MakeOptions, home: Path, screen: Terminal
) -> None:
    asked = options(env=GIVEN)
    assert await run_stack(asked, screen, exit_when_ready=True) == 0
    shown = text_on(screen)
    assert f"✓ Data folder {home}" in shown
    assert "✓ Migrations" in shown
    assert f"http://127.0.0.1:{asked.port}/docs" in shown
    assert f"http://127.0.0.1:{asked.port}/mailbox" in shown
    assert "ada@example.org  kola-nut-lagos" in shown
    assert "postgresql://skillbridge_app:…@db.example/app" in shown
    assert ":kola@" not in shown
    assert "nothing is left running" in shown
    await all_gone(home)


async def test_without_seed_there_are_no_demo_accounts_to_show(
    options: MakeOptions, screen: Terminal
) -> None:
    asked = replace(options(env=GIVEN), seed=False)
    assert await run_stack(asked, screen, exit_when_ready=True) == 0
    assert "Demo" not in text_on(screen)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_stops_a_ready_stack_in_order(
    options: MakeOptions, home: Path, screen: Terminal, sign: signal.Signals
) -> None:
    asked = options(env=GIVEN)
    task = asyncio.create_task(run_stack(asked, screen, exit_when_ready=False))
    await _shows(screen, "SkillBridge is ready")
    os.kill(os.getpid(), sign)
    assert await task == 0
    await all_gone(home)
    assert is_free(asked.port)


async def test_a_signal_during_the_start_ends_it_with_the_shells_code(
    options: MakeOptions, home: Path, screen: Terminal
) -> None:
    asked = options(env=GIVEN, migrate="stubborn")
    task = asyncio.create_task(run_stack(asked, screen, exit_when_ready=False))
    await eventually((home / "run" / "migrate.json").exists)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGTERM)  # an impatient second one does not disturb the stopping
    assert await task == 130
    assert "✗ Migrations" in text_on(screen)
    await all_gone(home)


async def test_a_refusal_is_one_message_and_exit_code_1(
    options: MakeOptions, screen: Terminal
) -> None:
    code = await run_stack(options(env=GIVEN, migrate="fail"), screen, exit_when_ready=True)
    assert code == 1
    assert "SkillBridge cannot start. migrate failed (exit code 1)." in text_on(screen)


async def test_a_disk_that_fills_in_the_middle_of_a_start_is_told(
    options: MakeOptions, home: Path, screen: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "keys.json.new")
    monkeypatch.setattr(stack_module, "keys_of", Mock(side_effect=full))
    assert await run_stack(options(env=GIVEN), screen, exit_when_ready=True) == 1
    assert "cannot start. [Errno 28] No space left on device: 'keys.json.new'" in text_on(screen)


def test_the_command_reads_its_options(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up_module, "Options", partial(Options, commands=stand_ins(), checkout=None))
    app = typer.Typer()
    app.command()(up_module.up)
    port = free_port()
    env = GIVEN | {"SKILLBRIDGE_HOME": str(home), "PORT": str(port), "SKILLBRIDGE_PROT": "hidden"}
    result = CliRunner().invoke(app, ["--no-matcher", "--no-seed", "--exit-when-ready"], env=env)
    assert result.exit_code == 0, result.output
    assert f"http://127.0.0.1:{port}/v1" in result.output
    assert "✓ Seed" not in result.output
    assert "no-matcher" in result.output
    assert "SKILLBRIDGE_PROT is no setting: did you mean PORT?" in result.output
    assert "hidden" not in result.output


async def _shows(screen: Terminal, words: str) -> None:
    await eventually(lambda: words in text_on(screen))


@asynccontextmanager
async def up(home: Path, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `up` as a process of its own, until it says that it is ready."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.local.run_up", str(home), str(port),
        stdout=asyncio.subprocess.PIPE, env=env,
    )  # fmt: skip
    try:
        assert process.stdout
        async with asyncio.timeout(PATIENCE):
            async for line in process.stdout:
                if b"is ready" in line:
                    break
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def test_after_kill_9_nothing_stays_and_the_next_start_works(open_folder: Path) -> None:
    home, port = open_folder / "home", free_port()
    async with up(home, port) as killed:
        await eventually((home / "stubborn.pid").exists)
        assert len(living(home)) > 5
        killed.kill()
        await killed.wait()
        stubborn = int((home / "stubborn.pid").read_text())
        # all but the one that ignores the signal end by themselves
        await eventually(lambda: living(home) <= {stubborn})
    assert living(home) == {stubborn}
    async with up(home, port) as second:
        assert await is_ready(port)
        assert stubborn not in living(home)
        second.terminate()
        assert await second.wait() == 0
    await all_gone(home)
    assert is_free(port)


async def test_after_kill_9_an_immediate_start_waits_for_what_is_still_stopping(
    open_folder: Path,
) -> None:
    home, port = open_folder / "home", free_port()
    async with up(home, port) as killed:
        killed.kill()
        await killed.wait()
        async with up(home, port):
            assert await is_ready(port)
    await all_gone(home)
