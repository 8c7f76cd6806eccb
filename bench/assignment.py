"""Our assignment solvers beside those of others, on the same arrays, in turns.

Who solves reads the arrays a program of ours wrote, and is timed from there to the pairs in its
memory: making its own structures counts. Pairs are checked here, against the arrays alone.
"""

import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from bench.figures import Goal, ratio, shown, times
from bench.machine import Cores
from bench.peers.protocol import Array, array
from bench.program import Program, program
from bench.sheet import Sheet, Tell

HELD_OUT = 9001
"""The seed of the worlds; solvers were tuned on others."""
ROUNDS = 5
SLOW = 2.0
"""A peer that took so many times the best peer's time in the first round sits out the others."""
ENOUGH = 20
"""Seconds of the peers' work after which a contest has no further round."""
MEGABYTE = 1e6
Answer = Mapping[str, Any]


class Unequal(Exception):
    """Two ways gave different answers, or one a wrong one: their speeds cannot be compared."""


@dataclass(frozen=True, slots=True)
class Contest:
    """One problem, who solves it, and how many times as fast as the best of them we want to be."""

    title: str
    make: Mapping[str, object]
    load: str
    peers: Mapping[str, str]
    """What a table calls a peer, by its name in `bench.peers.solvers`."""
    least: float
    mode: str = "optimal"
    part: str = "seconds"
    """Which time is compared; `seconds` is all of it."""


OR_TOOLS = {"flow": "OR-Tools SimpleMinCostFlow"}
SQUARES = {
    "flow-of-square": "OR-Tools SimpleMinCostFlow, allowed pairs",
    "csa": "OR-Tools SimpleLinearSumAssignment",
    "scipy": "SciPy linear_sum_assignment",
    "lapjv": "lapx lapjv",
    "lapjvs": "lapx lapjvs",
}


def _cohort(learners: int, mentors: int) -> Mapping[str, object]:
    return {"do": "cohort", "learners": learners, "mentors": mentors, "k": 32}


def _square(kind: str, side: int) -> Mapping[str, object]:
    return {"do": "square", "kind": kind, "side": side}


LARGE = Contest(
    "100 000 learners, 20 000 mentors, lists of 32", _cohort(100_000, 20_000), "load", OR_TOOLS, 12
)
MIDDLE = Contest(
    "10 000 learners, 2 000 mentors, lists of 32", _cohort(10_000, 2_000), "load", OR_TOOLS, 7
)
STABLE = Contest(
    "10 000 learners, 2 000 mentors, stable",
    _cohort(10_000, 2_000),
    "load",
    {"stable": "matching HospitalResident, its solve"},
    300,
    mode="stable",
    part="solve",
)
OTHERS = (
    Contest("price war: 4 distinct values", {"do": "war", "distinct": 4}, "load", OR_TOOLS, 5),
    Contest("price war: all values equal", {"do": "war", "distinct": 1}, "load", OR_TOOLS, 5),
    Contest("5 000 x 5 000, from people", _square("realistic", 5000), "load_square", SQUARES, 8),
    Contest(
        "2 001 x 2 001, all pairs by chance", _square("uniform", 2001), "load_square", SQUARES, 1.5
    ),
    Contest(
        "3 001 x 3 001, all want much the same",
        _square("low_rank", 3001),
        "load_square",
        SQUARES,
        1.5,
    ),
)


