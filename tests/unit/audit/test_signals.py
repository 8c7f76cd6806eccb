"""The kinds of security signals are as they were written down; what is remembered here is bounded."""

import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.adapters import paces
from skillbridge.adapters import sightings as local
from skillbridge.adapters.sightings import LocalSightings
from skillbridge.application.security_signals import in_words
from skillbridge.domain.audit.signals import SIGNALS, SignalKind

pytestmark = [pytest.mark.row("C6"), pytest.mark.asvs("16.3.3")]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
KINDS = {
    "stuffing": (30, 10 * MINUTE, "high"),
    "guessing": (15, HOUR, "medium"),
    "token-theft": (1, DAY, "high"),
    "key-missing": (10, HOUR, "medium"),
    "probing": (40, 10 * MINUTE, "medium"),
    "database-refused": (1, HOUR, "high"),
    "chain-broken": (1, DAY, "critical"),
}
RUNBOOK = Path(__file__).parents[3] / "docs" / "runbooks" / "security-signals.md"


def test_each_kind_is_as_it_was_written_down() -> None:
    found = {
        kind.value: (one.threshold, one.window, one.severity.value) for kind, one in SIGNALS.items()
    }
    assert found == KINDS
    assert set(SIGNALS) == set(SignalKind)


def test_what_anybody_can_cause_with_a_dead_copy_is_told_only_when_it_goes_on() -> None:
    """Decision 27: people learn to pass over what anybody can have mailed."""
    assert SIGNALS[SignalKind.KEY_MISSING].threshold > 1


def test_each_kind_has_its_page_of_what_to_do() -> None:
    page = RUNBOOK.read_text("utf-8")
    for kind in KINDS:
        assert f"\n## {kind}\n" in page, kind


def test_a_mail_tells_how_often_what_happened_and_what_to_do() -> None:
    words = in_words(["probing", "of-a-newer-program"], [2, 1])
    assert words[0].startswith("2 times: Somebody asked for many things that are not theirs")
    assert SIGNALS[SignalKind.PROBING].advice in words[0]
    assert words[1] == "Once: of-a-newer-program"


@given(st.lists(st.tuples(st.integers(0, 60), st.text(max_size=3)), max_size=300))
def test_however_many_names_come_no_more_are_remembered_than_there_is_room_for(
    asked: list[tuple[int, str]],
) -> None:
    sightings, most = LocalSightings(), 20
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(local, "REMEMBERED", most)
        for number, what in asked:
            sightings.sight(f"name {number}", what, 5, HOUR)
            assert len(sightings.held) <= most
            assert all(len(seen.marks) <= 5 for seen in sightings.held.values())


def test_a_flood_of_names_lets_nobody_out_of_sight_who_is_near_a_signal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local, "REMEMBERED", 100)
    sightings = LocalSightings()
    assert [sightings.sight("raised", "", 2, HOUR) for _ in range(2)] == [False, True]
    near = [sightings.sight("near", "", 5, HOUR) for _ in range(4)]
    for number in range(10_000):
        sightings.sight(f"flood {number}", "", 5, HOUR)
    assert near == [False] * 4
    assert sightings.sight("near", "", 5, HOUR)
    assert not sightings.sight("raised", "", 2, HOUR), "a flood raises nothing a second time"


def test_a_window_begins_with_the_first_sighting_and_anew_with_the_signal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [0]
    monkeypatch.setattr(paces, "microseconds", lambda: clock[0])
    sightings, window = LocalSightings(), timedelta(seconds=10)

    def sight(second: int) -> bool:
        clock[0] = second * 1_000_000
        return sightings.sight("name", "", 2, window)

    found = {second: sight(second) for second in (0, 9, 10, 18, 19, 28, 30)}
    assert [second for second, told in found.items() if told] == [9, 28]


def test_a_hostile_flood_stays_within_a_few_megabytes() -> None:
    sightings, kind = LocalSightings(), SIGNALS[SignalKind.PROBING]
    tracemalloc.start()
    for number in range(5_000):
        for what in range(kind.threshold + 5):
            sightings.sight(f"probing:{number}", f"{number}/{what}", kind.threshold, kind.window)
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"{len(sightings.held)} names take {used / 2**20:.1f} MiB")  # noqa: T201  a figure
    assert used < 32 * 2**20
