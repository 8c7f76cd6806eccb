"""Many trials, a few at a time: the tests as they are first, then with each mutant."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing.connection import wait
from pathlib import Path
from types import MappingProxyType

from tests.mutants.mutant import ROOT, Mutant
from tests.mutants.plot import Plot
from tests.mutants.trial import OUTPUT, Trial, Verdict, begin

log = logging.getLogger(__name__)

LEAST = 120.0
"""Seconds that each trial may take, however short its tests are."""
MULTIPLE = 8.0
"""How many times as long as on the code as it is, before it counts as hanging."""
LOOK_AGAIN = 1.0
"""Seconds between looks at whose time is over."""


class CannotBeRun(Exception):
    """The tests cannot be run at all, without a mutant."""


def as_it_is(plots: Sequence[Plot], tests: set[str]) -> tuple[Mapping[str, float], list[str]]:
    """Run the tests once, a part on each plot: the seconds of each, and which ones fail already."""
    wanted = sorted(name for name in tests if not _held(name, tests))
    parts = ((plot, wanted[number :: len(plots)]) for number, plot in enumerate(plots))
    trials = [begin(plot, part, to_the_end=True) for plot, part in parts if part]
    verdicts = [trial.verdict() for trial in trials]
    for trial, verdict in zip(trials, verdicts, strict=True):
        if verdict.status not in {0, 1}:
            raise CannotBeRun((trial.plot.tree / OUTPUT).read_text(encoding="utf-8")[-4000:])
    failing = sorted({test.rpartition(" (")[0] for one in verdicts for test in one.failed})
    for test in failing:
        log.warning("fails without a mutant, so it is left out: %s", test)
    return {test: took for one in verdicts for test, took in one.times.items()}, failing


def _held(name: str, tests: set[str]) -> bool:
    """Return whether another of the names holds it: its folder, or its file."""
    return any(name.startswith((f"{other}/", f"{other}::")) for other in tests)


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

    `first` names the test that is asked before the others, by the mutant's name.
    """
    plots = [Plot(folder / str(number), root).laid() for number in range(jobs)]
    times, failing = as_it_is(plots, {test for mutant in mutants for test in mutant.tests})
    without = [word for test in failing for word in ("--deselect", test)]
    left, running = list(reversed(mutants)), dict[Trial, tuple[Mutant, float]]()
    while left or running:
        while left and plots:
            mutant, plot = left.pop(), plots.pop()
            plot.grow(mutant.file, mutant.text)
            until = time.monotonic() + max(least, limit(mutant, times))
            trial = begin(plot, [*mutant.tests, *without], first=first.get(mutant.name))
            running[trial] = mutant, until
        wait([trial.ending for trial in running], timeout=LOOK_AGAIN)
        for trial in list(running):
            mutant, until = running[trial]
            if trial.ending.poll() or time.monotonic() > until:
                del running[trial]
                plots.append(trial.plot)
                yield mutant, trial.verdict() if trial.ending.poll() else trial.stop()


def limit(mutant: Mutant, times: Mapping[str, float]) -> float:
    """Return how many seconds a trial may take, by what its tests took."""
    return MULTIPLE * sum(took for test, took in times.items() if test.startswith(mutant.tests))
