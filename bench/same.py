"""Whether two JSON answers say the same, though they may write it differently."""

import re
from datetime import datetime
from typing import Any

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


OPAQUE = {"next"}
"""Cursors: each server has its own, and it matters only whether there is one."""


class Differs(Exception):
    """A peer answers something else than we do: its speed could not be compared."""


def check(ours: Any, theirs: Any, where: str = "the body") -> None:
    """Raises Differs, which names the place. Fields may be in any order, instants in any spelling."""
    ours, theirs = _instant(ours), _instant(theirs)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if ours.keys() != theirs.keys():
            raise Differs(f"{where} has other fields: {sorted(ours.keys() ^ theirs.keys())}")
        for name, value in ours.items():
            one, other = (
                (value, theirs[name]) if name not in OPAQUE else (bool(value), bool(theirs[name]))
            )
            check(one, other, f"{where}.{name}")
    elif isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            raise Differs(f"{where} has {len(theirs)} items and not {len(ours)}")
        for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            check(one, other, f"{where}[{number}]")
    elif ours != theirs:
        raise Differs(f"{where} is {theirs!r} and not {ours!r}")


def _instant(value: Any) -> Any:
    if isinstance(value, str) and _MOMENT.match(value):
        return datetime.fromisoformat(value)
    return value
