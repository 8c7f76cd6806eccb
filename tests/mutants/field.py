"""Many trials, a few at a time: the tests as they are first, then with each mutant."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import wait
from pathlib import Path
from types import MappingProxyType

from tests.mutants.mutant import ROOT, Mutant
from tests.mutants.plot import Plot
from tests.mutants.trial import Trial, Verdict, begin

LEAST = 120.0
"""Seconds that each trial may take, however short its tests are."""
MULTIPLE = 8.0
"""How many times as long as on the code as it is, before it counts as hanging."""
LOOK_AGAIN = 1.0
"""Seconds between looks at whose time is over."""


@dataclass(frozen=True, slots=True)
class Job:
    """Tests to run on a plot, with a mutant or without."""

    tests: Sequence[str]
    mutant: Mutant | None = None
    first: str | None = None
    seconds: float = float("inf")

    def begun(self, plot: Plot) -> Trial:
        if self.mutant is None:
            return begin(plot, self.tests, to_the_end=True)
        plot.grow(self.mutant.file, self.mutant.text)
        return begin(plot, self.tests, first=self.first)


def run(jobs: Iterable[Job], plots: Sequence[Plot]) -> Iterator[tuple[Job, Verdict]]:
    """One on each plot at a time; the order is that of their endings."""
    left, free = iter(jobs), list(plots)
    running = dict[Trial, tuple[Job, float]]()
    while True:
        while free and (job := next(left, None)) is not None:
            running[job.begun(free.pop())] = job, time.monotonic()
        if not running:
            return
        wait([trial.ending for trial in running], timeout=LOOK_AGAIN)
        for trial, (job, begun) in list(running.items()):
            took = time.monotonic() - begun
            if (ended := trial.ending.poll()) or took > job.seconds:
                del running[trial]
                free.append(trial.plot)
                yield job, replace(trial.verdict() if ended else trial.stop(), seconds=took)


def modules(tests: Iterable[str], root: Path = ROOT) -> Mapping[str, Sequence[str]]:
    """The files of tests that these names lead to, and what is asked of each: some tests, or all."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name in tests:
        path = root / name.partition("::")[0]
        for file in path.rglob("test_*.py") if path.is_dir() else [path]:
            module = str(file.relative_to(root))
            found[module].add(name if "::" in name else module)
    return {
        module: [module] if module in asked else sorted(asked)
        for module, asked in sorted(found.items())
    }


def as_it_is(
    plots: Sequence[Plot], tests: Iterable[str], root: Path = ROOT
) -> tuple[Mapping[str, float], Mapping[str, str]]:
    """Run what is asked of each module once, by itself: the seconds of each test, and which modules fail.

    Of a module that fails nothing can be believed: it would fail with every mutant, too.
    """
    times, failing = dict[str, float](), dict[str, str]()
    for job, verdict in run((Job(asked) for asked in modules(tests, root).values()), plots):
        times |= verdict.times
        if verdict.status != 0:
            module, ended = job.tests[0].partition("::")[0], f"pytest ends with {verdict.status}"
            failing[module] = next(iter(verdict.failed), f"{module}: {ended}")
    return times, failing


def sown(
    mutants: Sequence[Mutant],
    folder: Path,
    jobs: int,
    root: Path = ROOT,
    least: float = LEAST,
    *,
    first: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[tuple[Mutant, Verdict]]:
    """Try each mutant, `jobs` at a time; the order is that of their endings.

    `first` names the test that is asked before the others, by the mutant's name. A mutant of whose modules
    one fails without it is refused, and tried by none.
    """
    plots = [Plot(folder / str(number), root).laid() for number in range(jobs)]
    times, failing = as_it_is(plots, {test for mutant in mutants for test in mutant.tests}, root)
    todo = []
    for mutant in mutants:
        if wrong := [module for module in modules(mutant.tests, root) if module in failing]:
            yield mutant, Verdict(None, [failing[wrong[0]]], refused=True)
            continue
        asked = first.get(mutant.name, "")
        known = asked if asked.startswith(mutant.tests) else None
        seconds = max(least, limit(mutant, times))
        todo.append(Job(mutant.tests, mutant, known, seconds))
    for job, verdict in run(todo, plots):
        assert job.mutant is not None
        yield job.mutant, verdict


def limit(mutant: Mutant, times: Mapping[str, float]) -> float:
    """Return how many seconds a trial may take, by what its tests took."""
    return MULTIPLE * sum(took for test, took in times.items() if test.startswith(mutant.tests))
