"""Whoever calls out says by which contract, how long, how often, and what happens otherwise."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import httpx
import pytest

import skillbridge.adapters
from skillbridge.adapters.oauth.fetching import Fetcher, NoAnswer
from skillbridge.adapters.openai.client import ChatModel
from skillbridge.adapters.openai.conversation import Failure
from skillbridge.adapters.openai.settings import OpenAISettings
from skillbridge.adapters.outgoing import Outgoing

pytestmark = pytest.mark.row("L13")

ROOT = Path(skillbridge.adapters.__file__).parent
CALLS_OUT = {
    "AsyncClient",
    "AsyncOpenAI",
    "SMTP",
    "urlopen",
    "open_connection",
    "create_connection",
    "S3Store",
}
"""What opens a connection, by the name that the source calls; databases and Redis are parts of ours."""
CALLING = {"files", "mail", "matcher", "oauth", "openai", "sms"}
LONGEST = 60.0


def declared() -> Iterator[tuple[str, Outgoing]]:
    """By the package of the adapter."""
    for path in sorted(ROOT.rglob("*.py")):
        if any(line.startswith("OUTGOING = ") for line in path.read_text().splitlines()):
            name = ".".join(("skillbridge.adapters", *path.relative_to(ROOT).with_suffix("").parts))
            yield path.relative_to(ROOT).parts[0], import_module(name).OUTGOING


def test_every_adapter_that_opens_a_connection_says_what_it_promises() -> None:
    calling = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            called = getattr(node, "func", None)
            name = getattr(called, "attr", getattr(called, "id", None))
            if name in CALLS_OUT:
                calling.add(path.relative_to(ROOT).parts[0])
    assert calling == CALLING, "a new one declares OUTGOING, and is named here"
    assert {name for name, _ in declared()} == CALLING


@pytest.mark.parametrize(("adapter", "promise"), list(declared()))
def test_what_is_promised_has_an_end(adapter: str, promise: Outgoing) -> None:
    assert 0 < promise.deadline <= LONGEST
    assert 1 <= promise.tries <= 3
    assert any(sign.isdigit() for sign in promise.contract), "a contract has a version"
    assert promise.fallback
    sources = "".join(path.read_text() for path in (ROOT / adapter).rglob("*.py"))
    assert "Breaker(" in sources, adapter


async def test_a_provider_that_is_away_is_left_alone_and_others_are_not() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        if request.url.host == "away.example":
            raise httpx.ConnectError("away")
        return httpx.Response(200, stream=httpx.ByteStream(b"{}"))

    fetcher = Fetcher(httpx.MockTransport(answer))
    for _ in range(8):
        with pytest.raises(NoAnswer):
            await fetcher.get("https://away.example/keys")
    assert (await fetcher.get("https://there.example/keys")).good
    assert asked == ["away.example"] * 5 + ["there.example"]
    await fetcher.aclose()


async def test_a_model_that_is_away_is_left_alone() -> None:
    model = ChatModel(OpenAISettings(base_url="http://127.0.0.1:9/v1", connect_seconds=1))
    for _ in range(5):
        with pytest.raises(Failure, match="cannot be reached"):
            await model.answer([], {})
    with pytest.raises(Failure, match="left alone"):
        await model.answer([], {})
    await model.close()
