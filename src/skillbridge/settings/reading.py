"""Where settings are found: the environment, a `.env` beside it, and files that hold secrets."""

import os
from collections.abc import Collection, Iterator, Mapping, MutableMapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from dotenv.parser import parse_stream

from skillbridge.settings import kinds
from skillbridge.settings.dangers import Program, unfit, unsafe
from skillbridge.settings.model import ENVS, FIELDS, Settings, variable

DOTENV = Path(".env")
OTHERS = 0o007
"""The bits of a file's mode that are everybody's."""

_OURS = "SKILLBRIDGE"
_FOREIGN = frozenset({"SKILLBRIDGE_DEMO_FILE"})
"""Ours, and no setting: `up` tells it to `seed`."""


class UnsafeSettings(Exception):
    """The settings cannot be meant, or would be unsafe; the message names each and the way out."""


def read_dotenv(path: Path = DOTENV, into: MutableMapping[str, str] = os.environ) -> None:
    """What a `.env` in the working folder says; the environment wins. Raises UnsafeSettings."""
    for name, value in _dotenv(path).items():
        into.setdefault(name, value)


def load(environ: Mapping[str, str] = os.environ, program: Program | None = None) -> Settings:
    """Reads and checks every setting; `…_FILE` names a file to read a secret from.

    On a server it asks for what `program` needs; without one, for all that an installation needs.

    Raises UnsafeSettings, which names all that is wrong at once.
    """
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    unread: set[str] = set()
    for field in FIELDS:
        try:
            if text := _text(environ, variable(field.name), secret=kinds.is_secret(field.type)):
                found[field.name] = kinds.read(field.type, text)
        except ValueError as error:
            wrong[variable(field.name)] = str(error)
            if isinstance(error, kinds.PartlyRead) and error.good:
                found[field.name] = error.good
            else:
                unread.add(field.name)
    if "env" not in found:
        wrong.setdefault(variable("env"), f"is not set: say {kinds.limits(FIELDS[0].type)}")
        found["env"] = kinds.nearest(environ.get(variable("env"), ""), ENVS) or "local"
    misspelt = tuple(_misspelt(environ))
    settings = Settings(**found, notes=(*_notes(found), *misspelt))
    hidden = {variable(name) for name in unread}
    dangers = _dangers(settings, program, unread)
    told = [*wrong.items(), *(danger for danger in dangers if danger[0] not in hidden)]
    if told:
        wrongs = (*(f"{name} {words}" for name, words in told), *misspelt)
        raise UnsafeSettings("\n- ".join(("refusing to start:", *wrongs)))
    return settings


def file_of(field: str, environ: Mapping[str, str] = os.environ) -> Path | None:
    """The file that a secret is read from; None where a variable holds it."""
    name = variable(field)
    path = environ.get(f"{name}_FILE", "")
    return Path(path) if path and not environ.get(name) else None


def _dangers(
    settings: Settings, program: Program | None, unread: Collection[str]
) -> Iterator[tuple[str, str]]:
    yield from unfit(settings)
    if settings.on_server:
        yield from unsafe(settings, program, unread)


def _text(given: Mapping[str, str], name: str, *, secret: bool) -> str:
    """What the variable says, without blanks around; raises ValueError."""
    text, path = given.get(name, ""), given.get(f"{name}_FILE", "")
    if text or not (secret and path):
        return text.strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise ValueError(
            f"is in a file that cannot be read ({name}_FILE={path}): {reason}"
        ) from None


def _notes(found: Mapping[str, Any]) -> Iterator[str]:
    for field, value in found.items():
        for part in value if isinstance(value, tuple) else (value,):
            yield from (f"{variable(field)}: {note}" for note in getattr(part, "notes", ()))


def _misspelt(given: Mapping[str, str]) -> Iterator[str]:
    """Names that look like ours and are none, with the nearest that is."""
    names = {variable(field.name): kinds.is_secret(field.type) for field in FIELDS}
    known = {*names, *(f"{name}_FILE" for name, secret in names.items() if secret), *_FOREIGN}
    by_rest = {name.removeprefix(f"{_OURS}_"): name for name in known}
    for name in sorted(given.keys() - known):
        front, _, rest = name.upper().partition("_")
        if get_close_matches(front, [_OURS], cutoff=0.8):
            near = [by_rest[one] for one in get_close_matches(rest, by_rest, n=1, cutoff=0.7)]
            yield f"{name} is no setting: " + (_hint(near) or "see .env.example")
        elif hint := _hint(get_close_matches(name.upper(), known, n=1, cutoff=0.8)):
            yield f"{name} is no setting: {hint}"


def _hint(near: Sequence[str]) -> str:
    return f"did you mean {near[0]}?" if near else ""


def _dotenv(path: Path) -> dict[str, str]:
    """Raises UnsafeSettings when everybody may read the file, or a line of it cannot be read."""
    try:
        with path.open(encoding="utf-8") as file:
            if os.fstat(file.fileno()).st_mode & OTHERS:
                raise UnsafeSettings(
                    f"{path.absolute()} holds secrets and everybody on this machine may read it: "
                    f"chmod 600 {path}"
                )
            lines = list(parse_stream(file))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeError) as error:
        raise UnsafeSettings(f"{path.absolute()} cannot be read: {type(error).__name__}") from None
    if broken := [str(line.original.line) for line in lines if line.error]:
        which = f"line{'s' * (len(broken) > 1)} {' and '.join(broken)}"
        raise UnsafeSettings(f"{path.absolute()}, {which}: write NAME=value")
    return {line.key: line.value for line in lines if line.key and line.value is not None}
