"""Whatever comes, the answer is a problem that says the way out, and never a 500."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from tests.support.given.world import World
from tests.support.http.asking import Asking, open_asking, refused, to_json
from tests.support.http.wire import Operation, operations

from skillbridge.application.paging import Key
from skillbridge.entrypoints.http.server.paging import EPOCH, LATEST, MICROSECOND, Cursors
from skillbridge.settings import Settings

pytestmark = pytest.mark.row("K1", "C5")

UNREADABLE = {
    "a depth bomb of lists": b"[" * 100_000,
    "a depth bomb of objects": b'{"a":' * 100_000,
    "a closed depth bomb": b"[" * 100_000 + b"]" * 100_000,
    "a depth bomb in a field": b'{"goal":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "half a body": b'{"email": "amina@exam',
    "no UTF-8": b'{"email": "\xff\xfe"}',
    "UTF-16": '{"email": "x"}'.encode("utf-16"),
    "a lone surrogate in UTF-8": b'{"email": "\xed\xa0\x80"}',
    "a raw NUL": b'{"email": "a\x00b"}',
    "NaN": b"NaN",
    "two bodies": b"{}{}",
    "nothing but space": b"   ",
    "nothing": b"",
}
MISSHAPEN = {
    "a list": b"[]",
    "a list of objects": b"[{}]",
    "a text": b'"goal"',
    "a number": b"1",
    "null": b"null",
    "an empty object": b"{}",
    "an unknown field": b'{"surprise": 1}',
}
NUMBERS = (
    b"2147483648",
    b"9223372036854775808",
    b"1180591620717411303424",
    b"-9223372036854775809",
    b"1e400",
    b"-1e400",
    b"NaN",
    b"Infinity",
    b"0.5",
    b"-1",
    b"true",
    b"null",
    b"9" * 5000,
)
TEXTS = (b"9" * 5000, b'"a\\u0000b"', b'"\\ud800"', b'"\\udc00x"', b"7", b"[]", b"{}", b"true")


@pytest.fixture
async def ask_each(world: World) -> AsyncIterator[Asking]:
    """On either backend: what one takes, the other takes."""
    async with open_asking(world) as opened:
        yield opened


def with_body(ask: Asking) -> list[Operation]:
    found = [operation for operation in operations(ask.app) if operation.body is not None]
    assert len(found) >= 10
    return found


def with_raw(operation: Operation, place: Any, raw: bytes) -> bytes:
    """The body with this JSON text in one place, though no encoder would write it."""
    return to_json(operation.with_value(place, "RAW")).replace(b'"RAW"', raw)


@pytest.mark.parametrize("body", [*UNREADABLE, *MISSHAPEN])
async def test_a_body_that_is_none(ask: Asking, body: str) -> None:
    raw = {**UNREADABLE, **MISSHAPEN}[body]
    for operation in with_body(ask):
        answer = await ask(operation.method, operation.path, raw)
        if raw == b"{}" and operation.name == "BeginSignIn":
            assert refused(answer)["type"] == "/problems/unknown-provider", "all may be left out"
            continue
        reason_wanted = operation.name == "ChangeTenantSettings"
        if operation.method == "PATCH" and raw == b"{}" and not reason_wanted:
            assert answer.status_code == 200, "a patch of nothing changes nothing"
            continue
        told = refused(answer, 400)
        if body in UNREADABLE and raw.strip():
            assert told["type"] in {"/problems/malformed-request", "/problems/invalid-request"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"goal": "x', "the body is not valid JSON: Input data was truncated"),
        (b"{'goal': 'x'}", "the body is not valid JSON: "),
        (b'{"goal": "x",}', "the body is not valid JSON: "),
        (b'{"goal": "\xff"}', "the body is not UTF-8"),
        (b"[" * 100_000, "the body is nested too deep"),
    ],
    ids=["cut off", "other quotes", "a comma too many", "no UTF-8", "too deep"],
)
async def test_why_a_body_is_no_json_is_told(ask: Asking, body: bytes, told: str) -> None:
    detail = refused(await ask("POST", "/v1/roadmaps", body), 400)["detail"]
    assert detail.startswith(told)
    assert "goal" not in detail


@pytest.mark.asvs("15.3.3")
async def test_an_unknown_field_beside_good_ones(ask: Asking) -> None:
    for operation in with_body(ask):
        answer = await ask(
            operation.method, operation.path, to_json({**operation.body, "is_admin": True})
        )
        assert refused(answer, 400)["type"] == "/problems/invalid-request"


@pytest.mark.asvs("1.4.2")
@pytest.mark.parametrize("raw", NUMBERS)
async def test_a_number_that_is_none_or_too_large(ask: Asking, raw: bytes) -> None:
    tried = 0
    for operation in with_body(ask):
        for place in operation.numbers():
            if raw == b"null" and operation.name == "AmendProfile":
                continue  # takes the skill away
            body = with_raw(operation, place, raw)
            told = refused(await ask(operation.method, operation.path, body), 400)
            assert told["type"] in {"/problems/malformed-request", "/problems/invalid-request"}
            tried += 1
    assert tried >= 7


def text_fields(ask: Asking) -> Iterator[tuple[Operation, Any]]:
    for operation in with_body(ask):
        for place in operation.texts():
            yield operation, place


@pytest.mark.parametrize("raw", TEXTS)
async def test_a_text_that_is_none_or_cannot_be_kept(ask_each: Asking, raw: bytes) -> None:
    for operation, place in text_fields(ask_each):
        answer = await ask_each(operation.method, operation.path, with_raw(operation, place, raw))
        assert refused(answer, 400, 422), (operation.name, place)


async def test_a_nul_in_a_name(ask_each: Asking) -> None:
    for operation in with_body(ask_each):
        body = to_json({**operation.body, "a\x00b": 1})
        refused(await ask_each(operation.method, operation.path, body), 400, 422)
    skills = {"name": "Amina", "skills": {"py\x00thon": 3}}
    refused(await ask_each("PATCH", "/v1/me", to_json(skills)), 400, 422)


async def test_backslashes_before_u0000_are_text_like_any_other(ask_each: Asking) -> None:
    body = {"name": "Amina", "bio": r"In JSON a NUL is written \u0000."}
    answer = await ask_each("PATCH", "/v1/me", to_json(body))
    assert (answer.status_code, answer.json()["bio"]) == (200, body["bio"])


@pytest.mark.asvs("3.5.3")
@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/jsonx", ""],
)
async def test_a_body_of_another_kind(ask: Asking, kind: str) -> None:
    for operation in with_body(ask):
        answer = await ask(
            operation.method, operation.path, to_json(operation.body), Content_Type=kind
        )
        assert refused(answer, 415)["type"] == "/problems/unsupported-media-type"


async def test_a_body_of_2_megabytes(ask: Asking) -> None:
    for operation in with_body(ask):
        body = to_json({"goal": "x" * 2 * 1024 * 1024})
        answer = await ask(operation.method, operation.path, body)
        assert refused(answer, 413)["type"] == "/problems/body-too-large"


async def test_a_body_of_2_megabytes_that_does_not_say_so(ask: Asking) -> None:
    async def drip() -> AsyncIterator[bytes]:
        for _ in range(32):
            yield b" " * 65_536

    answer = await ask.client.post(
        "/v1/roadmaps",
        content=drip(),
        headers={**ask.headers, "Content-Type": "application/json"},
    )
    refused(answer, 413)


@pytest.mark.asvs("4.1.4", "13.4.4")
@pytest.mark.parametrize("method", ["BREW", "TRACE", "CONNECT", "DELETE"])
async def test_a_method_that_is_none_here(ask: Asking, method: str) -> None:
    answer = await ask(method, "/v1/me")
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) >= {"GET", "HEAD", "PUT", "OPTIONS"}
    assert refused(answer, 405)["type"] == "/problems/method-not-allowed"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/v1",
        "/v1/nothing",
        "/v1/resources/" + "x" * 5_000,
        "/v1/resources/..%2f..%2fetc%2fpasswd",
        "/docs/assets/..%2f..%2f..%2fpyproject.toml",
        "/docs/assets/../../../pyproject.toml",
        "/problems/%3Cscript%3E",
    ],
)
async def test_a_path_that_leads_nowhere(ask: Asking, path: str) -> None:
    answer = await ask("GET", path)
    refused(answer, 404)


@pytest.mark.parametrize(
    "given", ["7", "not-a-uuid", "00000000-0000-0000-0000-00000000000g", "%ff%fe", "x" * 5_000]
)
async def test_an_id_that_is_none_is_named(ask: Asking, given: str) -> None:
    """And never answered with "there is nothing at this address"."""
    tried = 0
    for operation in operations(ask.app):
        contract = ask.app.state.contract.document["paths"][operation.template]
        ids = contract[operation.method.lower()].get("parameters", [])
        for place, name in (
            (it["in"], it["name"]) for it in ids if it["schema"].get("format") == "uuid"
        ):
            asked = f"{operation.path}?{name}={given}"
            path = operation.with_id(name, given) if place == "path" else asked
            body = to_json(operation.body) if operation.body else None
            told = refused(await ask(operation.method, path, body), 400)
            assert told["type"] == "/problems/invalid-request"
            fault = next(it for it in told["errors"] if it["parameter"] == name)
            assert fault["code"] == "wrong-format"
            tried += 1
    assert tried >= 15


async def test_a_nul_in_an_address_is_named(ask: Asking) -> None:
    in_paths = ("/v1/matches/%00", "/v1/resources/%00", "/docs/assets/%00")
    in_queries = ("/v1/mentors?q=a%00b", "/v1/mentors?%00=1", "/health/live?%00")
    for path in (*in_paths, *in_queries):
        assert refused(await ask("GET", path), 422)["type"] == "/problems/nul-character"


@pytest.mark.asvs("1.4.2")
@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=abc",
        "limit=-1",
        "limit=99999999999999999999999",
        "limit=1e3",
        "limit=",
        "limit=NaN",
        "limit=%205",
        "limit=%2B5",
        "limit=5_0",
        "limit=05",
        "limit=5.0",
        "limit=%D9%A3",
        "limit=%EF%BC%95",
    ],
)
async def test_a_limit_out_of_bounds_or_not_in_digits(ask: Asking, query: str) -> None:
    """As the contract has it for every number."""
    lists = ["/v1/roadmaps", "/v1/matches", "/v1/notices", "/v1/mentors", "/v1/mentors/suggestions"]
    for path in lists:
        told = refused(await ask("GET", f"{path}?{query}"), 400)
        assert told["errors"][0]["parameter"] == "limit"
        assert told["errors"][0]["code"] in {"wrong-type", "too-small", "too-large"}


@pytest.mark.parametrize("given", ["1", "0", "on", "yes", "True", "TRUE", "t", "", "%20true"])
async def test_truth_is_spelled_in_one_way(ask: Asking, given: str) -> None:
    told = refused(await ask("GET", f"/v1/mentors?free={given}"), 400)
    fault = {"parameter": "free", "code": "wrong-type", "message": "this is to be true or false"}
    assert told["errors"] == [fault]
    assert (await ask("GET", "/v1/mentors?free=true&limit=5")).status_code == 200


def test_no_number_and_no_truth_of_any_operation_escapes_the_spelling(ask: Asking) -> None:
    """Path, header and cookie take texts only; a body is JSON and read as what it says."""
    for methods in ask.app.state.contract.document["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] != "query":
                    assert parameter["schema"]["type"] == "string", operation["operationId"]


CURSORS = {
    "no base64": "%21%21",
    "empty": "",
    "a word": "abc",
    "no time": "eHx5",
    "no id": "MjAyNi0xMS0yMlQxMjowMDowMCswMDowMHx4",
    "no UTF-8": "__79",
    "not ASCII": "%C3%A9",
    "of the form of ours": "A" * 40,
    "far too long": "A" * 10_000,
    "before all time": "MDAwMS0wMS0wMVQwMDowMDowMCsxNDowMHwwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDA",
}


@pytest.mark.parametrize("cursor", CURSORS)
async def test_a_cursor_that_is_none_of_ours(ask_each: Asking, cursor: str) -> None:
    for operation in lists(ask_each):
        answer = await ask_each("GET", f"{operation.path}?after={CURSORS[cursor]}")
        assert refused(answer, 422)["type"] == "/problems/bad-cursor"


def lists(ask: Asking) -> list[Operation]:
    contract = ask.app.state.contract.document["paths"]
    found = [
        operation
        for operation in operations(ask.app)
        for one in contract[operation.template][operation.method.lower()].get("parameters", ())
        if one["name"] == "after"
    ]
    assert len(found) >= 6
    return found


async def test_a_list_takes_its_own_cursors_and_none_of_another(ask_each: Asking) -> None:
    """Nor does a list of one thing's parts take those of another thing's."""
    place = Key(datetime(2026, 11, 22, tzinfo=UTC), UUID(int=7))
    paths = {operation.path for operation in (*lists(ask_each), *lists(ask_each))}
    assert len(paths) > len(lists(ask_each))
    for path, other in product(paths, paths):
        answer = await ask_each("GET", f"{path}?after={Cursors(other).cursor(place)}")
        if path == other:
            assert answer.status_code in {200, 404}, "no such run, no list of its placements"
        else:
            assert refused(answer, 422)["type"] == "/problems/bad-cursor", (path, other)


async def test_each_list_takes_the_cursor_of_its_example(ask: Asking) -> None:
    for path, methods in ask.app.state.contract.document["paths"].items():
        examples = {
            it["name"]: it["example"] for it in methods.get("get", {}).get("parameters", ())
        }
        if "after" in examples:
            answer = await ask("GET", f"{path.format(**examples)}?after={examples['after']}")
            assert answer.status_code in {200, 404}, path


async def test_a_cursor_at_either_end_of_time(ask_each: Asking) -> None:
    for end in (EPOCH, EPOCH + LATEST * MICROSECOND):
        for operation in lists(ask_each):
            after = Cursors(operation.path).cursor(Key(end, UUID(int=2**128 - 1)))
            answer = await ask_each("GET", f"{operation.path}?after={after}")
            assert answer.status_code in {200, 404}


@pytest.mark.parametrize("query", ["q=%00", "skill=%00", "language=%00", "country=%ff"])
async def test_a_question_that_no_database_can_be_asked(ask_each: Asking, query: str) -> None:
    answer = await ask_each("GET", f"/v1/mentors?{query}")
    assert answer.status_code == 200 or refused(answer, 400, 422)


GARBAGE = (
    "",
    "Bearer",
    "Bearer ",
    "Bearer  ",
    "Basic YTpi",
    "Bearer a",
    "Bearer a.b.c",
    "Bearer " + "x" * 10_000,
    "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
    "Bearer eyJhbGciOiJIUzI1NiJ9.bnVsbA.c2ln",
    "Bearer \xff\xfe",
    "Bearer ..",
    "Bearer null",
    "Bearer eyJhbGciOiJIUzI1NiIsImtpZCI6Ii4uLy4uL2V0Yy9wYXNzd2QifQ.e30.c2ln",
)


@pytest.mark.row("C1")
@pytest.mark.parametrize("header", GARBAGE)
async def test_garbage_for_a_token(ask: Asking, header: str) -> None:
    answer = await ask.client.get("/v1/me", headers=[(b"authorization", header.encode("latin-1"))])
    refused(answer, 401)
    assert answer.headers["www-authenticate"] in {"Bearer", 'Bearer error="invalid_token"'}


@pytest.mark.parametrize("tenant", ["", "nowhere", "\xff", "x" * 10_000, "a' or 1=1 --", "%00"])
async def test_a_tenant_that_is_not_there(ask_each: Asking, tenant: str) -> None:
    answer = await ask_each.client.post(
        "/v1/auth/login",
        json={"email": "a@example.org", "password": "x"},
        headers=[(b"x-tenant", tenant.encode("latin-1"))],
    )
    told = refused(answer, 401)
    assert told["type"] == "/problems/wrong-credentials"  # as in one that is there


async def test_an_installation_that_nobody_has_seeded_says_so(
    ask: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No header is wrong: nobody who registers could mend it, and the operator is told how."""
    unseeded = Settings(env="test", default_tenant="nobody-founded-this")
    monkeypatch.setitem(ask.app.state._state, "settings", unseeded)
    answer = await ask.client.post(
        "/v1/auth/login", json={"email": "a@example.org", "password": "x"}
    )
    assert answer.status_code == 503
    assert "`skillbridge seed`" in answer.json()["detail"]
