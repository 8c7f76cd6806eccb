"""From text to a field's value, by the field's type."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

from skillbridge.settings.values import Secret, visible

_NUMBERS: Mapping[Any, re.Pattern[str]] = {
    int: re.compile(r"-?[0-9]{1,18}"),
    float: re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?"),
}


def is_secret(kind: Any) -> bool:
    """Whether its text must not be shown, and may stand in a file."""
    return any(isinstance(part, type) and issubclass(part, Secret) for part in _plain_types(kind))


def is_list(kind: Any) -> bool:
    return get_origin(kind) is tuple


def limits(kind: Any) -> str:
    """What a field may hold, in words; empty where its type has no bounds to tell."""
    if get_origin(kind) is Literal:
        return f"one of: {', '.join(get_args(kind))}"
    if get_origin(kind) is Annotated:
        number, meta = get_args(kind)
        if meta.pattern:
            return f"text like {meta.pattern}"
        what = "a whole number" if number is int else "a number"
        return f"{what} from {meta.ge} to {meta.le}"
    return ""


def read(kind: Any, text: str) -> Any:
    """Raises ValueError with what is wrong, in words that show no piece of a secret."""
    if is_list(kind):
        return tuple(_each(get_args(kind)[0], text.split(",")))
    if get_origin(kind) is Literal:
        return _choice(text, get_args(kind))
    if get_origin(kind) is Annotated:
        return _bounded(kind, text)
    [made] = [part for part in _plain_types(kind) if part is not type(None)]
    return made(visible(text))


def _plain_types(kind: Any) -> tuple[Any, ...]:
    if isinstance(kind, UnionType) or is_list(kind):
        return get_args(kind)
    return (kind,)


def _each(kind: Any, parts: Sequence[str]) -> Iterator[Any]:
    """Each entry of a list. Raises ValueError, which names every bad one by its place."""
    wrong: list[str] = []
    for place, part in enumerate(parts, 1):
        try:
            yield read(kind, _there(part))
        except ValueError as error:
            wrong.append(f"{error}" if len(parts) == 1 else f"entry {place}: {error}")
    if wrong:
        raise ValueError("; ".join(wrong))


def _there(part: str) -> str:
    if not part.strip():
        raise ValueError("it is empty, there is a comma too many")
    return part.strip()


def _choice(text: str, choices: tuple[str, ...]) -> str:
    if text.lower() in choices:
        return text.lower()
    near = get_close_matches(text.lower(), choices, n=1, cutoff=0.5) or [
        choice for choice in choices if text and choice.startswith(text.lower())
    ]
    hint = f'; did you mean "{near[0]}"?' if near else ""
    raise ValueError(f"{text!r} is none of {', '.join(choices)}{hint}")


def _bounded(kind: Any, text: str) -> Any:
    plain = get_args(kind)[0]
    digits = _NUMBERS.get(plain)
    if digits is None or digits.fullmatch(text):
        with suppress(msgspec.ValidationError):
            return msgspec.convert(plain(text), kind)
    raise ValueError(f"{text!r} is not {limits(kind)}")
