"""What the table of reads says about itself."""

import pytest
from bench.contenders import EVERYONE, OURS, PEERS
from bench.figures import Load
from bench.reads import _goals, _warning


def loads(cpu_us: float, *, busy: float = 1.0) -> list[Load]:
    rate = 1e6 * busy / cpu_us
    return [Load(round(rate * 3), 3.0, 10.0, 3.0 * busy)] * 5


def test_a_busy_core_needs_no_warning() -> None:
    assert _warning(loads(250)) == ()


def test_a_core_that_waited_is_told() -> None:
    (note,) = _warning(loads(250, busy=0.4))
    assert "busy for 40% only" in note


def test_goals_compare_us_with_each_peer() -> None:
    found = {one.name: loads(1000) for one in PEERS} | {OURS.name: loads(250)}
    goals = _goals("GET /", found)
    assert [goal.wanted for goal in goals] == [0.5, 4.0, 6.0]
    assert [goal.measured for goal in goals] == pytest.approx([4, 4, 4], rel=0.01)
    assert [goal.met for goal in goals] == [True, True, False]


def test_everyone_is_started_on_the_port_that_is_said() -> None:
    for one in EVERYONE:
        assert "8123" in " ".join(one.on(8123))
        assert "{port}" not in " ".join(one.on(8123))
