"""What every request gets: an id, a line in the log, a limit on its time, and honest failures."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import msgspec
import pytest
import structlog
from litestar.exceptions import HTTPException, InternalServerException
from structlog.testing import LogCapture
from tests.support.http.asking import Asking, bearer, problem, refused
from tests.support.http.wire import operations

from skillbridge.adapters.memory.roadmaps import MemoryRoadmapReads
from skillbridge.domain.actor import Role
from skillbridge.domain.scopes import scopes_of
from skillbridge.entrypoints.http.server import api, middleware, problems

SECRET = "postgresql://app:hunter2@db/skillbridge"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What is logged, with what the context adds to it."""
    capture = LogCapture()
    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, capture],
        cache_logger_on_first_use=False,
    )
    for module in (api, problems):
        monkeypatch.setattr(module, "log", structlog.get_logger())
    yield capture.entries
    structlog.configure(**before)


@pytest.mark.row("A4")
@pytest.mark.parametrize("path", ["/health/live", "/v1/me", "/v1/nothing", "/nothing", "/docs"])
@pytest.mark.parametrize("given", ["0123-abc.DEF_9", "x" * 64])
async def test_the_id_of_the_client_comes_back(ask: Asking, path: str, given: str) -> None:
    answer = await ask.client.get(path, headers={"X-Request-Id": given})
    assert answer.headers["x-request-id"] == given
    assert answer.headers["x-content-type-options"] == "nosniff"
    if answer.is_error:
        assert problem(answer)["request_id"] == given


@pytest.mark.row("A4")
@pytest.mark.asvs("16.4.1")
@pytest.mark.parametrize("given", ["", "short", "x" * 65, "two words", "a\tb-12345", 'a"b{}-1234'])
async def test_an_id_that_would_forge_a_log_line_is_replaced(ask: Asking, given: str) -> None:
    answer = await ask.client.get("/health/live", headers={"X-Request-Id": given})
    assert answer.headers["x-request-id"] != given
    assert len(answer.headers["x-request-id"]) == 32


@pytest.mark.row("A4")
@pytest.mark.asvs("16.2.1")
async def test_each_request_is_one_line_of_the_log(ask: Asking, lines: list[Any]) -> None:
    for path, status, refused_by in (
        ("/health/live", 400, "invalid-request"),
        ("/v1/me", 401, "not-signed-in"),
        ("/v1/nothing", 404, "no-such-path"),
    ):
        lines.clear()
        await ask.client.get(f"{path}?token=secret", headers={"X-Request-Id": "0123456789"})
        (line,) = lines
        assert line.pop("ms") >= 0
        assert len(line.pop("own_request_id")) == 32, "whatever the client said"
        assert line == {
            "event": "request",
            "log_level": "info",
            "request_id": "0123456789",
            "method": "GET",
            "path": path,
            "status": status,
            "problem": refused_by,
        }


@pytest.mark.row("A4")
async def test_of_a_path_without_end_only_the_beginning_is_logged(
    ask: Asking, lines: list[Any]
) -> None:
    await ask.client.get("/" + "a" * 32_000)
    assert lines[-1]["path"] == "/" + "a" * 255


async def silent() -> AsyncIterator[bytes]:
    yield b'{"goal": '
    await asyncio.Event().wait()


async def dripping() -> AsyncIterator[bytes]:
    yield b'{"goal": "'
    while True:
        await asyncio.sleep(0.01)
        yield b"x"


@pytest.mark.parametrize("body", [silent, dripping])
async def test_a_body_that_never_ends_is_not_waited_for(
    ask: Asking, monkeypatch: pytest.MonkeyPatch, body: Callable[[], AsyncIterator[bytes]]
) -> None:
    """Neither when nothing follows, nor when each piece comes in time and the whole never does."""
    monkeypatch.setattr(middleware, "BODY_SECONDS", 0.05)
    headers = {**ask.headers, "Content-Type": "application/json"}
    answer = await ask.client.post("/v1/roadmaps", content=body(), headers=headers)
    assert refused(answer, 408)["type"] == "/problems/body-too-slow"


async def test_a_body_that_breaks_off_is_no_fault_of_ours(ask: Asking, lines: list[Any]) -> None:
    """As granian tells of malformed chunks, and of a client that has left."""
    coming: Iterator[Any] = iter([{"type": "http.request", "body": b"{", "more_body": True}])
    answered: list[Any] = []

    async def receive() -> Any:
        return next(coming, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        answered.append(message)

    headers = {**ask.headers, "Content-Type": "application/json", "Transfer-Encoding": "chunked"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/roadmaps",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    await ask.app(scope, receive, send)  # type: ignore[arg-type]  # a scope of our own making
    assert answered[0]["status"] == 400
    assert b"malformed-request" in answered[1]["body"]
    assert [line["event"] for line in lines] == ["request"]


@pytest.mark.row("A4", "K1")
@pytest.mark.asvs("16.3.4", "16.5.1", "16.5.4")
@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError(SECRET),
        KeyError(SECRET),
        msgspec.DecodeError(SECRET),
        msgspec.ValidationError(SECRET),
        RecursionError(SECRET),
        UnicodeError(SECRET),
        InternalServerException(SECRET),
        HTTPException(SECRET, status_code=502),
        HTTPException(SECRET, status_code=418),
    ],
)
async def test_a_fault_of_ours_tells_the_client_nothing_and_the_log_everything(
    ask: Asking, lines: list[Any], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(MemoryRoadmapReads, "mine", broken)
    answer = await ask("GET", "/v1/roadmaps", X_Request_Id="0123456789")
    assert "hunter2" not in answer.text
    told = problem(answer)
    if answer.status_code == 418:
        assert told["type"] == "/problems/malformed-request"
        return
    assert answer.status_code == 500
    assert told["type"] == "/problems/internal-error"
    assert told["detail"] == "something broke on our side; tell us the request id"
    failed = next(line for line in lines if line["event"] == "request.failed")
    assert failed["exc_info"] is error
    assert failed["exc_info"].__traceback__ is not None
    assert failed["request_id"] == "0123456789"
    assert lines[-1]["status"] == 500


@pytest.mark.row("C3")
@pytest.mark.parametrize("roles", [(), *((role,) for role in Role), tuple(Role)], ids=str)
async def test_a_route_is_for_who_has_its_scope_and_for_nobody_else(
    ask: Asking, roles: tuple[Role, ...]
) -> None:
    scopes = scopes_of(frozenset(roles))
    headers = await bearer(ask.world, frozenset(roles))
    needed = {
        handler.operation_id: guard.scope
        for route in ask.app.routes
        for handler in getattr(route, "route_handlers", ())
        for guard in handler.resolve_guards()
        if hasattr(guard, "scope")
    }
    guarded = [operation for operation in operations(ask.app) if operation.name in needed]
    assert len(guarded) == len(needed) >= 25
    for operation in guarded:
        answer = await ask.client.request(operation.method, operation.path, headers=headers)
        missing = answer.is_error and answer.json()["type"] == "/problems/missing-scope"
        assert missing == (needed[operation.name] not in scopes), operation.name
        if missing:
            assert refused(answer, 403)["detail"].startswith(
                f"this needs the scope {needed[operation.name]}"
            )


@pytest.mark.row("C3")
def test_a_scope_that_no_role_has_is_a_mistake_in_the_program() -> None:
    from skillbridge.entrypoints.http.server.auth import needs

    with pytest.raises(ValueError, match="coffee:write"):
        needs("coffee:write")
