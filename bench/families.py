"""Families of assignment problems: which of them we are quick at, and whether the quicker way is taken.

What solvers find easy or hard is in how worth and places are spread, so a claim names its family.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.assignment import HELD_OUT, OR_TOOLS, Contest
from bench.figures import Goal, shown, times
from bench.machine import Cores
from bench.program import program
from bench.sheet import Sheet, Tell

FAMILIES = {
    "uniform": "uniform",
    "low_rank": "low rank",
    "clusters": "clusters",
    "geometric": "geometric",
    "correlated": "correlated",
    "power_law": "power-law places",
}
SHAPES = (
    (1_000, 1_000, 100),
    (1_000, 1_000, 80),
    (1_500, 500, 95),
    (2_000, 300, 110),
    (2_000, 300, 95),
    (2_000, 300, 60),
    (6_000, 300, 95),
    (6_000, 30, 95),
)
"""Learners, mentors, and places in a hundred learners; every pair is listed."""
ROUNDS = 5
TOLERANCE = 1.2
NOISE_SECONDS = 0.005
"""What takes less counts as this much: the machine's own noise is no smaller."""


def _family(family: str, learners: int, mentors: int, supply: int, k: int) -> Mapping[str, object]:
    shape = {"learners": learners, "mentors": mentors, "supply": supply, "k": k}
    return {"family": family, **shape}


CONTESTS = (
    *(
        Contest(
            f"low rank, {learners // 1000}k learners, 300 mentors, every pair",
            {"do": "family", **_family("low_rank", learners, 300, 95, 300)},
            "load",
            OR_TOOLS,
            3,
        )
        for learners in (10_000, 20_000, 30_000)
    ),
    *(
        Contest(
            f"{named}, 10k learners, 2k mentors, lists of 32",
            {"do": "family", **_family(family, 10_000, 2_000, 95, 32)},
            "load",
            OR_TOOLS,
            3,
        )
        for family, named in FAMILIES.items()
        if family != "low_rank"
    ),
)


async def ways(binary: Path, cores: Cores, *, tell: Tell) -> tuple[Sheet, Goal]:
    """Times both ways to the optimum on each shape, in turns; raises Silent."""
    rows, worst = [], 0.0
    async with program([str(binary)], frozenset({cores.server})) as us:
        for family, named in FAMILIES.items():
            for learners, mentors, supply in SHAPES:
                tell(f"two ways: {named}, {learners} x {mentors}, {supply} %")
                shape = _family(family, learners, mentors, supply, mentors)
                took = await us.ask(do="ways", **shape, seed=HELD_OUT, rounds=ROUNDS)
                worst = max(worst, _loss(took))
                rows.append((f"{named}, {learners} x {mentors}, {supply} %", *_cells(took)))
    columns = ("family, learners x mentors, places", "auction", "matrix", "taken", "it ÷ better")
    notes = (
        f"Seconds, the best of {ROUNDS} rounds in turns; both ways prove the same optimum.",
        "Every pair is listed; places in a hundred learners.",
        f"What takes less than {shown(NOISE_SECONDS)} s counts as that: it is no more than noise.",
    )
    title = "Two ways to the optimum"
    goal = Goal(
        f"{title}: the way taken ÷ the better one, at worst", TOLERANCE, worst, at_most=True
    )
    return Sheet(title, columns, rows, notes), goal


def _loss(took: Mapping[str, Any]) -> float:
    better = min(took["auction"], took["matrix"])
    return float(max(took[took["taken"]], NOISE_SECONDS) / max(better, NOISE_SECONDS))


def _cells(took: Mapping[str, Any]) -> tuple[str, ...]:
    return shown(took["auction"]), shown(took["matrix"]), str(took["taken"]), times(_loss(took))
