"""The published contract: whole, honest, and readable with nothing from outside."""

import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from jsonschema_rs import Draft202012, Registry, validator_for
from tests.support.http.asking import PROBLEM, Asking, bearer, to_json
from tests.support.http.wire import operations

from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.http.app import CONTRACT
from skillbridge.entrypoints.http.contract.document import Contract, ContractConfig, published
from skillbridge.entrypoints.http.contract.examples import Examples
from skillbridge.entrypoints.http.contract.headers import HEADERS
from skillbridge.entrypoints.http.contract.shapes import Shapes
from skillbridge.entrypoints.http.server.compression import CODINGS
from skillbridge.entrypoints.http.server.explanations import explanations
from skillbridge.entrypoints.http.server.server_sent import ALL_TOLD, END, StreamEnd
from skillbridge.entrypoints.http.server.streams import EndReason

pytestmark = pytest.mark.row("K1")

METHODS = {"get", "put", "post", "delete", "patch"}
PLAIN = re.compile(
    r"\^(?:(?:[A-Za-z0-9/@#_\x22-]|\[\^?(?:[^\\\[\]\U00010000-\U0010ffff]|\\x[0-9a-f]{2}|\\u[0-9a-f]{4})+\]"
    r"|\||\(\?:|\))(?:[*+?]|\{\d+(?:,\d*)?\})?)*\$"
)
WHOLE = "urn:skillbridge:contract"
READS = ("Get", "List", "Search", "Count", "Follow", "Show", "Suggest", "Open", "Is")
"""The verbs of what changes nothing."""


@pytest.fixture(scope="module")
async def contract(asking: Asking) -> dict[str, Any]:
    answer = await asking.client.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/vnd.oai.openapi+json")
    document: dict[str, Any] = answer.json()
    return document


