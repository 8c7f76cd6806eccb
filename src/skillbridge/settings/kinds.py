"""From text to a field's value, by the field's type."""

import re
from collections.abc import Mapping, Sequence
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


_TRUTHS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


class PartlyRead(ValueError):
    """Some entries of a list are bad; `good` are the others."""

    def __init__(self, words: str, good: tuple[Any, ...]) -> None:
        super().__init__(words)
        self.good = good


def is_secret(kind: Any) -> bool:
    """Whether its text must not be shown, and may stand in a file."""
    return any(isinstance(part, type) and issubclass(part, Secret) for part in _plain_types(kind))


def is_list(kind: Any) -> bool:
    return get_origin(kind) is tuple


def limits(kind: Any) -> str:
    """What a field may hold, in words; empty where its type has no bounds to tell."""
    if kind is bool:
        return "true or false"
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
        return _each(get_args(kind)[0], text.split(","))
    if kind is bool:
        return _truth(text)
    if get_origin(kind) is Literal:
        return _choice(text, get_args(kind))
    if get_origin(kind) is Annotated:
        return _bounded(kind, text)
    [made] = [part for part in _plain_types(kind) if part is not type(None)]
    return made(visible(text))


def _truth(text: str) -> bool:
    if (truth := _TRUTHS.get(text.lower())) is None:
        raise ValueError(f"{text!r} is neither true nor false")
    return truth


def _plain_types(kind: Any) -> tuple[Any, ...]:
    if isinstance(kind, UnionType) or is_list(kind):
        return get_args(kind)
    return (kind,)


def _each(kind: Any, parts: Sequence[str]) -> tuple[Any, ...]:
    """Each entry of a list. Raises PartlyRead, which names every bad one by its place."""
    good: list[Any] = []
    wrong: list[str] = []
    for place, part in enumerate(parts, 1):
        try:
            made = read(kind, _there(part))
        except ValueError as error:
            wrong.append(f"{error}" if len(parts) == 1 else f"entry {place}: {error}")
        else:
            made.place = place if len(parts) > 1 else 0
            good.append(made)
    if wrong:
        raise PartlyRead("; ".join(wrong), tuple(good))
    return tuple(good)


def _there(part: str) -> str:
    if not part.strip():
        raise ValueError("it is empty, there is a comma too many")
    return part.strip()


def _choice(text: str, choices: tuple[str, ...]) -> str:
    if text.lower() in choices:
        return text.lower()
    near = nearest(text, choices)
    hint = f'; did you mean "{near}"?' if near else ""
    raise ValueError(f"{text!r} is none of {', '.join(choices)}{hint}")


def nearest(text: str, choices: tuple[str, ...]) -> str:
    """The one that may be meant; empty where none is near."""
    begins = (choice for choice in choices if text and choice.startswith(text.lower()))
    return next(iter(get_close_matches(text.lower(), choices, n=1, cutoff=0.5)), next(begins, ""))


def _bounded(kind: Any, text: str) -> Any:
    plain = get_args(kind)[0]
    digits = _NUMBERS.get(plain)
    if digits is None or digits.fullmatch(text):
        with suppress(msgspec.ValidationError):
            return msgspec.convert(plain(text), kind)
    raise ValueError(f"{text!r} is not {limits(kind)}")
