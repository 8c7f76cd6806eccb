"""What holds for every answer: HEAD, OPTIONS, compression, a prefix in front, and the front page."""

import asyncio
import gzip
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import httpx
import msgspec
import pytest
from litestar import Litestar
from tests.support.http.asking import Asking, problem, refused, to_json
from tests.support.http.unpack import UNPACK
from tests.support.http.wire import operations
from tests.support.timing.patience import PATIENCE

from skillbridge.entrypoints.http.app import ASKED, TOLD, create_app
from skillbridge.entrypoints.http.server import compression
from skillbridge.entrypoints.http.server.compression import CODINGS, LEAST, SECRET
from skillbridge.settings import PublicUrl, Settings

pytestmark = pytest.mark.row("K1")

LARGE = "/v1/resources?domain=python"
PREFIX = "/skill/bridge"


async def raw(
    app: Litestar, method: str, target: str, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body as they leave, with no client that would unpack them."""
    path, _, query = target.partition("?")
    sent: list[Any] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [
            (name.replace("_", "-").lower().encode(), value.encode())
            for name, value in {"host": "test", **headers}.items()
        ],
        "client": ("127.0.0.1", 1),
        "server": ("test", 80),
    }

    coming, whole = (
        iter([{"type": "http.request", "body": b"", "more_body": False}]),
        asyncio.Event(),
    )

    async def receive() -> Any:
        if request := next(coming, None):
            return request
        await whole.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and not message["more_body"]:
            whole.set()

    await app(scope, receive, send)  # type: ignore[arg-type]  # a scope of our own making
    assert [it["type"] for it in sent].count("http.response.start") == 1
    told = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
    assert len(dict(told)) == len(told), "each header once"
    return sent[0]["status"], dict(told), b"".join(it.get("body", b"") for it in sent[1:])


async def test_head_is_get_without_the_body(ask: Asking) -> None:
    tried = 0
    for operation in operations(ask.app):
        if operation.method != "GET" or operation.name.startswith("Follow"):
            continue
        got = await raw(ask.app, "GET", operation.path, **ask.headers)
        told = await raw(ask.app, "HEAD", operation.path, **ask.headers)
        differ = (
            {"x-request-id", "content-length", "vary"}
            if operation.name in {"IsReady", "SearchAudit"}  # which finds the look before
            else {"x-request-id"}
        ) | {"ratelimit"}
        if got[0] >= 400:  # its id stands in the body
            differ.add("x-request-id")
        same = [{k: v for k, v in it[1].items() if k not in differ} for it in (got, told)]
        assert same[0] == same[1], operation.name
        assert (told[0], told[2]) == (got[0], b"")
        if got[0] == 200 and operation.name not in {"IsReady", "SearchAudit"}:
            assert int(told[1]["content-length"]) == len(got[2])
        tried += 1
    assert tried >= 20


async def test_head_of_a_page_and_of_what_is_compressed(ask: Asking) -> None:
    for path in ("/", "/docs", "/openapi.json", "/favicon.ico", "/problems/invalid-request", LARGE):
        got = await raw(ask.app, "GET", path, accept_encoding="br")
        told = await raw(ask.app, "HEAD", path, accept_encoding="br")
        assert (told[0], told[2]) == (200, b""), path
        assert told[1]["content-length"] == str(len(got[2]))
        assert told[1].get("content-encoding") == got[1].get("content-encoding")


async def test_head_of_a_stream_ends_at_once(ask: Asking, drafting: str) -> None:
    async with asyncio.timeout(PATIENCE):
        status, headers, body = await raw(ask.app, "HEAD", drafting, **ask.headers)
    assert (status, body) == (200, b"")
    assert headers["content-type"].startswith("text/event-stream")


@pytest.fixture
async def drafting(ask: Asking) -> str:
    """The stream of a roadmap that nobody draws."""
    wish = {"goal": "Build web pages", "domain": "web-front-end"}
    made = await ask("POST", "/v1/roadmaps", to_json(wish))
    assert made.status_code == 202, made.text
    return f"/v1/roadmaps/{made.json()['roadmap_id']}/generation/events"


async def test_head_of_what_cannot_be_got_is_refused(ask: Asking) -> None:
    status, headers, body = await raw(ask.app, "HEAD", "/v1/auth/login")
    assert (status, headers["allow"], body) == (405, "OPTIONS, POST", b"")


async def test_options_and_405_name_every_method_of_the_path(ask: Asking) -> None:
    methods: dict[str, set[str]] = {}
    for operation in operations(ask.app):
        methods.setdefault(operation.template, {"OPTIONS"}).add(operation.method)
    paths = {operation.template: operation.path for operation in operations(ask.app)}
    for template, known in methods.items():
        expected = known | ({"HEAD"} if "GET" in known else set())
        said = await raw(ask.app, "OPTIONS", paths[template])
        assert (said[0], set(said[1]["allow"].split(", "))) == (204, expected), template
        said = await raw(ask.app, "BREW", paths[template])
        assert (said[0], set(said[1]["allow"].split(", "))) == (405, expected), template
    assert max(map(len, methods.values())) >= 3


@pytest.mark.row("K4")
@pytest.mark.parametrize("coding", CODINGS)
async def test_a_long_answer_comes_as_it_was_asked_for(ask: Asking, coding: str) -> None:
    _, plain, body = await raw(ask.app, "GET", LARGE)
    assert "content-encoding" not in plain
    assert plain["vary"] == "Accept-Encoding"
    status, headers, packed = await raw(ask.app, "GET", LARGE, accept_encoding=coding)
    assert (status, headers["content-encoding"], headers["vary"]) == (
        200,
        coding,
        "Accept-Encoding",
    )
    assert headers["content-length"] == str(len(packed))
    assert len(packed) < len(body) / 2
    assert UNPACK[coding](packed) == body


@pytest.mark.parametrize("coding", CODINGS)
async def test_a_file_in_pieces_and_a_large_document_are_compressed_too(
    ask: Asking, coding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compression, "AT_ONCE", 1_000)
    for path in (
        "/docs/assets/swagger-ui.css",
        "/docs/assets/swagger-ui-bundle.js",
        "/openapi.json",
    ):
        _, _, body = await raw(ask.app, "GET", path)
        _, headers, packed = await raw(ask.app, "GET", path, accept_encoding=coding)
        assert headers["content-encoding"] == coding
        assert UNPACK[coding](packed) == body


@pytest.mark.row("K4")
async def test_what_is_short_no_text_or_refused_goes_as_it_is(ask: Asking) -> None:
    for path in ("/health/live", "/docs/assets/favicon-32x32.png", "/v1/nothing", "/v1/me"):
        _, headers, body = await raw(ask.app, "GET", path, accept_encoding="br")
        assert "content-encoding" not in headers
        assert path.startswith("/docs") or len(body) < LEAST


async def test_a_compressed_representation_has_a_tag_of_its_own_that_works_as_the_other(
    ask: Asking,
) -> None:
    wish = {"goal": "Analyse data", "domain": "data-analysis"}
    made = await ask("POST", "/v1/roadmaps", to_json(wish))
    path = f"/v1/roadmaps/{made.json()['roadmap_id']}"
    monkey = pytest.MonkeyPatch()
    with monkey.context() as patch:
        patch.setattr(compression, "LEAST", 1)
        plain = (await raw(ask.app, "GET", path, **ask.headers))[1]["etag"]
        packed = (await raw(ask.app, "GET", path, accept_encoding="gzip", **ask.headers))[1]["etag"]
    assert packed == f'{plain[:-1]}-gzip"'
    for held in (plain, packed, f"W/{plain}", f"W/{packed}", f'"x", {packed}', "*"):
        status, headers, body = await raw(
            ask.app, "GET", path, if_none_match=held, accept_encoding="gzip", **ask.headers
        )
        assert (status, body) == (304, b"")
        assert headers["etag"] == (
            plain if held == "*" else held.rpartition(" ")[2].removeprefix("W/")
        )


@pytest.mark.row("C5")
async def test_no_answer_that_carries_a_secret_is_compressed(ask: Asking) -> None:
    """Whatever brings a token or password, now or later, lies where nothing is compressed."""
    document = ask.app.state.contract.document
    telling = 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            answers = json.dumps(
                [answer for code, answer in operation["responses"].items() if code < "300"]
            )
            named = [
                name for name in document["components"]["schemas"] if f'schemas/{name}"' in answers
            ]
            fields = {
                f
                for name in named
                for f in document["components"]["schemas"][name].get("properties", {})
            }
            if any("token" in field or "password" in field for field in fields):
                telling += 1
                assert compression.coding_for(method.upper(), path, b"br") is None, path
    assert telling >= 2
    for path in SECRET:
        assert compression.coding_for("GET", f"{path}x", b"br") is None
    for method in ("POST", "PUT", "DELETE"):
        assert compression.coding_for(method, "/v1/me", b"br") is None


@pytest.mark.parametrize(
    "also",
    [
        [(b"content-type", b"text/event-stream; charset=utf-8")],
        [(b"content-type", b"text/css"), (b"content-encoding", b"gzip")],
    ],
    ids=["a stream of events", "compressed already"],
)
async def test_what_may_not_be_compressed_goes_on_at_once(also: list[tuple[bytes, bytes]]) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    held = compression.Compressed(send, "br")
    headers = [*also, (b"content-length", b"9999")]
    await held({"type": "http.response.start", "status": 200, "headers": headers})
    await held({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
    assert [message.get("body") for message in sent] == [None, b"data: 1\n\n"]
    assert sent[0]["headers"] == headers


@pytest.fixture
async def behind(ask: Asking) -> Asking:
    """The same world under a path of somebody else's host."""
    settings = Settings(
        env="test",
        default_tenant=ask.world.slug,
        public_url=PublicUrl(f"https://x.example{PREFIX}"),
        cors_origins=(),
    )
    app: Any = create_app(ask.world.api, settings)
    for start in app.on_startup:
        await start(app)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")
    return Asking(ask.world, app, client, ask.actor, ask.headers)


@pytest.mark.parametrize("comes_along", ["", PREFIX])
async def test_every_link_leads_back_through_the_prefix(behind: Asking, comes_along: str) -> None:
    wish = to_json({"goal": "Learn to test", "domain": "python"})
    made = await behind("POST", f"{comes_along}/v1/roadmaps", wish)
    assert made.headers["location"].startswith(f"{PREFIX}/v1/roadmaps/")
    missing = await behind("GET", f"{comes_along}/v1/nothing")
    told = missing.json()
    assert (told["type"], told["instance"]) == (
        f"{PREFIX}/problems/no-such-path",
        f"{PREFIX}/v1/nothing",
    )
    explained = await behind("GET", f"{comes_along}/problems/no-such-path")
    assert explained.json()["type"] == told["type"]
    page = (await behind("GET", f"{comes_along}/docs")).text
    assert f'{PREFIX}/docs/assets/swagger-ui.css"' in page
    assert '"/docs/assets' not in page
    assert f"{PREFIX}/favicon.ico" in page
    contract = (await behind("GET", f"{comes_along}/openapi.json")).json()
    assert [server["url"] for server in contract["servers"]] in (
        [PREFIX],
        [f"https://x.example{PREFIX}"],
    )
    front = (await behind("GET", comes_along or "/")).json()
    assert front["docs"] == f"{PREFIX}/docs"


async def test_what_only_looks_like_the_prefix_is_none(behind: Asking) -> None:
    assert (await behind("GET", f"{PREFIX}x/v1/domains")).status_code == 404


async def test_the_front_page_says_where_to_go(ask: Asking) -> None:
    _, headers, body = await raw(ask.app, "GET", "/")
    told = json.loads(body)
    assert (len(body) < LEAST, headers["vary"]) == (True, "Accept")
    assert told["health"] == "/health/ready"
    for name in ("docs", "openapi"):
        assert (await raw(ask.app, "GET", told[name]))[0] == 200
    _, headers, body = await raw(ask.app, "GET", "/", accept="text/html,*/*;q=0.8")
    assert headers["content-type"].startswith("text/html")
    assert all(f'href="{told[name]}"'.encode() in body for name in ("docs", "openapi", "health"))


async def test_a_browser_finds_its_icon(ask: Asking) -> None:
    status, headers, body = await raw(ask.app, "GET", "/favicon.ico")
    assert (status, headers["content-type"].partition(";")[0]) == (200, "image/svg+xml")
    assert headers["cache-control"] == "max-age=604800, public"
    assert body.startswith(b"<svg")


async def test_a_weight_that_is_no_number_is_no_fault_of_ours(ask: Asking) -> None:
    for accept in ("*/*;q=1e999", "text/html;q=nan", "*/*;q=", "a" * 5_000):
        for path in ("/problems/invalid-request", "/", "/docs", "/v1/domains", "/v1/nothing"):
            status, _, _ = await raw(ask.app, "GET", path, accept=accept, accept_encoding=accept)
            assert status in {200, 404}, (path, accept)


SPELLINGS = {
    "a slash too many": lambda path: path.replace("/", "//", 1),
    "slashes further on": lambda path: f"{path[:3]}//{path[4:]}",
    "slashes at the end": lambda path: f"{path}//",
    "on the spot": lambda path: f"/.{path}",
    "on the spot, escaped": lambda path: f"/%2e{path}",
    "on the spot at the end": lambda path: f"{path}/.",
    "there and back": lambda path: f"/x/..{path}",
    "there and back, escaped": lambda path: f"/x/.%2E{path}",
    "a slash escaped": lambda path: f"{path[:3]}%2f{path[4:]}",
    "a slash Escaped": lambda path: f"{path[:3]}%2F{path[4:]}",
    "a letter escaped": lambda path: f"/%{ord(path[1]):x}{path[2:]}",
    "a number or letter Escaped": lambda path: f"/{path[1]}%{ord(path[2]):X}{path[3:]}",
    "all letters escaped": lambda path: "/".join(
        "".join(f"%{ord(sign):02X}" for sign in step) for step in path.split("/")
    ),
}


@pytest.mark.row("C5")
@pytest.mark.parametrize("how", SPELLINGS)
async def test_a_path_has_one_spelling(ask: Asking, how: str) -> None:
    """A proxy whose rules know this one is not got round by another."""
    spelled: Callable[[str], str] = SPELLINGS[how]
    others = ("/docs", "/openapi.json", "/health/live", "/problems/too-many", "/docs/assets/x.css")
    for path in {*others, *(operation.path for operation in operations(ask.app))}:
        for method in ("GET", "POST"):
            status, headers, body = await raw(ask.app, method, spelled(path), **ask.headers)
            told = json.loads(body)
            assert (status, told["type"]) == (404, "/problems/no-such-path"), spelled(path)
            assert told["instance"] == unquote(spelled(path))
            assert headers["content-type"] == "application/problem+json"


async def test_what_needs_an_escape_may_have_one(ask: Asking) -> None:
    for given in ("a%20b", "%C3%A9", "%c3%a9", "%25", "%3F", "...", ".a", "a..b", "%ff"):
        status, _, body = await raw(ask.app, "GET", f"/v1/matches/{given}", **ask.headers)
        assert (status, json.loads(body)["errors"][0]["code"]) == (400, "wrong-format"), given


@pytest.mark.parametrize("host", ["x:99999999", "x:abc", "[::1]:8:9", "x://y", "[::1", ""])
async def test_a_host_that_is_none_is_no_fault_of_ours(ask: Asking, host: str) -> None:
    token = ask.headers["Authorization"]
    for path in ("/v1/nothing", "/health/live", "/v1/roadmaps/no-id", "/v1/roadmaps?limit=x"):
        status, _, _ = await raw(ask.app, "GET", path, host=host, authorization=token)
        assert status in {200, 400, 404}, path


def test_a_page_of_another_origin_may_send_and_read_every_header_of_the_contract(
    ask: Asking,
) -> None:
    contract = ask.app.state.contract.document
    for path, methods in contract["paths"].items():
        if path.startswith("/v1/webhooks/"):
            continue  # no page sends these
        for operation in methods.values():
            named = {it["name"] for it in operation.get("parameters", []) if it["in"] == "header"}
            assert named <= set(ASKED)
            for answer in operation["responses"].values():
                assert set(answer.get("headers", {})) <= set(TOLD)


async def test_a_refusal_is_a_problem_also_for_who_takes_it_compressed(ask: Asking) -> None:
    answer = await ask("GET", "/v1/nothing", Accept_Encoding="br")
    refused(answer, 404)
    problem(answer)


@pytest.mark.parametrize("path", ["/docs/assets/swagger-ui.css", "/openapi.json", "/v1/me"])
async def test_what_is_held_and_still_so_is_not_sent_again(ask: Asking, path: str) -> None:
    """The 304 has the headers of the 200 by which caches tell answers apart (RFC 9110 15.4.5)."""
    for coding in ("identity", *CODINGS):
        first = await ask("GET", path, Accept_Encoding=coding)
        tag = first.headers["etag"]
        again = await ask("GET", path, If_None_Match=tag, Accept_Encoding=coding)
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
        assert (again.headers["etag"], again.headers["vary"]) == (tag, "Accept-Encoding")
        assert again.headers["cache-control"] == first.headers["cache-control"]
        assert (await ask("GET", path, If_None_Match='"0"')).status_code == 200


@pytest.mark.parametrize("coding", ["gzip", "br", "GZIP, identity", "nonsense"])
async def test_a_body_in_a_coding_is_refused_and_told_which_are_taken(
    ask: Asking, coding: str
) -> None:
    body = gzip.compress(b'{"goal": "Become an analyst", "domain": "web"}')
    answer = await ask("POST", "/v1/roadmaps", body, Content_Encoding=coding)
    told = refused(answer, 415)
    assert told["type"] == "/problems/unsupported-content-coding"
    assert answer.headers["accept-encoding"] == "identity"
    plain = await ask("PATCH", "/v1/me", b"{}", Content_Encoding=" Identity ")
    assert plain.status_code == 200


@pytest.mark.asvs("3.5.3")
async def test_a_body_of_another_kind_is_told_which_are_taken(ask: Asking) -> None:
    for operation in operations(ask.app):
        if not operation.body:
            continue
        answer = await ask(operation.method, operation.path, b"{}", Content_Type="text/csv")
        told = refused(answer, 415)
        assert told["type"] == "/problems/unsupported-media-type"
        assert "application/json" in answer.headers["accept"].split(", ")
        patch = "application/merge-patch+json, application/json"
        assert answer.headers.get("accept-patch") == (
            patch if operation.method == "PATCH" else None
        )


@pytest.mark.parametrize(
    ("version", "hosts", "status"),
    [("1.1", 0, 400), ("1.1", 2, 400), ("1.1", 1, 200), ("1.0", 0, 200), ("2", 0, 200)],
)
async def test_a_request_of_http_1_1_has_one_host(
    ask: Asking, version: str, hosts: int, status: int
) -> None:
    """RFC 9112 section 3.2."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/health/live",
        "raw_path": b"/health/live",
        "query_string": b"",
        "http_version": version,
        "headers": [(b"host", b"skillbridge.example")] * hosts,
    }
    await ask.app(scope, receive, send)  # type: ignore[arg-type]  # as a server calls it
    assert sent[0]["status"] == status
    if status == 400:
        assert msgspec.json.decode(sent[1]["body"])["type"] == "/problems/ambiguous-host"