@dataclass(slots=True)
class Standing:
    """What came of a contest: the answers of each round, ours first."""

    contest: Contest
    ours: list[Answer] = field(default_factory=list)
    theirs: dict[str, list[Answer]] = field(default_factory=dict)

    @property
    def best(self) -> str:
        """The quickest peer of those who were in every round."""
        stayed = [name for name, answers in self.theirs.items() if len(answers) == len(self.ours)]
        return min(stayed, key=lambda name: self.typical(self.theirs[name]))

    @property
    def spent(self) -> float:
        """The seconds of all peers."""
        return float(sum(answer["seconds"] for found in self.theirs.values() for answer in found))

    def typical(self, answers: Sequence[Answer]) -> float:
        return float(median(answer[self.contest.part] for answer in answers))

    def goal(self) -> Goal:
        part = self.contest.part
        theirs = [answer[part] for answer in self.theirs[self.best]]
        return Goal(
            f"{self.contest.title}: {self.contest.peers[self.best]} ÷ we",
            self.contest.least,
            ratio(theirs, [answer[part] for answer in self.ours]),
        )

    def rows(self) -> list[tuple[str, ...]]:
        ours = self.typical(self.ours)
        named = [("we", self.ours)]
        named += [(self.contest.peers[name], found) for name, found in self.theirs.items()]
        return [
            (
                f"{self.contest.title}: {name}",
                shown(self.typical(found)),
                times(self.typical(found) / ours),
                shown(median(answer["prepare"] for answer in found)),
                shown(median(answer["solve"] for answer in found)),
                str(len(found)),
            )
            for name, found in named
        ]


async def measure(
    binary: Path, cores: Cores, *, more: Sequence[Contest] = (), tell: Tell
) -> tuple[list[Sheet], list[Goal]]:
    """Our contests and `more`; raises Unequal or Silent."""
    goals: list[Goal] = []
    rows: list[tuple[str, ...]] = []
    for contest in (LARGE, MIDDLE, STABLE, *OTHERS, *more):
        with TemporaryDirectory(prefix="bench-") as name:
            folder = Path(name)
            async with program([str(binary)], cores.all) as maker:
                tell(f"{contest.title}: making it")
                await maker.ask(**contest.make, seed=HELD_OUT, folder=str(folder))
                standing = await _contest(contest, binary, cores, folder, tell)
                goals.append(standing.goal())
                rows += standing.rows()
                if contest is LARGE:
                    goals.append(await _memory(contest, binary, cores, folder))
                    goals += await _whole(maker, standing, tell)
    return [_sheet(rows)], goals


async def _contest(
    contest: Contest, binary: Path, cores: Cores, folder: Path, tell: Tell
) -> Standing:
    standing = Standing(contest, theirs={name: [] for name in contest.peers})
    async with AsyncExitStack() as stack:
        us = await stack.enter_async_context(_ours(contest, binary, cores, folder))
        peers = {
            name: await stack.enter_async_context(_peer(name, cores, folder))
            for name in contest.peers
        }
        for number in range(ROUNDS):
            tell(f"{contest.title}: round {number + 1} of {ROUNDS}")
            answer = await us.ask(do="solve", mode=contest.mode, pairs=str(folder))
            standing.ours.append(answer)
            worth = _checked(contest, folder, "pairs")
            if contest.mode == "optimal" and not answer["optimal"]:
                raise Unequal(f"{contest.title}: our answer is not proven")
            for name, peer in peers.items():
                standing.theirs[name].append(await peer.ask())
                if _checked(contest, folder, name) != worth or not _agree(contest, folder, name):
                    raise Unequal(f"{contest.title}: we and {name} differ")
            peers = {name: peers[name] for name in _quick(standing, peers)}
            if standing.spent > ENOUGH:
                break
    return standing


def _quick(standing: Standing, peers: Mapping[str, Program]) -> list[str]:
    """The peers who are near enough to the best to stay."""
    taken = {name: standing.theirs[name][-1][standing.contest.part] for name in peers}
    return [name for name in peers if taken[name] <= SLOW * min(taken.values())]


@asynccontextmanager
async def _ours(
    contest: Contest, binary: Path, cores: Cores, folder: Path
) -> AsyncIterator[Program]:
    async with program([str(binary)], frozenset({cores.server})) as us:
        await us.ask(do=contest.load, folder=str(folder))
        yield us


@asynccontextmanager
async def _peer(name: str, cores: Cores, folder: Path) -> AsyncIterator[Program]:
    command = [sys.executable, "-m", "bench.peers.solvers", name, str(folder)]
    async with program(command, frozenset({cores.server})) as peer:
        yield peer


