"""What is in the logs, and what never is."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from skillbridge.adapters.telemetry.logs import HIDDEN, configure, redact

pytestmark = pytest.mark.row("A4")

SECRETS = {
    "password": "hunter2hunter2",
    "refresh_token": "abc",
    "Authorization": "Bearer abc",
    "email": "amina@example.test",
    "api_key": "abc",
}


@pytest.mark.asvs("16.2.5")
@pytest.mark.parametrize("name", SECRETS)
def test_values_under_telling_names_are_hidden(name: str) -> None:
    assert redact(None, "", {name: SECRETS[name]}) == {name: HIDDEN}
    assert redact(None, "", {"deep": {name: SECRETS[name]}}) == {"deep": {name: HIDDEN}}


@pytest.mark.asvs("16.2.5")
@pytest.mark.parametrize(
    "value",
    [
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
        "ghp_0123456789abcdef",
        "sb_pat_" + "0" * 71,
        "sbr_4uT0zq0m3S5nE1vW8yR2aB6c",
        "sk-0123456789abcdef",
        "write to amina@example.test",
        "postgresql://user:pass@host/db",
    ],
)
def test_what_looks_like_a_secret_is_hidden_wherever_it_stands(value: str) -> None:
    cleaned = str(redact(None, "", {"event": [value]}))
    assert HIDDEN in cleaned
    assert value not in cleaned
    assert "pass@" not in cleaned


def test_plain_facts_stay() -> None:
    event = {"event": "request", "ms": 3.5, "path": "/v1/roadmaps", "ok": True}
    assert redact(None, "", dict(event)) == event


@pytest.fixture
def as_before() -> Iterator[None]:
    """Whoever logs after these tests must not write to what pytest has closed."""
    root, ours = logging.getLogger(), logging.getLogger("skillbridge")
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    yield
    ours.setLevel(logging.NOTSET)
    structlog.configure(**before)
    root.handlers[:], root.level = handlers, level


@pytest.mark.asvs("16.2.1", "16.2.2")
@pytest.mark.usefixtures("as_before")
def test_a_line_is_one_json_object_with_what_is_bound(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(level="info", pretty=False)
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger().info("hello", answer=42)
        structlog.get_logger().debug("too fine")
        logging.getLogger("library").warning("from %s", "a library")
        logging.getLogger("library").info("too fine")
        logging.getLogger("skillbridge.application.x").info(
            "ours", extra={"user": "u", "email": "e"}
        )
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["hello", "from a library", "ours"]
    assert lines[0]["answer"] == 42
    assert (lines[2]["user"], lines[2]["email"]) == ("u", HIDDEN)
    assert all(line["timestamp"].endswith("Z") for line in lines), "in UTC, wherever this runs"
    assert {line["request_id"] for line in lines} == {"r-1"}


@pytest.mark.usefixtures("as_before")
def test_at_a_terminal_a_person_reads_it(capsys: pytest.CaptureFixture[str]) -> None:
    configure(level="warning", pretty=True)
    structlog.get_logger().warning("careful")
    assert "careful" in capsys.readouterr().err


OBEYED = {
    "\x1b[31m": r"\x1b[31m",
    "\x9b2J": r"\x9b2J",
    "\u202e": r"\u202e",
    "\u2066": r"\u2066",
    "\u2028": r"\u2028",
    "\u200b": r"\u200b",
    "\x85": r"\x85",
    "\r": r"\r",
    "\n": r"\n",
    "\x07": r"\x07",
    "\udc80": r"\udc80",
    "\U000e0041": r"\U000e0041",
}


@pytest.mark.asvs("16.4.1")
@pytest.mark.usefixtures("as_before")
@pytest.mark.parametrize("sign", OBEYED)
@pytest.mark.parametrize("pretty", [True, False])
def test_foreign_text_moves_no_cursor_and_forges_no_line(
    sign: str, pretty: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wherever it stands: a request's path, the words of a library, an error's message."""
    configure(level="info", pretty=pretty)
    foreign = f"/v1/a{sign}b"
    structlog.get_logger().info("request", path=foreign, seen=[foreign], by={"words": foreign})
    logging.getLogger("library").warning("cannot read %s", foreign)
    structlog.get_logger().info(foreign)
    lines = capsys.readouterr().err.split("\n")
    assert len(lines) == 4, "three, and the end of the last"
    assert all(line.isprintable() for line in lines)
    assert pretty is False or all(OBEYED[sign] in line for line in lines[:3])


