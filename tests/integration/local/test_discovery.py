"""A command typed beside `skillbridge up` finds the stack that runs here."""

from pathlib import Path

from skillbridge.local.discovery import announced, with_local_stack
from skillbridge.local.home import make_home

STACK = {
    "DATABASE_URL": "postgresql://skillbridge_app:secret@127.0.0.1:1/skillbridge",
    "PORT": "8123",
    "SHELL": "/bin/sh",
}


def test_the_addresses_are_there_while_the_stack_runs_and_for_its_owner_only(
    tmp_path: Path,
) -> None:
    home, here = make_home(tmp_path / "home"), {"SKILLBRIDGE_HOME": str(tmp_path / "home")}
    with announced(home, STACK):
        assert home.stack.stat().st_mode & 0o077 == 0
        found = with_local_stack(here)
        assert (found["DATABASE_URL"], found["PORT"]) == (STACK["DATABASE_URL"], "8123")
        assert "SHELL" not in found
    assert with_local_stack(here) == here | {"SKILLBRIDGE_ENV": "local"}


def test_what_the_environment_says_counts_more(tmp_path: Path) -> None:
    home, here = make_home(tmp_path / "home"), {"SKILLBRIDGE_HOME": str(tmp_path / "home")}
    with announced(home, STACK):
        assert with_local_stack(here | {"PORT": "9000"})["PORT"] == "9000"
        given = here | {"DATABASE_URL": "postgresql://elsewhere/db"}
        assert with_local_stack(given) == given


def test_a_server_never_looks_beside_itself(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    server = {"SKILLBRIDGE_HOME": str(home.root), "SKILLBRIDGE_ENV": "production"}
    with announced(home, STACK):
        assert with_local_stack(server) == server