def _checked(contest: Contest, folder: Path, name: str) -> int:
    """The worth of a solver's pairs; raises Unequal where one is not allowed."""
    mentor_of = array(folder, name).astype(np.int64)
    (assigned,) = np.nonzero(mentor_of >= 0)
    chosen = mentor_of[assigned]
    if contest.load == "load_square":
        side = len(mentor_of)
        places = np.ones(side, np.int64)
        worth = array(folder, "worth")[assigned * side + chosen].astype(np.int64)
    else:
        places = array(folder, "places").astype(np.int64)
        worth = _listed(folder, assigned, chosen)
    if np.any(np.bincount(chosen, minlength=len(places)) > places) or np.any(worth < 0):
        raise Unequal(f"{contest.title}: the pairs of {name} are not allowed")
    return int(worth.sum())


def _listed(folder: Path, assigned: Array, chosen: Array) -> Array:
    """The value of each pair; -1 for a pair that no list has."""
    ends, mentor = array(folder, "ends").astype(np.int64), array(folder, "mentor").astype(np.int64)
    learner = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))
    width = int(mentor.max()) + 1
    keys = learner * width + mentor
    order = np.argsort(keys)
    wanted = assigned * width + chosen
    at = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)]
    values: Array = np.where(keys[at] == wanted, array(folder, "value")[at].astype(np.int64), -1)
    return values


def _agree(contest: Contest, folder: Path, name: str) -> bool:
    """There may be several best answers, but one learner-optimal stable one: pair by pair."""
    if contest.mode != "stable":
        return True
    return bool(np.array_equal(array(folder, "pairs"), array(folder, name)))


async def _memory(contest: Contest, binary: Path, cores: Cores, folder: Path) -> Goal:
    """Each in a process of its own that has read the arrays and solved nothing yet."""
    async with _ours(contest, binary, cores, folder) as us:
        ours = await us.ask(do="solve", mode=contest.mode)
    async with _peer("flow", cores, folder) as peer:
        theirs = await peer.ask()
    what = f"{shown(theirs['peak'] / MEGABYTE)} MB ÷ {shown(ours['peak'] / MEGABYTE)} MB"
    return Goal(
        f"{contest.title}: peak memory, OR-Tools ÷ we ({what})",
        4,
        theirs["peak"] / ours["peak"],
    )


async def _whole(maker: Program, lists: Standing, tell: Tell) -> list[Goal]:
    """All 2 000 000 000 pairs, against the peer's time for the lists alone."""
    answers = []
    for number in range(ROUNDS):
        tell(f"100 000 x 20 000, every pair: round {number + 1} of {ROUNDS}")
        answers.append(await maker.ask(do="whole"))
        if answers[-1]["scope"] != "pool":
            raise Unequal("not every pair was considered")
    seconds = median(answer["seconds"] for answer in answers)
    gap = max(answer["gap_ppm"] for answer in answers)
    title = "100 000 x 20 000, all 2 000 000 000 pairs"
    peer = lists.typical(lists.theirs["flow"])
    return [
        Goal(f"{title}: proven gap, ppm", 100, gap, at_most=True),
        Goal(f"{title}: seconds", 5, seconds, at_most=True),
        Goal(f"{title}: OR-Tools on lists of 32 alone ÷ we", 1, peer / seconds),
    ]


def _sheet(rows: Sequence[Sequence[str]]) -> Sheet:
    notes = (
        (
            f"Medians of up to {ROUNDS} interleaved rounds; ratios above are made within a round. A peer "
            f"that took {SLOW:g} times the best peer's time sits out the later rounds, and after "
            f"{ENOUGH} s of the peers there are none."
        ),
        "Where at least a quarter of a square's pairs is possible, our input is the matrix itself.",
        "One core and one thread each; only where all pairs are searched do we use every core.",
        (
            "Every answer was checked for allowed pairs and places, and worth the same; ours is proven "
            "optimal each time. The stable ones are equal pair by pair."
        ),
        (
            "Memory: each in a process of its own, the peak of resident memory (VmHWM) while preparing "
            "and solving, less what was resident with the arrays just read."
        ),
    )
    columns = ("problem", "s", "it ÷ we", "prepare", "solve", "rounds")
    return Sheet("Sharing learners among mentors", columns, rows, notes)
