"""Assignment solvers of others: `python -m bench.peers.solvers NAME FOLDER`, then a line a solve.

Each starts from the arrays that we start from. What a solver needs done to them first counts as
`prepare`, reading its answer out counts as `solve`, and its `pairs` are checked by the bench.
"""

import sys
import time
from abc import abstractmethod
from pathlib import Path
from typing import Protocol

import lap
import numpy as np
from matching import Player
from matching.algorithms import hospital_resident
from matching.players import Hospital
from ortools.graph.python import linear_sum_assignment, min_cost_flow
from scipy.optimize import linear_sum_assignment as scipy_assignment

from bench.peers.protocol import Answer, Array, array, peak, peak_from_now, serve

NOBODY = -1
BEST = 10_000


class Solver(Protocol):
    """Reads a folder, then solves as often as asked."""

    @abstractmethod
    def __init__(self, folder: Path) -> None: ...
    @abstractmethod
    def prepare(self) -> None: ...
    @abstractmethod
    def solve(self) -> Array:
        """The mentor of each learner, or NOBODY."""


class Flow:
    """OR-Tools SimpleMinCostFlow: learners, mentors with their places, and a way to stay out."""

    def __init__(self, folder: Path) -> None:
        self.places = array(folder, "places").astype(np.int64)
        self.ends = array(folder, "ends").astype(np.int64)
        self.mentor = array(folder, "mentor").astype(np.int32)
        self.value = array(folder, "value").astype(np.int64)

    def prepare(self) -> None:
        learners, mentors = len(self.ends), len(self.places)
        sink = learners + mentors
        everyone = np.arange(learners, dtype=np.int32)
        self.learner = np.repeat(everyone, np.diff(self.ends, prepend=0))
        flow = self.flow = min_cost_flow.SimpleMinCostFlow()
        ones = np.ones(len(self.mentor), np.int64)
        self.pairs = flow.add_arcs_with_capacity_and_unit_cost(
            self.learner, self.mentor + np.int32(learners), ones, -self.value
        )
        flow.add_arcs_with_capacity_and_unit_cost(
            np.arange(learners, sink, dtype=np.int32),
            np.full(mentors, sink, np.int32),
            self.places,
            np.zeros(mentors, np.int64),
        )
        flow.add_arcs_with_capacity_and_unit_cost(
            everyone,
            np.full(learners, sink, np.int32),
            np.ones(learners, np.int64),
            np.zeros(learners, np.int64),
        )
        flow.set_nodes_supplies(everyone, np.ones(learners, np.int64))
        flow.set_node_supply(sink, -learners)

    def solve(self) -> Array:
        if self.flow.solve() != self.flow.OPTIMAL:
            raise RuntimeError("OR-Tools found no optimum")
        used = np.flatnonzero(self.flow.flows(self.pairs))
        mentor_of = np.full(len(self.ends), NOBODY, np.int64)
        mentor_of[self.learner[used]] = self.mentor[used]
        return mentor_of


class FlowOfSquare(Flow):
    """The same over the pairs of a square that may be formed."""

    def __init__(self, folder: Path) -> None:
        self.worth = _square(folder)

    def prepare(self) -> None:
        learner, mentor = np.nonzero(self.worth)
        side = len(self.worth)
        self.places = np.ones(side, np.int64)
        self.ends = np.searchsorted(learner, np.arange(side), side="right")
        self.mentor = mentor.astype(np.int32)
        self.value = self.worth[learner, mentor].astype(np.int64)
        super().prepare()


class Csa:
    """OR-Tools SimpleLinearSumAssignment over every pair of a square."""

    def __init__(self, folder: Path) -> None:
        self.worth = _square(folder)

    def prepare(self) -> None:
        side = len(self.worth)
        rows = np.repeat(np.arange(side, dtype=np.int32), side)
        columns = np.tile(np.arange(side, dtype=np.int32), side)
        self.solver = linear_sum_assignment.SimpleLinearSumAssignment()
        self.solver.add_arcs_with_cost(rows, columns, -self.worth.ravel().astype(np.int64))

    def solve(self) -> Array:
        if self.solver.solve() != self.solver.OPTIMAL:
            raise RuntimeError("OR-Tools found no optimum")
        return np.array([self.solver.right_mate(row) for row in range(len(self.worth))])


class Scipy:
    """SciPy's linear_sum_assignment."""

    def __init__(self, folder: Path) -> None:
        self.worth = _square(folder)

    def prepare(self) -> None:
        self.cost = BEST - self.worth.astype(np.float64)

    def solve(self) -> Array:
        columns: Array = scipy_assignment(self.cost)[1]
        return columns


class Lapjv(Scipy):
    """lapx's lapjv."""

    def solve(self) -> Array:
        mentors: Array = lap.lapjv(self.cost)[1]
        return mentors


class Lapjvs(Scipy):
    """lapx's lapjvs, in the single precision that is exact for these numbers."""

    def prepare(self) -> None:
        self.cost = BEST - self.worth.astype(np.float32)

    def solve(self) -> Array:
        mentors: Array = lap.lapjvs(self.cost, jvx_like=False)[1]
        return mentors


class Stable(Flow):
    """The algorithm behind matching's HospitalResident.solve, on players made as it makes them.

    Its own constructor copies and checks them for half a minute first, which is left out.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.own = array(folder, "own").astype(np.int64)

    def prepare(self) -> None:
        learner = np.repeat(np.arange(len(self.ends)), np.diff(self.ends, prepend=0))
        self.learners = {name: Player(name) for name in np.unique(learner).tolist()}
        self.mentors = {
            name: Hospital(name, int(self.places[name])) for name in np.unique(self.mentor).tolist()
        }
        wishes = np.lexsort((self.mentor, -self.value, learner))
        _give(self.learners, self.mentors, learner[wishes], self.mentor[wishes])
        likings = np.lexsort((learner, -self.own, self.mentor))
        _give(self.mentors, self.learners, self.mentor[likings], learner[likings])

    def solve(self) -> Array:
        found = hospital_resident([*self.learners.values()], [*self.mentors.values()], "resident")
        mentor_of = np.full(len(self.ends), NOBODY, np.int64)
        for mentor, learners in found.items():
            for learner in learners:
                mentor_of[learner.name] = mentor.name
        return mentor_of


def _give(wishing: dict[int, Player], wished: dict[int, Player], who: Array, whom: Array) -> None:
    """Tells each of `wishing` their list; both arrays are in its order."""
    names, starts = np.unique(who, return_index=True)
    for name, part in zip(names.tolist(), np.split(whom, starts[1:]), strict=True):
        wishing[name].set_prefs([wished[one] for one in part.tolist()])


def _square(folder: Path) -> Array:
    worth = array(folder, "worth")
    side = round(len(worth) ** 0.5)
    return worth.reshape(side, side)


SOLVERS: dict[str, type[Solver]] = {
    "flow": Flow,
    "flow-of-square": FlowOfSquare,
    "csa": Csa,
    "scipy": Scipy,
    "lapjv": Lapjv,
    "lapjvs": Lapjvs,
    "stable": Stable,
}


def main(name: str, folder: Path) -> None:
    solver = SOLVERS[name](folder)

    def solve() -> Answer:
        before = peak_from_now()
        start = time.perf_counter()
        solver.prepare()
        prepared = time.perf_counter()
        mentor_of = solver.solve()
        end = time.perf_counter()
        grown = peak() - before
        mentor_of.astype("<i4").tofile(folder / f"{name}.i4")
        return {
            "prepare": prepared - start,
            "solve": end - prepared,
            "seconds": end - start,
            "peak": grown,
        }

    serve(solve)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
