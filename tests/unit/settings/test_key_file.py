"""The file of secret keys, and the dates in it."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from skillbridge.settings import UnsafeSettings, load, rewriting

pytestmark = pytest.mark.row("A3")

STRONG = "vXb1Uo9qk3WZ0rT5yLs7Hc2Nf8MjQe4D"
TOMORROW = "2026-12-01T10:00Z"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "ring"
    made.write_text("new,old\n")
    made.chmod(0o640)
    return made


def read(text: str) -> list[tuple[str, datetime | None]]:
    keys = load({"SKILLBRIDGE_ENV": "local", "SKILLBRIDGE_SECRET_KEYS": text}).secret_keys
    return [(key, key.since) for key in keys]


def test_a_key_may_say_since_when_it_signs() -> None:
    at = datetime(2026, 12, 1, 10, tzinfo=UTC)
    assert read(f"{TOMORROW}:new,\nold") == [("new", at), ("old", None)]
    assert read("2026-12-01T10:00:00Z:a:b") == [("a:b", at)]
    assert read("a:b") == [("a:b", None)]


@pytest.mark.parametrize(
    "entry",
    ["2026-12-01:hush", "2026-13-01T10:00Z:hush", "2026-12-01T10:00:hush", "2026-12-01T1:0Z:hush"],
)
def test_a_date_that_is_no_time_is_refused_without_the_secret(entry: str) -> None:
    with pytest.raises(UnsafeSettings, match="write 2026-12-01T10:00Z:SECRET") as refused:
        read(entry)
    assert "hush" not in str(refused.value)


def test_a_date_makes_no_weak_key_a_strong_one() -> None:
    with pytest.raises(UnsafeSettings, match="SECRET_KEYS has a key that can be guessed"):
        load({"SKILLBRIDGE_ENV": "production", "SKILLBRIDGE_SECRET_KEYS": f"{TOMORROW}:{'n' * 40}"})


def test_a_date_does_not_count_as_length() -> None:
    with pytest.raises(UnsafeSettings, match="is shorter than 32"):
        load(
            {
                "SKILLBRIDGE_ENV": "production",
                "SKILLBRIDGE_SECRET_KEYS": f"{TOMORROW}:{STRONG[:31]}",
            }
        )


def test_the_file_is_replaced_in_one_step_with_its_mode(file: Path) -> None:
    before = file.stat()
    with rewriting(file) as entries:
        assert entries == ["new", "old"]
        entries.insert(0, f"{TOMORROW}:newer")
        assert file.read_text() == "new,old\n", "not before the end"
    assert file.read_text() == f"{TOMORROW}:newer,\nnew,\nold\n"
    after = file.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode,
        before.st_uid,
        before.st_gid,
    )
    assert after.st_ino != before.st_ino, "another file, so that no reader finds half of it"
    assert [one.name for one in file.parent.iterdir()] == ["ring"]
    assert [key for key, _ in read(file.read_text())] == ["newer", "new", "old"]


def test_a_link_to_the_file_stays_one(file: Path) -> None:
    link = file.with_name("link")
    link.symlink_to(file)
    with rewriting(link) as entries:
        entries.pop()
    assert link.is_symlink()
    assert file.read_text() == "new\n"


def test_what_fails_changes_nothing(file: Path) -> None:
    with pytest.raises(IndexError), rewriting(file) as entries:
        del entries[0], entries[7]
    assert file.read_text() == "new,old\n"
    assert not file.with_name("ring.new").exists()


def test_one_at_a_time_changes_it(file: Path) -> None:
    with rewriting(file) as entries:
        with pytest.raises(UnsafeSettings, match="somebody else"), rewriting(file):
            pass
        entries.pop()
    assert file.read_text() == "new\n"


def test_a_file_that_everybody_reads_is_not_changed(file: Path) -> None:
    file.chmod(0o644)
    with pytest.raises(UnsafeSettings, match="chmod 600"), rewriting(file):
        pass
    assert not file.with_name("ring.new").exists()


def test_the_new_file_is_nobody_elses_from_its_first_moment(file: Path) -> None:
    before = os.umask(0)
    try:
        with rewriting(file):
            assert file.with_name("ring.new").stat().st_mode & 0o077 == 0
    finally:
        os.umask(before)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    told = "nowhere cannot be changed: No such file"
    with pytest.raises(UnsafeSettings, match=told), rewriting(tmp_path / "nowhere"):
        pass
