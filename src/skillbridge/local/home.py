"""The data folder: where the local stack keeps its database, logs, mails and secrets.

In a checkout it is `.skillbridge` beside the Makefile: a contributor sees it, finds the logs and
removes it with the clone, and two clones never share a database. An installed package has no such
place and uses the XDG data folder. SKILLBRIDGE_HOME overrides both.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from skillbridge.local.errors import CannotStart

MEGABYTE = 1024 * 1024
NEEDED_NEW = 400 * MEGABYTE  # a new cluster (50), its write-ahead log (up to 256) and logs
NEEDED_KEPT = 100 * MEGABYTE  # a cluster that exists already


@dataclass(frozen=True, slots=True)
class Home:
    """The data folder and what lies where in it."""

    root: Path

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def mail(self) -> Path:
        return self.root / "mail"

    @property
    def servers(self) -> Path:
        return self.root / "servers"

    @property
    def keys(self) -> Path:
        return self.root / "keys.json"

    @property
    def demo_accounts(self) -> Path:
        """Written by the seed: `[{"role": …, "email": …, "password": …}]`."""
        return self.root / "demo-accounts.json"

    @property
    def stack(self) -> Path:
        """The addresses of the stack, while it runs."""
        return self.run / "stack.json"

    @property
    def matcher_url(self) -> Path:
        return self.run / "matcher.url"


def checkout() -> Path | None:
    """Return the root of the source tree this code runs from, if it does."""
    root = Path(__file__).resolve().parents[3]
    return root if (root / "pyproject.toml").is_file() and (root / "src").is_dir() else None


def chosen_home(env: Mapping[str, str]) -> Path:
    """Return the data folder's path: SKILLBRIDGE_HOME, or the checkout's, or the user's."""
    if given := env.get("SKILLBRIDGE_HOME"):
        return Path(given).expanduser().absolute()
    if source := checkout():
        return source / ".skillbridge"
    data = env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "skillbridge"


def make_home(path: Path) -> Home:
    """Make the folder, for its owner's eyes only; an existing one keeps its content."""
    home = Home(path.absolute())
    try:
        home.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (home.logs, home.run, home.mail):
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise CannotStart(_unusable(home.root, error)) from error
    return home


@contextmanager
def held(home: Home) -> Iterator[None]:
    """Hold the folder for this process alone.

    The kernel drops the lock with its holder, so a killed run leaves none behind; the pid in the
    file is only for the message.
    """
    path = home.root / "lock"
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotStart(_unusable(home.root, error)) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.truncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())
        yield
    except BlockingIOError:
        holder = path.read_text().strip() or "unknown"
        raise CannotStart(
            f"{home.root} is in use by another `skillbridge up` (pid {holder}). "
            f"Stop that one (kill {holder}), or choose another folder: SKILLBRIDGE_HOME=…"
        ) from None
    finally:
        os.close(lock)


def check_space(home: Home) -> None:
    """Refuse to start on a disk that the database would fill: it would stop half-way instead."""
    needed = NEEDED_KEPT if home.servers.exists() else NEEDED_NEW
    free = shutil.disk_usage(home.servers if home.servers.exists() else home.root).free
    if free < needed:
        raise CannotStart(
            f"The disk of {home.root} has {free // MEGABYTE} MB free and the database needs "
            f"{needed // MEGABYTE} MB. Free some, or choose another folder: SKILLBRIDGE_HOME=…"
        )


def _unusable(root: Path, error: OSError) -> str:
    return (
        f"The data folder {root} cannot be used: {error.strerror} ({error.filename}). "
        "Run as the user it belongs to, or choose another folder: SKILLBRIDGE_HOME=…"
    )
