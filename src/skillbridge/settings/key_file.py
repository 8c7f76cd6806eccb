"""A file of secret keys, changed in one step: whoever reads it finds the old ring or the new one."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from skillbridge.settings.reading import OTHERS, UnsafeSettings


@contextmanager
def rewriting(path: Path) -> Iterator[list[str]]:
    """Its entries, to be changed in the block; at its end they replace the file's, one a line.

    The new file has the mode and the owner of the old one. Nothing changes when the block raises.
    Raises UnsafeSettings when everybody may read the file, when it cannot be replaced, and while
    somebody else changes it.
    """
    path = path.resolve()
    new = path.with_name(f"{path.name}.new")
    try:
        was = path.stat()
        _only_ours(path, was)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UnsafeSettings(
            f"somebody else is changing {path}; if nobody is, one was killed at it: remove {new}"
        ) from None
    except OSError as error:
        raise UnsafeSettings(f"{path} cannot be changed: {error.strerror}") from None
    try:
        entries = [entry.strip() for entry in path.read_text(encoding="utf-8").split(",")]
        yield entries
        _write(descriptor, entries, was)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _only_ours(path: Path, was: os.stat_result) -> None:
    if was.st_mode & OTHERS:
        raise UnsafeSettings(
            f"{path} holds secrets and everybody on this machine may read it: chmod 600 {path}"
        )


def _write(descriptor: int, entries: Sequence[str], was: os.stat_result) -> None:
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchown(descriptor, was.st_uid, was.st_gid)
        os.fchmod(descriptor, was.st_mode)
        file.write(",\n".join(entries) + "\n")
        file.flush()
        os.fsync(descriptor)
