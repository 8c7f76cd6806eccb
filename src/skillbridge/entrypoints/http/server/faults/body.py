"""The faults of a body: all at once, by its schema and by the rules of the domain.

msgspec reads fast and stops at the first fault. What it refuses is held against the schema of the same
type. What can be read of it is held against the rules of the domain too, and where both have a word,
theirs is told: who sent it need not come twice.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Protocol, runtime_checkable
from urllib.parse import unquote

import msgspec
from jsonschema_rs import Draft202012Validator
from msgspec.structs import replace

from skillbridge.domain.errors import Faults, Invalid, within
from skillbridge.domain.resources.catalogue import Catalogue
from skillbridge.entrypoints.http.server.faults.fault import MOST, Fault, from_domain, pointer
from skillbridge.entrypoints.http.server.faults.refused import Misshapen
from skillbridge.entrypoints.http.server.faults.schema import Place, in_words

LOOKED_AT = 2_000
"""Values of a body that are held against its schema: a hostile one holds half a million."""
DEEPEST = 20
"""Levels of a body that are looked at."""
LONGEST_RULED = 1_000
"""Characters of a text that is too long and still held against its rule."""
LARGEST_RULED = 1_000_000
"""No rule counts with larger numbers: of milliseconds Python makes no time."""

_BOUNDS = frozenset({"too-long", "too-short", "too-large", "too-small"})
"""What a shape says of a value that a rule can still look at."""
_IN_ENTRY = 3
"""Steps to a part of an entry; of an entry itself there are two."""
_LARGEST = sys.float_info.max
"""What is larger is told as too large, as any number is: msgspec would read no further."""
_LENIENT = msgspec.json.Decoder(float_hook=lambda text: max(-_LARGEST, min(float(text), _LARGEST)))
_PATH = re.compile(r"\.([^.\[]++)|\[(\d++)\]")


@runtime_checkable
class Ruled(Protocol):
    """A body for whose properties the domain has rules."""

    def meant(self) -> object:
        """What it says in the domain's words. Raises Invalid with every rule that it breaks."""


@runtime_checkable
class Choosing(Protocol):
    """A body that names parts of the catalogue."""

    def must_choose_from(self, catalogue: Catalogue) -> object:
        """Raises Invalid for what is not there."""


def in_body(
    error: Misshapen, example: Mapping[str, Any] | None = None, catalogue: Catalogue | None = None
) -> list[Fault]:
    """The faults of a body that is JSON, which msgspec has refused.

    A body may hold half a million: the first `MOST` among the first `LOOKED_AT` values are told.
    The `example` stands in for what cannot be read, so that the rest is held against its rules.
    """
    cut: set[Place] = set()
    try:
        whole = _LENIENT.decode(error.raw)
    except msgspec.DecodeError:  # a number of more digits than any is read with
        return [_first(error.detail)]
    body = _pruned(whole, (), [LOOKED_AT], cut)
    found = list(islice(in_words(_validator_of(error.kind).iter_errors(body), cut), MOST))
    found = found or [_first(error.detail)]
    if example is not None and isinstance(whole, dict):
        rules = list(_of_rules(_readable(error.kind, whole, example, found), catalogue))
        better = {it.pointer for it in rules}
        told = {it.pointer for it in found if it.code not in _BOUNDS}
        found = [it for it in found if it.pointer in told or not {it.pointer, _whole(it)} & better]
        found += [it for it in rules if it.pointer not in told]
    return found[:MOST]


@cache
def _validator_of(kind: Any) -> Draft202012Validator:
    return Draft202012Validator(msgspec.json.schema(kind), validate_formats=True)


def _pruned(value: Any, place: Place, left: list[int], cut: set[Place]) -> Any:
    """The value without what comes after `left[0]` values; `cut` gets the containers that lost."""
    left[0] -= 1
    parts: Iterable[tuple[Any, Any]]
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    else:
        return value
    kept = {}
    for name, inner in parts:
        if left[0] <= 0 or len(place) >= DEEPEST:
            cut.add(place)
            break
        kept[name] = _pruned(inner, (*place, name), left, cut)
    return kept if isinstance(value, dict) else list(kept.values())


@dataclass(frozen=True, slots=True)
class _Readable:
    """A body of which what cannot be read was left out."""

    body: Any
    kept: Mapping[str, Sequence[int]]
    """Of each list that lost entries: where those that are left were."""

    def place(self, field: str) -> str:
        """Where what the domain found stands in the body as it came."""
        name, *rest = field.split("/")
        if name in self.kept and rest and rest[0].isdecimal():
            rest[0] = str(self.kept[name][int(rest[0])])
        return "/".join([name, *rest])


def _readable(
    kind: Any, body: Mapping[str, Any], example: Mapping[str, Any], found: Sequence[Fault]
) -> _Readable:
    """Without the entries of lists and mappings that do not fit, and the properties then left.

    What is only too long or too short, too large or too small is kept: the rule says it better.
    """
    places = [(_steps(fault), fault.code in _BOUNDS) for fault in found]
    bad = {steps[:2] for steps, bounds in places if not bounds or len(steps) >= _IN_ENTRY}
    out = {steps[0] for steps, bounds in places if bounds and len(steps) < _IN_ENTRY}
    good: dict[str, Any] = {}
    raw: dict[str, Any] = {}
    kept: dict[str, list[int]] = {}
    for field in msgspec.structs.fields(kind):
        name = field.encode_name
        if name not in body:
            continue
        value = body[name]
        if isinstance(value, list):
            kept[name] = [place for place in range(len(value)) if (name, str(place)) not in bad]
            value = [value[place] for place in kept[name]]
        elif isinstance(value, dict):
            value = {key: it for key, it in value.items() if (name, key) not in bad}
        if _fits(value, field.type):
            good[name] = value
        elif name in out and (name,) not in bad and _is_plain(value):
            raw[field.name] = value
    read = msgspec.convert({**example, **good}, kind)
    alike = {name: it for name, it in raw.items() if type(it) is type(getattr(read, name))}
    return _Readable(replace(read, **alike), kept)


def _steps(fault: Fault) -> tuple[str, ...]:
    """Where in the body, undone of what a pointer escapes."""
    steps = unquote(str(fault.pointer)).split("/")[1:]
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps) or ("",)


def _whole(fault: Fault) -> str:
    """The pointer of the property in which it is."""
    return "/".join(str(fault.pointer).split("/")[:2])


def _is_plain(value: Any) -> bool:
    """Whether a rule may look at it, though it is out of bounds."""
    if isinstance(value, list | dict):
        inner = value.values() if isinstance(value, dict) else value
        return len(value) <= MOST and all(map(_is_plain, inner))
    if isinstance(value, str):
        return len(value) <= LONGEST_RULED
    return value is None or abs(value) <= LARGEST_RULED


def _of_rules(read: _Readable, catalogue: Catalogue | None) -> Iterator[Fault]:
    """The rules that what could be read breaks."""
    faults = Faults()
    if isinstance(read.body, Ruled):
        with faults.noted():
            read.body.meant()
    if isinstance(read.body, Choosing) and catalogue:
        with faults.noted():
            read.body.must_choose_from(catalogue)
    try:
        faults.refuse()
    except Invalid as error:
        for fault in error.faults:
            fault.field = read.place(fault.field or "")
            yield from_domain(fault, ())


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _first(refusal: str) -> Fault:
    """The words of msgspec, where it refuses what the schema does not: `… - at `$.skills[3]``."""
    message, _, path = refusal.partition(" - at `$")
    steps = [name or number for name, number in _PATH.findall(path)]
    return Fault(pointer=pointer(within(*steps)), code="unfit", message=message)
