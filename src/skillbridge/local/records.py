"""Notes on running children, so that the run after a `kill -9` knows its orphans from strangers.

A pid alone says nothing: it may have been given to another program since. A pid with the time its
process began, in clock ticks since this boot, names one process for good.
"""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from skillbridge.local.home import Home
from skillbridge.local.keys import write_private

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Record:
    """One child: the leader of its own process group, and how it likes to be stopped."""

    name: str
    pid: int
    began: int
    boot: str
    stop_with: int

    @property
    def signal(self) -> signal.Signals:
        return signal.Signals(self.stop_with)

    def is_alive(self) -> bool:
        return self.boot == boot_id() and began(self.pid) == self.began


def boot_id() -> str:
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def began(pid: int) -> int | None:
    """Return when the process began, in ticks since boot; None if it is gone or a zombie.

    psutil tells the time of day, which is another one after the clock was set.
    """
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[19]) if fields[0] != "Z" else None


def group_members(group: int) -> Iterator[int]:
    """Yield the pids of a process group."""
    for pid in psutil.pids():
        with suppress(ProcessLookupError, PermissionError):
            if os.getpgid(pid) == group and began(pid) is not None:
                yield pid


def keep_record(home: Home, name: str, pid: int, stop_with: signal.Signals) -> None:
    """Write the child down; without /proc there is nothing to know it by, and no note."""
    since = began(pid)
    if since is not None:
        record = Record(name, pid, since, boot_id(), int(stop_with))
        write_private(home.run / f"{name}.json", json.dumps(asdict(record)))


def drop_record(home: Home, name: str) -> None:
    (home.run / f"{name}.json").unlink(missing_ok=True)


def records_in(home: Home) -> list[Record]:
    """Return every readable note; one cut short by a crash names nobody and is dropped."""
    found = []
    for path in sorted(home.run.glob("*.json")):
        try:
            found.append(Record(**json.loads(path.read_text())))
        except (ValueError, TypeError):
            path.unlink()
    return found