def each(contract: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in contract["paths"].items():
        assert methods.keys() <= METHODS
        for method, operation in methods.items():
            yield path, method, operation


def test_that_something_is_away_is_in_the_contract(contract: dict[str, Any]) -> None:
    told = contract["paths"]["/health/ready"]["get"]["responses"]
    assert {"200", "503"} <= told.keys()
    body = told["503"]["content"]["application/json"]["schema"]
    assert body == told["200"]["content"]["application/json"]["schema"]


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


@pytest.fixture(scope="module")
def components(contract: dict[str, Any]) -> Registry:
    """All shapes at once: a validator then compiles those alone that it leads to."""
    return Registry([(WHOLE, {"components": contract["components"]})], draft=Draft202012)


def valid(components: Registry, schema: dict[str, Any]) -> Any:
    within = json.loads(json.dumps(schema).replace('"#/', f'"{WHOLE}#/'))
    return validator_for(within, registry=components, validate_formats=True)


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
        assert path.startswith(("/v1/", "/health/", "/.well-known/"))
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
        good = {code for code in operation["responses"] if code.startswith("2")}
        follows = "text/event-stream" in operation["responses"].get("200", {}).get("content", {})
        resumes = "206" in good  # a download of which a part may be asked for
        several = {"200", "204"} if follows else {"200", "206"}
        assert good == several if follows or resumes else len(good) == 1
        assert all(code == "460" or HTTPStatus(int(code)) for code in operation["responses"])
        if body := operation.get("requestBody"):
            assert body["content"].keys() & {"application/json", "application/offset+octet-stream"}
            assert method in {"patch", "put", "post"}


def test_every_refusal_is_a_problem_of_the_operations_own(contract: dict[str, Any]) -> None:
    seen = set()
    for path, _, operation in each(contract):
        for code, answer in operation["responses"].items():
            if (told := refusal(contract, answer)) is None:
                continue
            (common, own) = told["schema"]["allOf"]
            assert common == {"$ref": "#/components/schemas/Problem"}
            kinds = own["properties"]["type"]["enum"]
            assert {f"/problems/{slug}" for slug in told["examples"]} == set(kinds)
            for example in told["examples"].values():
                assert str(example["value"]["status"]) == code, path
            seen |= set(kinds)
    assert len(seen) >= 40
    assert seen <= {one.type for one in explanations().values()}
    assert set(contract["components"]["schemas"]["Problem"]["required"]) == PROBLEM


def refusal(contract: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any] | None:
    whole = find(contract, answer["$ref"]) if "$ref" in answer else answer
    problem: dict[str, Any] | None = whole.get("content", {}).get("application/problem+json")
    return problem


def test_each_operation_has_errors_of_its_own(contract: dict[str, Any]) -> None:
    writes = [
        (operation["operationId"], tuple(sorted(map(str, operation["responses"].values()))))
        for _, method, operation in each(contract)
        if method != "get"
    ]
    assert len({refusals for _, refusals in writes}) > len(writes) / 2


def test_each_answer_names_its_headers(contract: dict[str, Any]) -> None:
    needed = {"401": "WWW-Authenticate", "429": "Retry-After", "304": "Vary"}
    for _, _, operation in each(contract):
        for code, answer in operation["responses"].items():
            whole = find(contract, answer["$ref"]) if "$ref" in answer else answer
            assert {"X-Request-Id", "Cache-Control"} <= whole["headers"].keys()
            assert needed.get(code, "X-Request-Id") in whole["headers"]
            assert whole["headers"].keys() <= HEADERS.keys()
    told = {
        name for _, _, o in each(contract) for code in o["responses"] for name in tells(o, code)
    }
    assert {"ETag", "Location", "Retry-After", "X-Degraded"} <= told


def tells(operation: dict[str, Any], code: str) -> Iterator[str]:
    if code.startswith("2"):
        yield from operation["responses"][code]["headers"]


def test_names_are_names_and_the_server_is_the_public_address(contract: dict[str, Any]) -> None:
    names = contract["components"]["schemas"].keys()
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", name) for name in names)
    assert {"RoadmapPage", "MatchPage", "MentorPage", "NoticePage"} <= names
    assert contract["servers"] == [{"url": "http://127.0.0.1:8000"}]
    tagged = {tag for _, _, operation in each(contract) for tag in operation["tags"]}
    assert {tag["name"] for tag in contract["tags"] if tag["description"]} == tagged


def test_a_group_is_described_by_each_module_that_has_operations_of_it(
    contract: dict[str, Any],
) -> None:
    said = {tag["name"]: tag["description"] for tag in contract["tags"]}
    for path, _, operation in each(contract):
        beginning = path.removeprefix("/v1").split("/")[1]
        assert all(f"/{beginning}" in said[tag] for tag in operation["tags"]), path


def test_every_component_is_named_somewhere(contract: dict[str, Any]) -> None:
    text = json.dumps(contract)
    for kind, names in contract["components"].items():
        if kind != "securitySchemes":
            assert [name for name in names if f'"#/components/{kind}/{name}"' not in text] == []


def test_everything_has_an_example_that_fits(
    contract: dict[str, Any], components: Registry
) -> None:
    tried = 0
    for path, method, operation in each(contract):
        for schema, example in exampled(contract, operation):
            validator = valid(components, schema)
            assert validator.is_valid(example), (method, path, example)
            tried += 1
    assert tried > 200


def exampled(contract: dict[str, Any], operation: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Each schema of an operation with the example that must be there."""
    for parameter in operation.get("parameters", ()):
        yield parameter["schema"], parameter["example"]
    bodies = [operation["requestBody"]] if "requestBody" in operation else []
    for answer in (*bodies, *operation["responses"].values()):
        whole = find(contract, answer["$ref"]) if "$ref" in answer else answer
        for told in whole.get("headers", {}).values():
            header = find(contract, told["$ref"]) if "$ref" in told else told
            yield header["schema"], header["example"]
        for media, content in whole.get("content", {}).items():
            if media == "text/html":
                continue
            examples = [one["value"] for one in content.get("examples", {}).values()]
            for example in examples or [content["example"]]:
                yield content["schema"], example


def test_no_property_is_without_words_for_its_example() -> None:
    shapes = Shapes(published(CONTRACT).values()).components
    examples = Examples(shapes)
    for name in shapes:
        examples.of({"$ref": f"#/components/schemas/{name}"})
    assert not examples.missing, "say in NAMES or PLACES what could stand there"


def test_every_pattern_is_read_alike_by_python_and_by_ecmascript(contract: dict[str, Any]) -> None:
    """Groups, classes and bounds only, no sign beyond U+FFFF: so with the flag `u` or without."""
    patterns = {one["pattern"] for one in schemas(contract) if "pattern" in one}
    assert len(patterns) >= 8
    for pattern in patterns:
        assert PLAIN.fullmatch(pattern), pattern
        re.compile(pattern)


@pytest.mark.parametrize(
    "strange", ["^[\U00013430-\U0001345f]$", r"^\w$", r"^a*+$", "^(?P<a>b)$", r"^a\Z", "^(?i:a)$"]
)
def test_a_pattern_of_python_alone_is_found_out(strange: str) -> None:
    assert not PLAIN.fullmatch(strange)


def schemas(part: Any) -> Iterator[dict[str, Any]]:
    """Everything within the document that is an object."""
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part:
        if isinstance(inner, dict | list):
            yield from schemas(inner)


def test_a_body_says_what_it_takes(contract: dict[str, Any], components: Registry) -> None:
    for path, _, operation in each(contract):
        if "requestBody" not in operation or path.startswith("/v1/webhooks/"):
            continue  # what another's program writes is read for what counts
        for content in operation["requestBody"]["content"].values():
            if content["schema"].get("format") == "binary":
                continue
            shape = find(contract, content["schema"]["$ref"])
            assert shape["additionalProperties"] is False, path
            validator = valid(components, shape)
            for name, told in shape["properties"].items():
                if told.get("type") == "string":
                    assert not validator.is_valid({**content["example"], name: "a\0b"}), name


def test_a_stream_says_its_events(contract: dict[str, Any]) -> None:
    streams = 0
    for _, _, operation in each(contract):
        content = operation["responses"].get("200", {}).get("content", {})
        if stream := content.get("text/event-stream"):
            kinds = stream["schema"]["contentSchema"]["items"]["oneOf"]
            for event in (find(contract, kind["$ref"]) for kind in kinds):
                assert {"id", "event", "data"} == set(event["required"])
                name = event["properties"]["event"]["const"]
                assert f"event: {name}\r\n" in stream["example"]
                assert find(contract, event["properties"]["data"]["contentSchema"]["$ref"])
            streams += 1
    assert streams == 2


def test_the_example_of_a_stream_is_what_is_sent(contract: dict[str, Any]) -> None:
    for _, _, operation in each(contract):
        content = operation["responses"].get("200", {}).get("content", {})
        if stream := content.get("text/event-stream"):
            last = END.message(StreamEnd(EndReason.FINISHED), ALL_TOLD).encode().decode()
            assert stream["example"].endswith(last)
            begins, _, _ = stream["example"].partition("\r\n")
            assert re.fullmatch(r"id: [1-9][0-9]*", begins)


async def test_whatever_knows_a_tag_may_answer_304(ask: Asking, contract: dict[str, Any]) -> None:
    knowing = set()
    for _, _, operation in each(contract):
        named = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "header"}
        assert ("If-None-Match" in named) == ("304" in operation["responses"])
        knowing |= {operation["operationId"]} if "If-None-Match" in named else set()
    assert knowing >= {"GetMe", "GetRoadmap", "GetCohortRun"}


def test_who_may_name_a_tenant_is_told_how(ask: Asking, contract: dict[str, Any]) -> None:
    for _, _, operation in each(contract):
        named = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "header"}
        asked = {
            guard.__name__.partition("_")[0]
            for route in ask.app.routes
            for handler in getattr(route, "route_handlers", ())
            if handler.operation_id == operation["operationId"]
            for guard in handler.resolve_guards()
        }
        assert ("X-Tenant" in named) == ("unauthenticated" in asked), operation["operationId"]


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
        said = [operation["x-scope"]] if "x-scope" in operation else []
        assert said == scopes[operation["operationId"]], operation["operationId"]
        if not open_to_all:
            assert {"401", "403"} <= operation["responses"].keys()


@pytest.mark.asvs("15.3.1")
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


async def test_the_contract_is_made_with_the_application_and_no_request_waits_for_it(
    ask: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made_again(_: object) -> dict[str, Any]:
        pytest.fail("a request made the contract")

    monkeypatch.setattr(Contract, "to_schema", made_again)
    monkeypatch.setattr(ContractConfig, "to_openapi_schema", made_again)
    for path in ("/openapi.json", "/docs", "/v1/resources?domain=data-analysis"):
        assert (await ask("GET", path)).status_code == 200


@pytest.mark.parametrize("coding", ["identity", *CODINGS])
async def test_who_holds_the_contract_is_told_that_it_is_still_so(ask: Asking, coding: str) -> None:
    async def get(held: str) -> httpx.Response:
        asked = {"Accept-Encoding": coding, "If-None-Match": held}
        return await ask.client.get("/openapi.json", headers=asked)

    seen = await get('"0"')
    assert (seen.status_code, seen.headers["cache-control"]) == (200, "no-cache")
    same = await get(seen.headers["etag"])
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["etag"] == seen.headers["etag"]
    assert same.headers["cache-control"] == "no-cache"


async def test_the_page_takes_nothing_from_elsewhere(ask: Asking) -> None:
    page = await ask.client.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    fetched = re.findall(r"""(?:src|href)\s*=\s*["']([^"']+)["']""", page.text)
    assert len(fetched) >= 3
    assert all(urljoin("http://test/docs", link).startswith("http://test/") for link in fetched)
    script = (await ask.client.get("/docs/assets/docs.js")).text
    assert "openapi.json" in page.text + script, "where the page finds the contract"
    assert not re.search(r"(?:https?:)?//(?!test/)[\w.-]+\.\w+/", page.text)
    for link in fetched:
        asset = await ask.client.get(link)
        assert asset.status_code == 200, link
        assert asset.headers["cache-control"] == "max-age=604800, public"
        assert asset.headers["x-content-type-options"] == "nosniff"
        assert asset.content
