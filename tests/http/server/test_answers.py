"""Our answers in JSON are Litestar's to the byte; only plain ones go the short way."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar, Response
from litestar.datastructures import Cookie

from skillbridge.entrypoints.http.server.answers import Json
from skillbridge.entrypoints.http.server.operations import Operation, delete, get

pytestmark = pytest.mark.row("K1")


class Told(msgspec.Struct):
    id: UUID
    at: datetime
    words: str
    nothing: None = None


TOLD = Told(UUID(int=7), datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "Ọmọ «é» ☃")
WAYS: dict[str, dict[str, Any]] = {
    "plain": {"content": TOLD},
    "none": {"content": None},
    "a list": {"content": [TOLD, TOLD]},
    "a header": {"content": TOLD, "headers": {"ETag": '"3"', "Retry-After": "1"}},
    "unchanged": {"content": None, "status_code": 304, "headers": {"ETag": '"3"'}},
    "a cookie": {"content": TOLD, "cookies": [Cookie("a", "b")]},
    "text": {"content": "words", "media_type": "text/html"},
    "bytes": {"content": b"{}"},
}


async def asked(kind: type[Response[Any]], how: dict[str, Any]) -> httpx.Response:
    @get("/")
    async def told() -> Response[Any]:
        return kind(**how)

    app = Litestar([told], openapi_config=None)
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # two words for one protocol
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get("/")


@pytest.mark.parametrize("how", WAYS.values(), ids=WAYS)
async def test_it_is_the_answer_of_litestar(how: dict[str, Any]) -> None:
    theirs, ours = await asked(Response, how), await asked(Json, how)
    assert (ours.status_code, ours.content) == (theirs.status_code, theirs.content)
    assert sorted(ours.headers.multi_items()) == sorted(theirs.headers.multi_items())


async def test_what_is_no_response_yet_becomes_one() -> None:
    @get("/told")
    async def told() -> Told:
        return TOLD

    @delete("/told")
    async def gone() -> None:
        return None

    app = Litestar([told, gone], response_class=Json, openapi_config=None)
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # two words for one protocol
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        found, over = await client.get("/told"), await client.delete("/told")
    assert found.headers["content-type"] == "application/json"
    assert msgspec.json.decode(found.content, type=Told) == TOLD
    assert (over.status_code, over.content) == (204, b"")
    assert "content-type" not in over.headers


async def test_guards_see_the_operation_itself_and_may_refuse() -> None:
    seen: list[object] = []

    async def guard(_: Any, handler: Any) -> None:
        seen.append(handler)

    @get("/", guards=[guard])
    async def told() -> None: ...

    app = Litestar([told], openapi_config=None)
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # two words for one protocol
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        await client.get("/")
        await client.get("/")
    assert isinstance(seen[0], Operation)
    assert seen[0] is seen[1]
