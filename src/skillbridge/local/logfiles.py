"""Log files of the children: appended to by them, kept small by us.

The children write straight to their files, so a busy server costs us nothing and a killed `up`
breaks no pipe. A file past the cap is copied to `.1` and emptied under its writer, who appends;
a line written in the instant between is lost.
"""

import asyncio
import os
import shutil
from pathlib import Path

CAP = 5 * 1024 * 1024  # bytes of one file; with its predecessor at most twice that
LOOK_EVERY = 10.0  # seconds
TAIL = 16_384  # bytes in which the last lines are looked for


def written(path: Path, since: int, most: int | None = None) -> str:
    """Return what a log has from byte `since` on, its last `most` bytes; all, if it was cut since."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        start = since if since <= size else 0
        file.seek(start if most is None else max(start, size - most))
        return file.read().decode(errors="replace")


def tail(path: Path, lines: int = 15, since: int = 0) -> str:
    """Return the last lines of a log, for a message about what went wrong."""
    return "\n".join(written(path, since, TAIL).splitlines()[-lines:])


def cut(path: Path, cap: int = CAP) -> None:
    if path.exists() and path.stat().st_size > cap:
        shutil.copyfile(path, path.with_name(f"{path.name}.1"))
        with path.open("r+b") as file:
            file.truncate(0)


def cut_all(folder: Path, cap: int) -> None:
    for path in folder.glob("*.log"):
        cut(path, cap)


async def keep_small(folder: Path, *, cap: int = CAP, every: float = LOOK_EVERY) -> None:
    """Cut the folder's logs for as long as we run."""
    while True:
        cut_all(folder, cap)
        await asyncio.sleep(every)
