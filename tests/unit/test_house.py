"""The law of the house, where import-linter cannot see it."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import is_dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from tests.support.measures import round_trips
from tools.docs.code import modules, subclasses

import skillbridge
from skillbridge.application import sealed_columns
from skillbridge.application.reactions import REACTIONS, SCHEDULE
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import SkillBridgeError
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.names import EVENTS
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.http.app import create_app
from skillbridge.entrypoints.http.server.auth import always_open, open_to_all, unauthenticated
from skillbridge.entrypoints.http.server.faults.fault import slug_of
from skillbridge.entrypoints.http.server.operations import Operation
from skillbridge.entrypoints.http.server.problems import GENERAL, STATUS
from skillbridge.entrypoints.http.server.quotas import quotas_of
from skillbridge.entrypoints.wiring import stack
from skillbridge.settings import Settings

PACKAGE = Path(skillbridge.__file__).parent
TESTS = Path(__file__).parent.parent
THE_EXCEPTIONS = {
    ("domain/lifecycle.py", "transitions"),
    ("domain/host.py", "idna"),
    ("application/roadmaps/views.py", "msgspec"),
    ("local/orphans.py", "psutil"),
    ("local/ports.py", "psutil"),
    ("local/postgres.py", "psutil"),
    ("local/records.py", "psutil"),
    ("local/reload.py", "watchfiles"),
    ("settings/kinds.py", "msgspec"),
    ("settings/model.py", "msgspec"),
    ("settings/reading.py", "dotenv"),
}
MEASURED = {"monotonic", "perf_counter", "begun", "began", "elapsed", "seconds", "slowest", "took"}


def imports(layer: str) -> Iterator[tuple[str, str]]:
    """Each file of a layer and each top-level package that it imports."""
    for path in sorted((PACKAGE / layer).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "."]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            yield from ((str(path.relative_to(PACKAGE)), name.partition(".")[0]) for name in names)


def foreign(layer: str) -> set[tuple[str, str]]:
    ours = {"skillbridge", *sys.stdlib_module_names}
    return {(file, name) for file, name in imports(layer) if name not in ours}


@pytest.mark.row("A1")
@pytest.mark.parametrize("layer", ["domain", "application"])
def test_the_inner_layers_import_the_standard_library_and_ours(layer: str) -> None:
    assert foreign(layer) - THE_EXCEPTIONS == set()


@pytest.mark.row("A1")
@pytest.mark.parametrize("package", ["local", "settings"])
def test_what_starts_programs_needs_little_else(package: str) -> None:
    assert foreign(package) - THE_EXCEPTIONS == set()


WAITS = {"asyncio.timeout", "asyncio.wait_for"}
PACE = 0.1
"""Seconds. Whoever looks again and again may sleep for less; who sleeps for more hopes that something
happened meanwhile, or that nothing did."""


def clocked(tree: ast.AST) -> Iterator[int]:
    """Lines that wait for a number of seconds of their own, or compare a time that was measured."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func, [ast.Constant(int() | float() as seconds)]) if (
                ast.unparse(func) in {"asyncio.sleep", "time.sleep"} and seconds >= PACE
            ):
                yield node.lineno
            case ast.keyword("timeout" | "socket_timeout", ast.Constant(int() | float() as limit)):
                if limit >= 1:
                    yield node.value.lineno
            case ast.Call(func, [*_, ast.Constant(int() | float() as limit)]):
                if limit >= 1 and ast.unparse(func) in WAITS:
                    yield node.lineno
            case ast.Compare(left, [ast.Lt() | ast.LtE(), *_]):
                if set(re.findall(r"\w+", ast.unparse(left))) & MEASURED:
                    yield node.lineno


