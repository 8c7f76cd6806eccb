"""The secrets of one data folder: made once, kept in a file that only its owner can read."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, fields

from skillbridge.local.errors import CannotStart
from skillbridge.local.home import Home


@dataclass(frozen=True, slots=True)
class Keys:
    """Passwords of the servers that run here, and the key that seals and signs."""

    postgres: str
    app: str
    worker: str
    valkey: str
    secret: str
    matcher: str
    auth: str


def keys_of(home: Home) -> Keys:
    """Return the folder's secrets, making them if it is new."""
    if not home.keys.exists():
        _make(home)
    try:
        return _completed(home, json.loads(home.keys.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise CannotStart(
            f"The secrets in {home.keys} cannot be read ({error}). Put the file back, "
            f"or remove {home.root} to start anew without its data."
        ) from error


def _completed(home: Home, kept: dict[str, str]) -> Keys:
    """Folders of before the matcher had a secret, or signing in a login, get one."""
    keys = Keys(**{name: secrets.token_urlsafe(32) for name in ("matcher", "auth")} | kept)
    if asdict(keys) != kept:
        write_private(home.keys, json.dumps(asdict(keys), indent=2))
    return keys


def _make(home: Home) -> None:
    if (home.servers / "postgres" / "data").exists():
        raise CannotStart(
            f"{home.keys} is gone, and with it the password of the database in {home.servers}. "
            f"Put the file back, or remove {home.root} to start anew without its data."
        )
    fresh = Keys(*(secrets.token_urlsafe(32) for _ in fields(Keys)))
    write_private(home.keys, json.dumps(asdict(fresh), indent=2))


def write_private(path: os.PathLike[str], text: str) -> None:
    """Write a file that only its owner reads, whole or not at all, even if we are killed."""
    unfinished = f"{os.fspath(path)}.new"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)  # noqa: PTH105 - a PathLike, as os.open above
