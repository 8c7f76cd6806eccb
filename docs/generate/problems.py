"""docs/problems.md: every error class as a problem type."""

from collections.abc import Iterator
from http import HTTPStatus

from docs.generate.code import modules, subclasses
from docs.generate.markdown import document, one_line, table

from skillbridge.domain.errors import SkillBridgeError
from skillbridge.entrypoints.http.problems import LITESTAR, STATUS, slug_of

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
    kinds = (_kind(kind, status) for kind, status in STATUS.items() if _is_ours(kind))
    parts = (part for kind in kinds for part in kind)
    return document("Problems", INTRODUCTION, *parts, UNREADABLE, _framework())


def _is_ours(kind: type[BaseException]) -> bool:
    return issubclass(kind, SkillBridgeError)


def _kind(kind: type[BaseException], status: HTTPStatus) -> Iterator[str]:
    yield f"## {int(status)} {status.phrase}"
    yield one_line(kind.__doc__)
    rows = [
        [f'<a id="{slug_of(error)}"></a>`{slug_of(error)}`', one_line(error.__doc__), _home(error)]
        for error in (kind, *subclasses(kind))
    ]
    yield table(["problem", "meaning", "rule"], rows)


def _home(error: type[BaseException]) -> str:
    path = error.__module__.replace(".", "/")
    return f"[{error.__module__.removeprefix('skillbridge.')}](../src/{path}.py)"


def _framework() -> str:
    found = {name: (str(status), detail) for status, (name, detail) in LITESTAR.items()}
    found["invalid-request"] = ("400", "the request does not fit; `errors` names each field")
    found["internal-error"] = ("500", "something broke on our side; tell us the request id")
    rows = [
        [f'<a id="{name}"></a>`{name}`', status, detail]
        for name, (status, detail) in sorted(found.items())
    ]
    return table(["problem", "status", "meaning"], rows)
