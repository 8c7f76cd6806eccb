"""`skillbridge` itself: its list of commands, what it imports, how it fails."""

import inspect
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from skillbridge.entrypoints.cli import main as main_module
from skillbridge.entrypoints.cli.main import COMMANDS, app, main
from skillbridge.local.environment import ADDRESSES, chosen

pytestmark = pytest.mark.row("A3", "A6")

SEEN = (
    "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
)


def imported_by(statement: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}; {SEEN}"], capture_output=True, check=True, text=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


HELP = (
    "from typer.testing import CliRunner; from skillbridge.entrypoints.cli.main import app;"
    "assert 'doctor' in CliRunner().invoke(app, ['--help']).output"
)
CLI = "import skillbridge.entrypoints.cli"


@pytest.mark.parametrize(
    ("statement", "unneeded"),
    [
        (HELP, {"openai", "litestar", "sqlalchemy", "dishka", "redis", "granian", "httpx"}),
        (f"{CLI}.up", {"litestar", "sqlalchemy", "dishka", "redis", "httpx"}),
        (f"{CLI}.migrate", {"openai", "litestar", "dishka", "redis", "taskiq", "httpx"}),
        (f"{CLI}.seed, skillbridge.entrypoints.cli.worker", {"openai", "litestar", "alembic"}),
        (f"{CLI}.serve", {"openai", "alembic"}),
    ],
)
def test_no_command_pays_for_what_only_another_needs(statement: str, unneeded: set[str]) -> None:
    assert imported_by(statement) & unneeded == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_each_command_what_the_command_says_itself(name: str) -> None:
    module = name.replace("-", "_")
    found = getattr(import_module(f"skillbridge.entrypoints.cli.{module}"), module)
    said = str(found.info.help if isinstance(found, typer.Typer) else inspect.getdoc(found))
    first = " ".join(said.partition("\n\n")[0].split())
    line = COMMANDS[name]
    assert line in {first, first.removeprefix(f"`skillbridge {name}`: ").capitalize()}


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_a_help_of_its_own(name: str) -> None:
    shown = CliRunner(env={"COLUMNS": "200"}).invoke(app, [name, "--help"])
    assert shown.exit_code == 0
    assert f"Usage: root {name}" in shown.output or f" {name} " in shown.output
    assert "--install-completion" not in shown.output


def test_an_unknown_command_is_answered_with_the_nearest() -> None:
    refused = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["migrat"])
    assert refused.exit_code == 2
    assert "Did you mean 'migrate'?" in refused.output


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["seed"], "UnsafeSettings: refusing to start:\n- DATABASE_WORKER_URL is not set"),
        (["worker"], "UnsafeSettings"),
    ],
)
def test_unsafe_settings_end_in_a_sentence(
    command: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SKILLBRIDGE_ENV", "production")
    assert said in told_by(command, monkeypatch, capsys, code=2)


def test_a_database_that_is_away_ends_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SKILLBRIDGE_ENV", "local")
    monkeypatch.setenv("DATABASE_WORKER_URL", "postgresql://a:b@127.0.0.1:1/c")
    monkeypatch.setenv("DATABASE_ADMIN_URL", "postgresql://a:b@127.0.0.1:1/%5Bc%5D")
    assert "Unavailable: the database cannot be reached" in told_by(["seed"], monkeypatch, capsys)
    assert "Unavailable: the database cannot be reached" in told_by(
        ["migrate"], monkeypatch, capsys
    )


def told_by(
    command: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    code: int = 1,
) -> str:
    """What stands on stderr of a command that fails."""
    monkeypatch.setattr(sys, "argv", ["skillbridge", *command])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == code
    told = capsys.readouterr().err
    assert "Traceback" not in told
    return told


@pytest.mark.parametrize("words", ["--version", "--help", "up --help"])
def test_whoever_asks_what_there_is_is_told_beside_a_broken_env(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".env").write_text("this is ( broken")
    (tmp_path / ".env").chmod(0o600)
    monkeypatch.chdir(tmp_path)
    assert "line 1: write NAME=value" in told_by(["users", "list"], monkeypatch, capsys, code=2)
    monkeypatch.setattr(sys, "argv", ["skillbridge", *words.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    assert "skillbridge" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "SKILLBRIDGE_ENV",
            "prod",
            "SKILLBRIDGE_ENV is 'prod', and `up` serves this machine alone:",
        ),
        ("SKILLBRIDGE_ENV", "production", "say one of local, test, or leave it out"),
        ("REDIS_URL", "http://cache", "REDIS_URL it must begin with redis:// or rediss://"),
        ("DATABASE_URL", "mysql://db/x", "DATABASE_URL "),
        ("DATABASE_ADMIN_URL", "postgresql://db/x", "give DATABASE_URL alone"),
    ],
)
def test_up_starts_nothing_with_a_setting_that_cannot_be_meant(
    name: str,
    value: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home = tmp_path / "home"
    for other in ("SKILLBRIDGE_ENV", "REDIS_URL", *ADDRESSES):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv("SKILLBRIDGE_HOME", str(home))
    monkeypatch.setenv(name, value)
    told = told_by(["up", "--exit-when-ready"], monkeypatch, capsys, code=2)
    assert told.startswith("UnsafeSettings: ")
    assert said in told
    assert not home.exists()


def test_a_setting_that_is_empty_is_none() -> None:
    given = {"REDIS_URL": "", "MATCHER_URL": " ", "DATABASE_URL": "postgresql://root@db/x"}
    assert chosen(given) == {"DATABASE_URL": "postgresql://root@db/x"}


def test_a_fault_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(main_module, "_load", broken)
    monkeypatch.setattr(sys, "argv", ["skillbridge", "seed"])
    with pytest.raises(ZeroDivisionError):
        main()
