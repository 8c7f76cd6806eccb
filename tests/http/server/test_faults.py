"""Everything that does not fit is told at once: where, which rule, and in words."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from tests.support.http.asking import Asking, refused, to_json
from tests.support.http.wire import operations

from skillbridge.entrypoints.http.app import CONTRACT
from skillbridge.entrypoints.http.cohorts.order import NewCohortRun
from skillbridge.entrypoints.http.contract.document import published
from skillbridge.entrypoints.http.contract.shapes import body_of
from skillbridge.entrypoints.http.profiles import ProfilePatch
from skillbridge.entrypoints.http.server.faults import body as faults_of_bodies
from skillbridge.entrypoints.http.server.faults.body import LOOKED_AT, Ruled, in_body
from skillbridge.entrypoints.http.server.faults.fault import MOST, SHAPE, Fault
from skillbridge.entrypoints.http.server.faults.refused import Misshapen
from skillbridge.entrypoints.http.server.middleware import with_whole_numbers

pytestmark = pytest.mark.row("K1", "K7")

MEBIBYTE = 1024 * 1024
NOBODY = "00000000-0000-4000-8000-000000000000"


def named(told: dict[str, Any]) -> list[tuple[str, str]]:
    assert all(fault["message"] for fault in told["errors"])
    return [(fault.get("pointer") or fault["parameter"], fault["code"]) for fault in told["errors"]]


@pytest.mark.parametrize("name", ["", "   "])
@pytest.mark.parametrize("password", ["short", "passwordpassword"])
async def test_a_registration_hears_of_its_address_password_and_name_at_once(
    ask: Asking, name: str, password: str
) -> None:
    body = {"email": "nope", "password": password, "name": name}
    told = refused(await ask("POST", "/v1/auth/register", to_json(body)), 422)
    assert told["type"] == "/problems/several-faults"
    assert named(told) == [
        ("#/name", "unfit-name"),
        ("#/email", "bad-email"),
        ("#/password", "weak-password"),
    ]


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "/v1/resources", None, [("domain", "missing")]),
        (
            "GET",
            "/v1/matches?limit=0&status=x",
            None,
            [("status", "unknown-value"), ("limit", "too-small")],
        ),
        (
            "GET",
            "/v1/mentors?country=Kenya&limit=0&free=yes&language=EN&skill=No&nope=1&q=" + "q" * 201,
            None,
            [
                ("country", "unknown-country"),
                ("free", "wrong-type"),
                ("language", "unfit-languages"),
                ("limit", "too-small"),
                ("nope", "unknown-parameter"),
                ("q", "unfit-search"),
                ("skill", "unfit-skills"),
            ],
        ),
        (
            "GET",
            "/v1/mentors?language=eng&q=" + "q" * 201,
            None,
            [("language", "unfit-languages"), ("q", "unfit-search")],
        ),
        (
            "GET",
            "/v1/resources?domain=cooking&skill=nope&level=",
            None,
            [("domain", "unknown-domain"), ("level", "unknown-value"), ("skill", "unknown-skill")],
        ),
        (
            "GET",
            "/v1/mentors/suggestions?skills=nope,sql,nil",
            None,
            [("skills", "unknown-skill"), ("skills", "unknown-skill")],
        ),
        ("GET", "/v1/mentors?skill=nope", None, [("skill", "unknown-skill")]),
        (
            "GET",
            "/v1/mentors/suggestions?skills=No,sql,a%20b",
            None,
            [("skills", "unfit-skills"), ("skills", "unfit-skills")],
        ),
        (
            "PATCH",
            "/v1/me",
            (
                b'{"languages": [3, "xx", "en", "english"], "availability": [{"weekday": 7, '
                b'"start": 0, "end": 1}, {}, {"weekday": 1, "start": 9, "end": 9}]}'
            ),
            [
                ("#/languages/0", "wrong-type"),
                ("#/languages/1", "unfit-languages"),
                ("#/languages/3", "unfit-languages"),
                ("#/availability/0/weekday", "too-large"),
                ("#/availability/1/weekday", "missing"),
                ("#/availability/1/start", "missing"),
                ("#/availability/1/end", "missing"),
                ("#/availability/2", "unfit-availability"),
            ],
        ),
        (
            "POST",
            "/v1/roadmaps",
            b'{"goal": "Become an analyst", "domain": "alchemy", "hours_per_week": 61}',
            [("#/domain", "unknown-domain"), ("#/hours_per_week", "impossible-pace")],
        ),
        ("POST", "/v1/roadmaps", b"", [("#", "missing")]),
        ("POST", "/v1/roadmaps", b"[]", [("#", "wrong-type")]),
        ("POST", "/v1/roadmaps", b"{}", [("#/goal", "missing"), ("#/domain", "missing")]),
        (
            "POST",
            "/v1/roadmaps",
            b'{"goal": "x", "domain": 1, "known": ["sql", 3], "hours_per_week": "6", "~/": 0}',
            [
                ("#/goal", "unclear-goal"),
                ("#/domain", "wrong-type"),
                ("#/hours_per_week", "wrong-type"),
                ("#/known/1", "wrong-type"),
                ("#/~0~1", "unknown-property"),
            ],
        ),
        (
            "POST",
            "/v1/roadmaps",
            b'{"goal": "  x ", "domain": "web", "known": ["No"]}',
            [
                ("#/goal", "unclear-goal"),
                ("#/known", "unclear-skills"),
                ("#/domain", "unknown-domain"),
            ],
        ),
        (
            "PATCH",
            "/v1/me",
            b'{"name": "", "country": "NGA", "skills": {"a b": 9}, "availability": [{"weekday": 7}]}',
            [
                ("#/name", "unfit-name"),
                ("#/country", "unknown-country"),
                ("#/skills/a%20b", "unfit-skills"),
                ("#/skills/a%20b", "unfit-skills"),
                ("#/availability/0/weekday", "too-large"),
                ("#/availability/0/start", "missing"),
                ("#/availability/0/end", "missing"),
            ],
        ),
        (
            "PATCH",
            "/v1/me",
            (
                b'{"name": " ", "country": "XX", "availability": ['
                b'{"weekday": 1, "start": 0, "end": 1}, {"weekday": 1, "start": 9, "end": 9}]}'
            ),
            [
                ("#/availability/1", "unfit-availability"),
                ("#/name", "unfit-name"),
                ("#/country", "unknown-country"),
            ],
        ),
        (
            "PUT",
            "/v1/me/mentor",
            b'{"headline": "SQL", "capacity": 51, "accepting": 0, "experience_years": 1, "nick": 1}',
            [
                ("#/capacity", "impossible-capacity"),
                ("#/accepting", "wrong-type"),
                ("#/nick", "unknown-property"),
            ],
        ),
        (
            "PATCH",
            "/v1/me",
            b'{"nmae": "A", "time_zone": "Mars/Olympus", "skills": {"SQL": 2}, "country": 3}',
            [
                ("#/nmae", "unknown-property"),
                ("#/country", "wrong-type"),
                ("#/time_zone", "unknown-time-zone"),
                ("#/skills/SQL", "unfit-skills"),
            ],
        ),
        (
            "PUT",
            "/v1/me",
            (
                b'{"time_zone": "Mars/Olympus", "languages": ["xx", 3], "availability": '
                b'[{"weekday": 0, "start": 9, "end": 9}], "bio": "", "country": "XX", "skills": {}}'
            ),
            [
                ("#/name", "missing"),
                ("#/languages/0", "unfit-languages"),
                ("#/languages/1", "wrong-type"),
                ("#/time_zone", "unknown-time-zone"),
                ("#/country", "unknown-country"),
                ("#/availability/0", "unfit-availability"),
            ],
        ),
        (
            "PUT",
            "/v1/me/mentor",
            b'{"headline": "   ", "capacity": "3", "accepting": true}',
            [
                ("#/capacity", "wrong-type"),
                ("#/experience_years", "missing"),
                ("#/headline", "unfit-headline"),
            ],
        ),
        (
            "POST",
            "/v1/matches",
            to_json({"mentor_id": 7, "message": "m" * 1001}),
            [("#/mentor_id", "wrong-type"), ("#/message", "unfit-message")],
        ),
        (
            "POST",
            "/v1/roadmaps",
            b'{"goal": "  x ", "domain": "web", "hours": 6, "known": ["No"]}',
            [
                ("#/hours", "unknown-property"),
                ("#/goal", "unclear-goal"),
                ("#/domain", "unknown-domain"),
                ("#/known", "unclear-skills"),
            ],
        ),
        (
            "POST",
            "/v1/roadmaps",
            b'{"goal": "  x ", "domain": "alchemy"}',
            [("#/goal", "unclear-goal"), ("#/domain", "unknown-domain")],
        ),
        (
            "POST",
            "/v1/auth/register",
            b'{"email": "nope", "password": "short", "nick": 1}',
            [
                ("#/nick", "unknown-property"),
                ("#/name", "missing"),
                ("#/email", "bad-email"),
                ("#/password", "weak-password"),
            ],
        ),
        (
            "POST",
            "/v1/auth/login",
            b'{"email": "nope"}',
            [("#/password", "missing"), ("#/email", "bad-email")],
        ),
        (
            "POST",
            "/v1/auth/verification",
            b'{"email": "nope", "token": 1}',
            [("#/token", "wrong-type"), ("#/email", "bad-email")],
        ),
        (
            "PUT",
            "/v1/me/mentor",
            b'{"headline": " ", "capacity": 1e400, "experience_years": -1e400, "accepting": true}',
            [
                ("#/headline", "unfit-headline"),
                ("#/capacity", "too-large"),
                ("#/experience_years", "too-small"),
            ],
        ),
        (
            "POST",
            "/v1/cohorts",
            to_json(
                {
                    "mode": "best",
                    "learners": [NOBODY, NOBODY],
                    "weights": dict.fromkeys(
                        (
                            "skill",
                            "availability",
                            "language",
                            "location",
                            "rating",
                            "free",
                            "experience",
                        ),
                        1,
                    ),
                }
            ),
            [
                ("#/mode", "unknown-value"),
                ("#/learners", "invalid"),
                ("#/weights", "invalid"),
            ],
        ),
        (
            "POST",
            "/v1/cohorts",
            b'{"mode": "best", "k": 0, "learners": ["a", "b"]}',
            [
                ("#/mode", "unknown-value"),
                ("#/learners/0", "wrong-format"),
                ("#/learners/1", "wrong-format"),
                ("#/k", "too-small"),
            ],
        ),
    ],
)
async def test_all_that_does_not_fit_is_told_at_once(
    ask: Asking, method: str, path: str, body: bytes | None, expected: list[tuple[str, str]]
) -> None:
    assert sorted(named(refused(await ask(method, path, body), 400, 422))) == sorted(expected)


async def test_every_example_of_the_contract_keeps_the_rules(ask: Asking) -> None:
    """It stands in for what cannot be read."""
    document, ruled = ask.app.state.contract.document, 0
    operations = [one for way in document["paths"].values() for one in way.values()]
    for name, handler in published(CONTRACT).items():
        if (kind := body_of(handler)) is None:
            continue
        operation = next(one for one in operations if one["operationId"] == name)
        for content in operation["requestBody"]["content"].values():
            body = msgspec.convert(content["example"], kind)
            if isinstance(body, Ruled):
                body.meant()
                ruled += 1
    assert ruled >= 8


async def test_a_bound_of_whole_numbers_is_told_as_one(ask: Asking) -> None:
    told = [refused(await ask("GET", f"/v1/matches?limit={n}", None), 400) for n in (0, 1_000)]
    assert [one["errors"][0]["message"] for one in told] == ["at least 1", "at most 100"]


async def test_a_bad_body_and_a_bad_parameter_are_told_together(ask: Asking) -> None:
    told = refused(await ask("POST", "/v1/matches/7/accept", None), 400)
    assert named(told) == [("match_id", "wrong-format")]
    told = refused(await ask("PUT", "/v1/notices/7/read", b"{}"), 400, 415, 405)


LINKS = {"OpenVerificationLink", "OpenResetLink", "OpenAddressLink"}
LINKED = {f"/v1/auth/{page}" for page in ("verify", "reset", "email")}
"""Where mails lead: their operations and paths."""


async def test_every_fault_has_the_published_shape(ask: Asking) -> None:
    contract = ask.app.state.contract.document
    published = contract["components"]["schemas"]["Problem"]["properties"]["errors"]["items"]
    assert published == SHAPE
    assert set(published["properties"]) == {"pointer", "parameter", "code", "message"}
    for operation in operations(ask.app):
        if operation.body:
            told = refused(await ask(operation.method, operation.path, b'{"no": 1}'), 400)
            theirs = operation.path.startswith("/v1/webhooks/")  # whoever writes it may say more
            assert theirs or ("#/no", "unknown-property") in named(told), operation.name
            msgspec.convert(told["errors"], list[Fault])


async def test_no_parameter_of_a_query_is_given_twice(ask: Asking) -> None:
    for path, name, schema in queried(ask):
        good = quote("true" if schema.get("type") == "boolean" else str(schema.get("default", "x")))
        told = refused(await ask("GET", f"{path}?{name}={good}&{name}={good}", None), 400)
        assert (name, "repeated") in named(told), path


@pytest.mark.parametrize("nothing", ["null", "NULL", "Null", ""])
async def test_null_is_no_choice_no_number_and_no_truth(ask: Asking, nothing: str) -> None:
    tried = 0
    for path, name, schema in queried(ask):
        if schema.get("type") != "string":
            told = refused(await ask("GET", f"{path}?{name}={nothing}", None), 400)
            assert name in dict(named(told)), path
            tried += 1
    assert tried >= 10


async def test_null_is_a_text_as_any_other(ask: Asking) -> None:
    listed = await ask("GET", "/v1/mentors?q=null", None)
    assert (listed.status_code, listed.json()["items"]) == (200, [])


@pytest.mark.asvs("2.2.1")
async def test_a_query_has_the_parameters_of_its_operation_and_no_others(ask: Asking) -> None:
    for operation in operations(ask.app):
        path, body = f"{operation.path}?limt=9", operation.body and to_json(operation.body)
        answer = await ask(operation.method, path, body)
        if operation.name in LINKS:  # what a mail links to gathers more on its way
            assert "limt" not in answer.text
            continue
        told = refused(answer, 400)
        assert ("limt", "unknown-parameter") in named(told), operation.name
        assert told["errors"][0]["message"].startswith("there is no such parameter: "), operation
    (fault,) = refused(await ask("GET", "/v1/matches?limt=9", None), 400)["errors"]
    assert fault["message"].endswith("those here are side, status, after, limit, html")


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        ("GET", "/v1/mentors?country=Kenya", None, "such as KE (Kenya)"),
        ("GET", "/v1/mentors?country=ke", None, "such as KE (Kenya)"),
        ("GET", "/v1/mentors?country=UK", None, "such as GB (Britain (UK))"),
        ("GET", "/v1/mentors?country=Wakanda", None, "such as NG or DE"),
        ("GET", "/v1/mentors?language=eng", None, "such as en"),
        ("GET", "/v1/mentors?skill=pyton-basics", None, "did you mean python-basics"),
        ("GET", "/v1/mentors/suggestions?skills=sql,pyton-basics", None, "python-basics"),
        ("GET", "/v1/resources?domain=python&skill=zzzzzz", None, "GET /v1/domains"),
        ("PATCH", "/v1/me", {"country": "Nigera"}, "such as NG (Nigeria)"),
        ("PATCH", "/v1/me", {"languages": ["english"]}, "by its code of ISO 639"),
    ],
)
async def test_what_may_be_meant_is_told_in_the_words_of_the_rule(
    ask: Asking, method: str, path: str, body: Any, words: str
) -> None:
    told = refused(await ask(method, path, body and to_json(body)), 400, 422)
    (fault,) = told["errors"]
    assert words in fault["message"]


def queried(ask: Asking) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, name and schema of each parameter of each query."""
    for path, methods in ask.app.state.contract.document["paths"].items():
        for parameter in methods.get("get", {}).get("parameters", ()):
            if parameter["in"] == "query" and path not in LINKED:  # they answer with a page
                yield re.sub("{[^}]*}", NOBODY, path), parameter["name"], parameter["schema"]