@pytest.mark.row("L9")
def test_no_test_depends_on_how_fast_the_machine_is() -> None:
    """What never comes is waited for with `tests.support.timing.patience`; a figure is printed, not asserted."""
    found = {
        f"{path.relative_to(TESTS)}:{line}"
        for path in TESTS.rglob("*.py")
        for line in clocked(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == set()


@pytest.mark.parametrize(
    "line",
    [
        "assert time.monotonic() - start < 3",
        "assert seconds < 1",
        "async with asyncio.timeout(10): pass",
        "await asyncio.wait_for(it, 5)",
        "await asyncio.sleep(1.5)",
        "time.sleep(1)",
        "httpx.AsyncClient(timeout=30)",
    ],
)
def test_a_test_by_the_wall_clock_would_be_found(line: str) -> None:
    assert list(clocked(ast.parse(line))) == [1]


@pytest.mark.row("A1")
def test_the_domain_never_waits() -> None:
    waiting = {
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in (PACKAGE / "domain").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.AsyncFunctionDef | ast.Await)
    }
    assert waiting == set()


KINDS_BY_STATUS = {
    "adapters/postgres/engine/error_mapping.py",
    "entrypoints/http/server/problems.py",
}
"""Tables of kinds of errors, not errors of a rule."""


def unnamed(tree: ast.AST) -> Iterator[int]:
    """Lines that speak of NotFound but to make a name of it."""
    bases = [
        base for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases
    ]
    for node in ast.walk(tree):
        match node:
            case ast.Name("NotFound") | ast.Attribute(_, "NotFound") if node not in bases:
                yield node.lineno


@pytest.mark.row("K1")
def test_what_is_not_there_has_a_name() -> None:
    """A client that reads `unknown-profile` knows what to do; `not-found` may be anything."""
    found = {
        f"{file}:{line}"
        for path in PACKAGE.rglob("*.py")
        if (file := str(path.relative_to(PACKAGE))) not in KINDS_BY_STATUS
        for line in unnamed(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == set()


@pytest.mark.parametrize(
    "line", ["raise NotFound('no such thing')", "raise errors.NotFound", "get(refuses=[NotFound])"]
)
def test_what_is_not_there_without_a_name_would_be_found(line: str) -> None:
    assert list(unnamed(ast.parse(line))) == [1]


@pytest.mark.row("A1")
def test_each_context_with_use_cases_is_wired() -> None:
    rooms = (PACKAGE / "application").glob("*/__init__.py")
    contexts = {room.parent.name for room in rooms if "USE_CASES" in room.read_text("utf-8")}
    assert contexts == {context.__name__.rpartition(".")[2] for context in wiring.CONTEXTS}


@pytest.mark.row("A1")
def test_a_use_case_is_a_frozen_dataclass_with_a_name_of_its_own() -> None:
    use_cases: list[type[Any]] = [one for context in wiring.CONTEXTS for one in context.USE_CASES]
    loose = {
        use_case.__name__
        for use_case in use_cases
        if not (is_dataclass(use_case) and use_case.__doc__)
        or use_case.__delattr__ is object.__delattr__
    }
    assert loose == set()
    assert len({use_case.__name__ for use_case in use_cases}) == len(use_cases)


@cache
def app() -> Litestar:
    """The whole application, not started: it asks nothing of the outside."""
    settings = Settings(env="test")
    return create_app(stack.api(settings), settings)


def handlers() -> Iterator[tuple[str, Any]]:
    """Each handler of the application with its methods and path; OPTIONS is CORS's own."""
    for route in app().routes:
        for handler in (
            route.route_handlers if isinstance(route, HTTPRoute) else [route.route_handler]
        ):
            methods = set(getattr(handler, "http_methods", ())) - {"OPTIONS"}
            if methods or not hasattr(handler, "http_methods"):
                yield f"{' '.join(sorted(methods))} {route.path}", handler


@pytest.mark.row("C3")
def test_every_route_has_exactly_one_guard() -> None:
    ours = (always_open, open_to_all, unauthenticated)
    guards = {
        name: [
            g
            for g in handler.resolve_guards()
            if g in ours or hasattr(g, "scope") or hasattr(g, "asks")
        ]
        for name, handler in handlers()
    }
    assert {name: found for name, found in guards.items() if len(found) != 1} == {}
    assert len(guards) > len(ours)


def test_every_operation_is_declared_by_our_own_decorators() -> None:
    """Litestar's hand each guard a copy of the handler, which a read pays dearly for."""
    strangers = {name for name, handler in handlers() if not isinstance(handler, Operation)}
    assert {name for name in strangers if "/v1/" in name} == set()


@pytest.mark.row("C7")
def test_every_operation_has_a_quota() -> None:
    """By its guard, so that a new one has it too; but for whoever looks whether this process serves."""
    without = {name for name, handler in handlers() if not quotas_of(handler)}
    assert without == {"GET /health/live", "GET /health/ready"}


@pytest.mark.row("K1")
@pytest.mark.parametrize("path", ["/nothing", "/nothing/at/all", "/v1/nothing"])
async def test_an_unknown_address_is_a_problem_too(path: str) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app()),  # type: ignore[arg-type]  # two words for one protocol
        base_url="http://test",
    ) as client:
        answer = await client.get(path)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/no-such-path"


@pytest.mark.row("K1")
def test_every_operation_has_a_name_of_its_own_and_says_what_it_does() -> None:
    shown = {(h.operation_id, h.fn.__doc__) for _, h in handlers() if h.resolve_include_in_schema()}
    assert [name for name, doc in shown if not name or not doc] == []
    assert len({name for name, _ in shown}) == len(shown)


@pytest.mark.row("K1")
def test_every_operation_of_the_contract_has_its_handlers_docstring() -> None:
    settings = Settings(env="test")
    paths = create_app(stack.api(settings), settings).state.contract.document["paths"]
    operations = [operation for path in paths.values() for operation in path.values()]
    silent = [one["operationId"] for one in operations if not one.get("description")]
    assert operations
    assert silent == []


@pytest.mark.row("K1")
def test_every_problem_has_a_meaning_and_its_name_one_status() -> None:
    for _ in modules():
        pass  # an error class exists once its module is imported
    statuses = {name: {int(HTTPStatus(status))} for name, (status, _) in GENERAL.items()}
    for error in subclasses(SkillBridgeError):
        status = next(STATUS[kind] for kind in error.__mro__ if kind in STATUS)
        statuses.setdefault(slug_of(error), set()).add(int(status))
        assert error.__doc__, error
    assert {name: found for name, found in statuses.items() if len(found) > 1} == {}


@pytest.mark.row("B12")
def test_every_bound_of_round_trips_is_of_a_use_case() -> None:
    every = (*wiring.CONTEXTS, sealed_columns)
    names = {one.__name__ for context in every for one in context.USE_CASES}
    assert round_trips.BOUNDS.keys() | round_trips.AS_MUCH_AS_THERE_IS <= names


@pytest.mark.row("L1")
def test_every_event_is_known_by_its_name() -> None:
    concrete = {kind for kind in subclasses(Event) if not kind.__subclasses__()}
    assert set(EVENTS.values()) == concrete
    assert all(name == kind.__name__ for name, kind in EVENTS.items())


def accepts(hint: Any, event: type[Event]) -> bool:
    if get_origin(hint) in {Union, UnionType}:
        return any(accepts(part, event) for part in get_args(hint))
    return issubclass(event, hint)


REACTING = [(event, use_case) for event, found in REACTIONS.items() for use_case in found]


@pytest.mark.row("L1")
@pytest.mark.parametrize(("event", "use_case"), REACTING)
def test_a_reaction_takes_its_event(event: type[Event], use_case: type[Any]) -> None:
    hints = get_type_hints(use_case.__call__)
    assert list(hints) == ["actor", "event", "return"]
    assert hints["actor"] is Actor
    assert accepts(hints["event"], event)


@pytest.mark.row("L1")
def test_what_the_clock_brings_takes_its_slot() -> None:
    for use_case in SCHEDULE:
        hints = get_type_hints(use_case.__call__)
        assert (hints["actor"], hints["slot"]) == (Actor, str)