def fail(words: str) -> None:
    raise ValueError(words)


@pytest.mark.usefixtures("as_before")
def test_a_traceback_has_lines_and_nothing_else_that_a_terminal_obeys(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(level="info", pretty=True)
    try:
        fail("no \x1b]0;title\x07 and \u202e\u2028")
    except ValueError:
        structlog.get_logger().exception("broken")
    told = capsys.readouterr().err
    assert "Traceback" in told
    assert len(told.split("\n")) > 3
    assert all(line.isprintable() for line in told.split("\n"))


ECS = {
    "@timestamp", "message", "log.level", "ecs.version", "service.name", "event.kind",
    "event.category", "event.type", "event.dataset", "event.action", "event.duration",
    "event.reason", "error.code", "error.stack_trace", "http.request.id", "http.request.method",
    "http.response.status_code", "organization.id", "trace.id", "url.path", "user.id",
}  # fmt: skip
"""Of ECS 8.17, by its field reference."""


def names(found: dict[str, Any], before: str = "") -> Iterator[str]:
    for name, value in found.items():
        yield from names(value, f"{before}{name}.") if isinstance(value, dict) else [before + name]


@pytest.mark.row("C6")
@pytest.mark.asvs("16.2.1", "16.2.2", "16.2.5")
@pytest.mark.usefixtures("as_before")
def test_where_it_is_shipped_a_line_is_a_document_of_the_schema(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Also on one's own machine, and also what libraries say; secrets are hidden before."""
    configure(level="info", pretty=True, ecs=True)
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger().info(
            "request", method="GET", path="/v1/me", status=404, ms=1.5, user="u", session="s",
            problem="unknown-roadmap", own_request_id="o-1",
        )  # fmt: skip
        try:
            fail("broken")
        except ValueError:
            structlog.get_logger().exception("job.failed", reason="why", email="a@b.example")
        logging.getLogger("library").warning("Two words")
        told = {"signal": "stuffing", "severity": "high", "kept": True, "tenant": "t"}
        logging.getLogger("skillbridge.x").warning("signal.raised", extra=told)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    for line in lines:
        of_ours = {name for name in names(line) if name.startswith("skillbridge.log.")}
        assert set(names(line)) - of_ours <= ECS
        assert line["@timestamp"].endswith("Z")
        assert line["trace"] == {"id": "r-1"}
    asked, failed, library, signal = lines
    assert asked["http"] == {
        "request": {"id": "o-1", "method": "GET"}, "response": {"status_code": 404}
    }  # fmt: skip
    assert (asked["event"]["duration"], asked["user"], asked["error"]) == (
        1_500_000, {"id": "u"}, {"code": "unknown-roadmap"}
    )  # fmt: skip
    assert asked["skillbridge"] == {"log": {"session": "s"}}
    assert failed["event"]["action"] == "job.failed"
    assert "ValueError: broken" in failed["error"]["stack_trace"]
    assert failed["skillbridge"] == {"log": {"email": HIDDEN}}
    assert (library["message"], "action" in library["event"]) == ("Two words", False)
    assert (signal["event"]["kind"], signal["event"]["category"]) == (
        "alert",
        ["intrusion_detection"],
    )
    assert signal["skillbridge"]["log"] == {"signal": "stuffing", "severity": "high", "kept": True}
