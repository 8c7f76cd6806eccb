"""Whose account the embedded servers run as, and what that account can reach.

PostgreSQL refuses to run as root, and Valkey has no need to. So root's servers run as `skillbridge`
where the machine has such an account and as `nobody` otherwise: nothing is added to the machine.
No folder above ours is ever opened for them: what they cannot reach is put where they can.
"""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from skillbridge.local.errors import CannotStart

CANDIDATES = ("skillbridge", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """An unprivileged account that root lends to the servers."""

    name: str
    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Give `path` to the account alone."""
        os.chown(path, self.uid, self.gid)
        path.chmod(0o700 if path.is_dir() else 0o600)

    def let_through(self, folder: Path) -> None:
        """Let the account pass through `folder`, without listing or reading what lies in it."""
        os.chown(folder, -1, self.gid)
        folder.chmod(0o710)

    def enters(self, folder: Path) -> bool:
        """Whether the account may enter `folder` itself, by its mode bits."""
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)

    def reaches(self, path: Path) -> bool:
        """Whether the account may enter every folder above `path`."""
        return all(self.enters(parent) for parent in path.resolve().parents)


def account_for(data: Path) -> Account | None:
    """Return the account to run servers as; None means "as ourselves", which is only wrong for root.

    Data that already has an owner keeps it: a data folder made by a person and started once with
    sudo still works for that person afterwards.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return _named(pwd.getpwuid(data.stat().st_uid))
    for name in CANDIDATES:
        try:
            return _named(pwd.getpwnam(name))
        except KeyError:
            continue
    raise CannotStart(
        "PostgreSQL does not run as root and this machine has no account to lend it "
        f"({' or '.join(CANDIDATES)}). Run this as a normal user, or give a DATABASE_URL."
    )


def _named(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
