"""On what the figures were measured, and how its cores are shared out."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


class TooSmall(Exception):
    """There is no second core to make the load on."""


@dataclass(frozen=True, slots=True)
class Cores:
    """One core for the server that is measured; the others for the load and the database."""

    server: int
    others: frozenset[int]

    @classmethod
    def here(cls) -> "Cores":
        """Raises TooSmall."""
        usable = sorted(os.sched_getaffinity(0))
        if len(usable) < 2:
            raise TooSmall("the bench needs two cores: one to serve, one to ask")
        return cls(usable[0], frozenset(usable[1:]))

    @property
    def all(self) -> frozenset[int]:
        return self.others | {self.server}

    def pinned(self, command: Sequence[str]) -> tuple[str, ...]:
        """The command, held to the server's core."""
        return ("taskset", "--cpu-list", str(self.server), *command)

    def step_aside(self) -> None:
        """Leaves the server's core; the children started from now on do too."""
        os.sched_setaffinity(0, self.others)


def description(packages: Sequence[str]) -> str:
    """The day, the machine and the versions, in two lines."""
    day = datetime.now(UTC).date()
    load = ", ".join(f"{share:.1f}" for share in os.getloadavg())
    python = f"Python {platform.python_version()}"
    versions = (f"{package} {version(package)}" for package in packages)
    return (
        f"{day}, {_processor()}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.release()}; load of the machine before: {load}.\n"
        f"{', '.join([python, *versions])}."
    )


def _processor() -> str:
    """The name that Linux gives it, else its architecture."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