async def test_a_whole_number_may_be_written_as_a_float(ask: Asking) -> None:
    """As JSON Schema counts; the answer is that to the number itself."""
    moved = 0
    for name, handler in published(CONTRACT).items():
        if (kind := body_of(handler)) is None:
            continue
        shapes = ask.app.state.contract.document
        operation = next(
            one for way in shapes["paths"].values() for one in way.values()
            if one["operationId"] == name
        )  # fmt: skip
        body = operation["requestBody"]["content"]["application/json"]["example"]
        written = to_json(floated(body))
        moved += written.count(b".0")
        assert with_whole_numbers(written, kind) == msgspec.convert(body, kind), name
    assert moved >= 8


@pytest.mark.parametrize("number", [b"6.5", b"1e300", b"-1e300", b'"6"', b"true"])
async def test_what_is_no_whole_number_is_refused(ask: Asking, number: bytes) -> None:
    body = b'{"goal": "Become an analyst", "domain": "web", "hours_per_week": ' + number + b"}"
    told = refused(await ask("POST", "/v1/roadmaps", body), 400)
    assert "#/hours_per_week" in dict(named(told))


def floated(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: floated(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [floated(inner) for inner in value]
    return float(value) if type(value) is int else value


def refused_by_msgspec(kind: type, raw: bytes) -> Misshapen:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(raw, type=kind)
    return Misshapen(str(caught.value), kind, raw)


HOSTILE = {
    "200,000 numbers for ids": (
        NewCohortRun,
        b'{"mode":"fast","learners":[' + b"1," * 400_000 + b"1]}",
    ),
    "half a million numbers": (
        ProfilePatch,
        b'{"name":"A","languages":[' + b"1," * 500_000 + b"1]}",
    ),
    "100,000 unknown names": (
        ProfilePatch,
        b"{" + b",".join(b'"%d":1' % n for n in range(90_000)) + b',"name":"A"}',
    ),
    "lists in lists": (
        ProfilePatch,
        b'{"name":"A","skills":{"x":' + b"[" * 500 + b"]" * 500 + b"}}",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_body_costs_no_more_than_its_first_values(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted: so many values are looked at, and so many faults are told."""
    seen: list[Any] = []
    looked_at = faults_of_bodies._validator_of(HOSTILE[kind][0])

    class Counting:
        def iter_errors(self, body: Any) -> Any:
            seen.append(sum(1 for _ in values(body)))
            return looked_at.iter_errors(body)

    monkeypatch.setattr(faults_of_bodies, "_validator_of", lambda _: Counting())
    told = in_body(refused_by_msgspec(*HOSTILE[kind]))
    assert 1 <= len(told) <= MOST
    assert seen[0] <= LOOKED_AT + 1


def values(body: Any) -> Any:
    yield body
    for inner in (
        body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
    ):
        yield from values(inner)


def test_what_lies_beyond_is_told_in_the_words_of_the_reader() -> None:
    ids = [f"00000000-0000-4000-8000-{n:012d}" for n in range(LOOKED_AT * 2)]
    raw = to_json({"learners": [*ids, "x"], "mode": "fast"})
    (fault,) = in_body(refused_by_msgspec(NewCohortRun, raw))
    assert (fault.pointer, fault.code) == (f"#/learners/{LOOKED_AT * 2}", "unfit")
    assert fault.message == "Invalid UUID"


def test_what_was_cut_off_is_not_said_to_be_missing() -> None:
    many = {f"n{n}": 1 for n in range(LOOKED_AT)}
    told = in_body(refused_by_msgspec(ProfilePatch, to_json({**many, "name": "A"})))
    assert {fault.code for fault in told} == {"unknown-property"}
