"""What the table of log-ins says of its rounds."""

from bench.contenders import FASTAPI, OURS
from bench.log_ins import Round, goals, p99, sheet


def rounds(slower: float) -> list[Round]:
    reads = [slower * (place + 1) for place in range(101)]
    return [Round([slower] * 2, reads, 1.5, 25, [2 * ms for ms in reads], 12, 150)] * 3


FOUND = {OURS.name: rounds(1), FASTAPI.name: rounds(4)}


def test_the_slowest_hundredth_is_what_all_others_are_below() -> None:
    assert p99([float(ms) for ms in range(101)]) == 99
    assert p99([7, 7]) == 7


def test_goals_compare_the_slowest_reads_round_by_round() -> None:
    assert [goal.measured for goal in goals(FOUND)] == [4, 4]
    assert all(goal.met for goal in goals(FOUND))
    turned = {OURS.name: FOUND[FASTAPI.name], FASTAPI.name: FOUND[OURS.name]}
    assert not any(goal.met for goal in goals(turned))


def test_a_row_tells_the_middle_and_the_slowest_of_each_while() -> None:
    ours, theirs = sheet(FOUND).rows
    assert ours == (
        OURS.name,
        "1.00 / 1.00",
        "51.0 / 100",
        "102 / 200",
        "1.50",
        "25.0",
        "12.0",
        "150",
    )
    assert theirs[2] == "204 / 400"
