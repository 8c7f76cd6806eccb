"""The published contract: whole, honest, and readable with nothing from outside."""

import re
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

import pytest
from tests.given import memory_world
from tests.http.asking import PROBLEM, Asking, bearer, open_asking, to_json
from tests.http.wire import operations

from skillbridge.entrypoints import wiring

pytestmark = pytest.mark.row("K1")

METHODS = {"get", "put", "post", "delete", "patch"}
READS = ("Get", "List", "Search", "Count", "Follow", "Show", "Suggest", "Open", "Is")
"""The verbs of what changes nothing."""


@pytest.fixture(scope="module")
async def ask() -> AsyncIterator[Asking]:
    async with memory_world() as world, open_asking(world) as opened:
        yield opened


@pytest.fixture(scope="module")
async def contract(ask: Asking) -> dict[str, Any]:
    answer = await ask.client.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/vnd.oai.openapi+json")
    document: dict[str, Any] = answer.json()
    return document


def each(contract: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in contract["paths"].items():
        assert methods.keys() <= METHODS
        for method, operation in methods.items():
            yield path, method, operation


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def find(contract: dict[str, Any], reference: str) -> Any:
    found: Any = contract
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def test_it_is_an_openapi_document(contract: dict[str, Any]) -> None:
    assert re.fullmatch(r"3\.1\.\d+", contract["openapi"])
    assert {"title", "version", "description"} <= contract["info"].keys()
    assert contract["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert contract["security"] == [{"bearer": []}]
    for reference in set(references(contract)):
        assert reference.startswith("#/components/"), "nothing is looked up elsewhere"
        assert find(contract, reference)


def test_each_path_says_what_stands_in_it(contract: dict[str, Any]) -> None:
    for path, _, operation in each(contract):
        assert path.startswith(("/v1/", "/health/"))
        said = [one for one in operation.get("parameters", []) if one["in"] == "path"]
        assert {one["name"] for one in said} == set(re.findall(r"{(\w+)}", path))
        assert all(one["required"] and one["schema"] for one in said)


def test_each_operation_is_named_after_its_use_case_or_read(contract: dict[str, Any]) -> None:
    use_cases = {kind.__name__ for context in wiring.CONTEXTS for kind in context.USE_CASES}
    names = [operation["operationId"] for _, _, operation in each(contract)]
    assert len(set(names)) == len(names) >= 40
    for path, method, operation in each(contract):
        name = operation["operationId"]
        read = method == "get" and name.startswith(READS)
        assert name in use_cases or read, f"{method} {path} is named after nothing"
        assert operation["summary"].replace(" ", "").lower() == name.lower()


def test_each_operation_says_what_it_does_and_answers(contract: dict[str, Any]) -> None:
    for path, method, operation in each(contract):
        assert len(operation["description"]) > 15, path
        assert operation["tags"]
        good = [code for code in operation["responses"] if code.startswith("2")]
        assert len(good) == 1
        assert all(HTTPStatus(int(code)) for code in operation["responses"])
        if body := operation.get("requestBody"):
            assert list(body["content"]) == ["application/json"]
            assert method in {"put", "post"}


def test_every_refusal_is_a_problem(contract: dict[str, Any]) -> None:
    for _, _, operation in each(contract):
        for code, answer in operation["responses"].items():
            if int(code) >= HTTPStatus.BAD_REQUEST:
                told = find(contract, answer["$ref"])
                assert told["description"]
                assert told["content"] == {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }
    shape = contract["components"]["schemas"]["Problem"]
    assert set(shape["required"]) == PROBLEM == set(shape["examples"][0])
    assert shape["properties"].keys() == PROBLEM | {"errors"}


def test_no_list_holds_just_anything(contract: dict[str, Any]) -> None:
    for name, shape in contract["components"]["schemas"].items():
        for field, told in shape.get("properties", {}).items():
            assert {} not in told.get("items", {}).get("oneOf", []), f"{name}.{field}"


def test_who_must_sign_in_is_said(ask: Asking, contract: dict[str, Any]) -> None:
    scopes = {
        handler.operation_id: [g.scope for g in handler.resolve_guards() if hasattr(g, "scope")]
        for route in ask.app.routes
        for handler in getattr(route, "route_handlers", ())
    }
    for _, _, operation in each(contract):
        open_to_all = operation.get("security", contract["security"]) == [{}]
        assert open_to_all == (not scopes[operation["operationId"]]), operation["operationId"]
        if not open_to_all:
            assert {"401", "403"} <= operation["responses"].keys()


async def test_what_is_answered_is_what_was_published(
    ask: Asking, contract: dict[str, Any]
) -> None:
    published = {operation["operationId"]: operation for _, _, operation in each(contract)}
    nobody, powerless = dict[str, str](), await bearer(ask.world, frozenset())
    bodies = (b"[", b"{}", b'{"surprise": 1}', b'{"goal": "\\u0000"}', b" " * 2**21)
    tried = set()
    for operation in operations(ask.app):
        if operation.name == "IsReady":
            continue  # what this world stands on is in memory
        good = to_json(operation.body) if operation.body else None
        asked = [(headers, good) for headers in (nobody, powerless, ask.headers)]
        if operation.body:
            asked += [(ask.headers, body) for body in (*bodies, b"")]
        for headers, content in asked:
            kind = {} if content is None else {"Content-Type": "application/json"}
            answer = await ask.client.request(
                operation.method, operation.path, content=content, headers={**headers, **kind}
            )
            known = published[operation.name]["responses"]
            assert str(answer.status_code) in known, (operation.name, answer.text)
            tried.add(answer.status_code)
    assert {200, 202, 400, 401, 403, 404, 413, 422} <= tried


async def test_the_page_takes_nothing_from_elsewhere(ask: Asking) -> None:
    page = await ask.client.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    fetched = re.findall(r"""(?:src|href)\s*=\s*["']([^"']+)["']""", page.text)
    assert len(fetched) >= 3
    assert all(urljoin("http://test/docs", link).startswith("http://test/") for link in fetched)
    assert not re.search(
        r"(?:https?:)?//(?!test/)[\w.-]+\.\w+/", page.text.partition("<script>")[0]
    )
    for link in fetched:
        asset = await ask.client.get(link)
        assert asset.status_code == 200, link
        assert asset.headers["cache-control"] == "max-age=604800, public"
        assert asset.headers["x-content-type-options"] == "nosniff"
        assert asset.content
