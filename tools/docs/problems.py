"""docs/problems.md: every error class as a problem type."""

from collections import defaultdict
from collections.abc import Iterator
from http import HTTPStatus

from skillbridge.domain.errors import SkillBridgeError
from skillbridge.entrypoints.http.server.faults.fault import slug_of
from skillbridge.entrypoints.http.server.problems import CHECKSUM_MISMATCH, GENERAL, STATUS
from tools.docs.code import modules, subclasses
from tools.docs.markdown import anchor, document, one_line, table

INTRODUCTION = """
An error leaves the API as `application/problem+json` (RFC 9457). Its `type` is `/problems/` and a
name of this page, its `detail` says what was wrong and the way out, and its `request_id` finds the
request in the log. `errors` names the fields, where there are any to name.
"""
UNREADABLE = """
## Before anything of ours is asked

The request cannot be read, or goes nowhere.
"""


def page() -> str:
    for _ in modules():
        pass  # an error class exists once its module is imported
    parts = (
        part
        for kind, status in STATUS.items()
        if issubclass(kind, SkillBridgeError)
        for part in _kind(kind, status)
    )
    return document("Problems", INTRODUCTION, *parts, UNREADABLE, _framework())


def _kind(kind: type[SkillBridgeError], status: int) -> Iterator[str]:
    yield f"## {int(status)} {_phrase(status)}"
    yield one_line(kind.__doc__)
    named: defaultdict[str, list[type[SkillBridgeError]]] = defaultdict(list)
    for error in (kind, *subclasses(kind)):
        if _nearest(error) == status:
            named[slug_of(error)].append(error)
    rows = (
        [_anchor(name), one_line(found[0].__doc__), "<br>".join(_home(error) for error in found)]
        for name, found in named.items()
    )
    yield table(["problem", "meaning", "rule"], rows)


def _phrase(status: int) -> str:
    return "Checksum Mismatch" if status == CHECKSUM_MISMATCH else HTTPStatus(status).phrase


def _nearest(error: type[SkillBridgeError]) -> int:
    return next(STATUS[kind] for kind in error.__mro__ if kind in STATUS)


def _anchor(name: str) -> str:
    return f"{anchor(name)}`{name}`"


def _home(error: type[SkillBridgeError]) -> str:
    path = error.__module__.replace(".", "/")
    return f"[{error.__module__.removeprefix('skillbridge.')}](../src/{path}.py)"


def _framework() -> str:
    rows = [
        [_anchor(name), str(status), detail] for name, (status, detail) in sorted(GENERAL.items())
    ]
    return table(["problem", "status", "meaning"], rows)
