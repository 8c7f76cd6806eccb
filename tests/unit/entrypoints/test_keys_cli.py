"""The operator's commands about keys."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from skillbridge.entrypoints.cli.keys import keys
from skillbridge.settings import load

pytestmark = pytest.mark.row("A3")

OLD = "vXb1Uo9qk3WZ0rT5yLs7Hc2Nf8MjQe4D"
NEW = "Zk8wQ2nVt5rY7uB0cX3mL6pJ9sD1fGhA"
ROW = re.compile(r"│ ([0-9a-f]{12}) +│ (\w+)")

cli = CliRunner(env={"COLUMNS": "200"})


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The ring of an installation that keeps it in a file."""
    for name in [name for name in os.environ if name.startswith(("SKILLBRIDGE_", "DATABASE_"))]:
        monkeypatch.delenv(name)
    made = tmp_path / "ring"
    made.write_text(OLD)
    made.chmod(0o600)
    monkeypatch.setenv("SKILLBRIDGE_ENV", "local")
    monkeypatch.setenv("SKILLBRIDGE_HOME", str(tmp_path))
    monkeypatch.setenv("SKILLBRIDGE_SECRET_KEYS_FILE", str(made))
    return made


@pytest.fixture
def in_variable(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SKILLBRIDGE_SECRET_KEYS_FILE")
    monkeypatch.setenv("SKILLBRIDGE_SECRET_KEYS", f"{NEW},{file.read_text()}")


def said(*arguments: str, code: int = 0) -> str:
    done = cli.invoke(keys, list(arguments), catch_exceptions=False)
    assert done.exit_code == code, done.output
    assert OLD not in done.output
    return done.output


def listed() -> list[tuple[str, str]]:
    return ROW.findall(said("list"))


def began(file: Path, ago: timedelta) -> None:
    """A new key has been in front since then."""
    file.write_text(f"{datetime.now(UTC) - ago:%Y-%m-%dT%H:%MZ}:{NEW},{OLD}")


def test_keys_are_listed_by_their_ids_and_no_secret_is_shown(file: Path) -> None:
    began(file, timedelta(hours=1))
    assert [role for _, role in listed()] == ["signing", "previous"]
    shown = said("list")
    assert f"from {file}" in shown
    assert NEW not in shown


def test_a_new_key_signs_a_day_after_all_could_know_it(file: Path) -> None:
    [(signing, _)] = listed()
    at = datetime.now(UTC)
    assert "restart each API and worker before" in said("rotate")
    new, old = load().secret_keys
    assert old == OLD
    assert len(new) >= 32
    assert new.since is not None
    assert timedelta(hours=23) < new.since - at <= timedelta(hours=24, minutes=1)
    assert [role for _, role in listed()] == ["next", "signing"]
    assert listed()[1][0] == signing
    assert str(new) not in said("list")


def test_the_new_secret_is_written_and_not_shown(file: Path) -> None:
    shown = said("rotate")
    assert load().secret_keys[0] not in shown
    assert f"{file} is changed" in shown


def test_a_key_that_leaked_is_replaced_at_once(file: Path) -> None:
    [(leaked, _)] = listed()
    said("rotate", "--now")
    assert [role for _, role in listed()] == ["signing", "previous"]
    assert "may live until" in said("retire", leaked, code=1)
    said("retire", leaked, "--now")
    assert [role for _, role in listed()] == ["signing"]
    assert OLD not in file.read_text()


def test_one_key_is_next_and_no_more(file: Path) -> None:
    said("rotate")
    before = file.read_text()
    assert "is next already" in said("rotate", code=1)
    assert file.read_text() == before


def test_a_key_that_waits_may_be_taken_back(file: Path) -> None:
    said("rotate")
    said("retire", listed()[0][0])
    assert file.read_text().strip() == OLD


def test_the_key_that_signs_stays(file: Path) -> None:
    [(signing, _)] = listed()
    for more in ((), ("--now",)):
        assert "`skillbridge keys rotate` first" in said("retire", signing, *more, code=1)
    assert file.read_text() == OLD


def test_a_previous_key_stays_while_what_it_signed_may_live(file: Path) -> None:
    began(file, timedelta(days=29))
    refused = said("retire", listed()[1][0], code=1)
    assert "may live until" in refused
    assert "links in mails" in refused
    assert "sign-ins" in refused
    assert OLD in file.read_text()
    began(file, timedelta(days=30, minutes=1))
    said("retire", listed()[1][0])
    assert OLD not in file.read_text()


def test_a_key_of_which_nothing_is_known_goes_only_by_the_operators_word(file: Path) -> None:
    file.write_text(f"{NEW},{OLD}")
    old = listed()[1][0]
    assert "nobody knows since when" in said("retire", old, code=1)
    assert OLD in file.read_text()
    said("retire", old, "--now")
    assert file.read_text() == f"{NEW}\n"


def test_a_key_that_is_not_there_is_not_retired(file: Path) -> None:
    assert "skillbridge keys list" in said("retire", "000000000000", code=1)
    assert file.read_text() == OLD


@pytest.mark.usefixtures("in_variable")
def test_what_stands_in_a_variable_is_changed_by_hand() -> None:
    assert "from SKILLBRIDGE_SECRET_KEYS" in said("list")
    told = said("rotate")
    assert re.search(r"in front of SKILLBRIDGE_SECRET_KEYS.*: [-0-9T:]+Z:[-\w]{43}\n", told)
    old = listed()[1][0]
    assert "take entry 2 out of SKILLBRIDGE_SECRET_KEYS" in said("retire", old, "--now")
