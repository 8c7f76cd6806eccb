"""Tests on a plot, in a forked child: what they are made of is imported once, before."""

import ctypes
import gc
import importlib
import multiprocessing
import os
import signal
import sys
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from tests.mutants.mutant import ROOT
from tests.mutants.plot import Plot

HEAVY = (
    *("alembic.command", "faker", "hypothesis", "sqlalchemy.ext.asyncio"),
    *("skillbridge.entrypoints.http.app", "skillbridge.entrypoints.wiring.stack"),
)
OURS = {"bench", "skillbridge", "tests", "tools"}
PLUGINS = ("pytest_asyncio.plugin", "pytest_randomly", "pytest_socket", "pytest_timeout")
OPTIONS = (
    *("-q", "--tb=short", "-p", "no:cacheprovider", "--timeout=0", "--hypothesis-seed=1"),
    *("--randomly-seed=1", "--randomly-dont-reorganize", "-p", "_hypothesis_pytestplugin"),
    *(word for plugin in PLUGINS for word in ("-p", plugin)),
)
OUTPUT = "output.txt"
PR_SET_PDEATHSIG = 1  # linux/prctl.h
PATIENCE = "30"
"""Seconds that a test waits for what a mutant keeps away: it then fails, and the trial goes on."""
GRACE = 20.0  # seconds in which an interrupted run stops its servers


@dataclass(eq=False)
class Witness:
    """What pytest tells: how long each test took, and which ones failed, in which phase."""

    times: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    failed: list[str] = field(default_factory=list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.times[report.nodeid] += report.duration
        if report.failed:
            self.failed.append(f"{report.nodeid} ({report.when})")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed.append(f"{report.nodeid} (collect)")


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run ended: pytest's exit status, None where it never came; what failed, and times."""

    status: int | None
    failed: Sequence[str] = ()
    times: dict[str, float] = field(default_factory=dict)
    refused: bool = False
    """Never run: its tests fail without a mutant."""
    seconds: float = 0.0
    """From its begin to its end, with what it starts."""


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A run that was begun on a plot."""

    plot: Plot
    process: BaseProcess
    ending: Connection

    def verdict(self) -> Verdict:
        """Take what the child sent; one that died on the way sent nothing."""
        with suppress(EOFError):
            found = Verdict(*self.ending.recv())
            self.process.join()
            return found
        self.process.join()
        return Verdict(None, ["the run died"])

    def stop(self) -> Verdict:
        """End a run that hangs, its servers with it."""
        assert self.process.pid is not None
        os.kill(self.process.pid, signal.SIGINT)
        self.process.join(GRACE)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.join()
        return Verdict(None, ["the run did not end"])


def prepare() -> None:
    """Import what every child needs, and nothing that a mutant could have changed."""
    for name in HEAVY:
        importlib.import_module(name)
    gc.freeze()


def begin(
    plot: Plot, tests: Sequence[str], *, first: str | None = None, to_the_end: bool = False
) -> Trial:
    """Start the tests on the plot; a failure is enough unless `to_the_end`.

    The test `first` is asked alone, and the others if it fails not or is gone.
    """
    fork = multiprocessing.get_context("fork")
    ending, sending = fork.Pipe(duplex=False)
    options = OPTIONS if to_the_end else (*OPTIONS, "-x")
    runs = [[*options, *words] for words in ([first], tests) if words != [None]]
    process = fork.Process(target=_child, args=(plot.tree, runs, sending))
    process.start()
    sending.close()
    return Trial(plot, process, ending)


def _child(tree: Path, runs: Sequence[list[str]], sending: Connection) -> None:
    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGINT))
    output = os.open(tree / OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(output, stream)
    _move(tree)
    witness, status = Witness(), 0
    for words in runs:
        if not witness.failed:
            status = pytest.main(words, plugins=[witness])
    sending.send((int(status), witness.failed, dict(witness.times)))
    sending.close()
    os._exit(0)


def _move(tree: Path) -> None:
    """Live in the plot: nothing of ours is imported from elsewhere, here or by a program started.

    What is compiled there is kept, for the next one on the same plot.
    """
    os.chdir(tree)
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ |= {"PYTHONPATH": f"{tree / 'src'}:{tree}", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    os.environ["PATIENCE"] = PATIENCE
    here = {str(ROOT), str(ROOT / "src"), ""}
    sys.path[:] = [str(tree / "src"), *(path for path in sys.path if path not in here)]
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]
