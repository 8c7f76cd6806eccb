"""A server of ours that says "look elsewhere" sends no request of ours, and no secret, anywhere else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from tests.support.timing.patience import PATIENCE
from tests.unit.roadmaps.examples import CATALOGUE, a_brief

from skillbridge.adapters.matcher.client import MatcherClient, MatcherGarbled
from skillbridge.adapters.openai.author import OpenAIAuthor
from skillbridge.adapters.openai.probe import look_at
from skillbridge.adapters.openai.settings import OpenAISettings
from skillbridge.application.roadmaps.ports import AuthorUnavailable
from skillbridge.domain.ids import TenantId

pytestmark = [pytest.mark.row("L13"), pytest.mark.asvs("15.3.2")]


@dataclass
class Listener:
    """Answers each request alike, and keeps what was asked."""

    answer: bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
    port: int = 0
    heads: list[bytes] = field(default_factory=list)

    async def served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(self.answer)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def listening(listener: Listener) -> AsyncIterator[Listener]:
    async with await asyncio.start_server(listener.served, "127.0.0.1", 0) as server:
        listener.port = server.sockets[0].getsockname()[1]
        yield listener


@pytest.fixture(params=[301, 302, 303, 307, 308])
async def two(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Listener, Listener]]:
    """One that sends on, and the one that it sends to."""
    async with listening(Listener()) as elsewhere:
        place = f"location: http://127.0.0.1:{elsewhere.port}/v1/models"
        head = f"HTTP/1.1 {request.param} Look\r\n{place}\r\nconnection: close\r\n"
        async with listening(Listener(f"{head}content-length: 0\r\n\r\n".encode())) as first:
            yield first, elsewhere


async def test_a_model_that_moved_is_not_followed(two: tuple[Listener, Listener]) -> None:
    first, elsewhere = two
    url = f"http://127.0.0.1:{first.port}/v1"
    author = OpenAIAuthor(
        OpenAISettings(api_key="sk-test", base_url=url, model="test"), sleep=at_once
    )
    with pytest.raises(AuthorUnavailable):
        await author.draft(a_brief(), CATALOGUE)
    await author.close()
    assert first.heads
    assert elsewhere.heads == []


async def at_once(_: float) -> None:
    """No pause between tries."""


async def test_a_probe_is_not_sent_on(two: tuple[Listener, Listener]) -> None:
    first, elsewhere = two
    await look_at(OpenAISettings(api_key="sk-test", base_url=f"http://127.0.0.1:{first.port}"))
    assert len(first.heads) == 1
    assert elsewhere.heads == []


async def test_a_matcher_that_moved_is_not_followed(two: tuple[Listener, Listener]) -> None:
    first, elsewhere = two
    client = MatcherClient(
        lambda: f"http://127.0.0.1:{first.port}", secret="s" * 40, timeout=PATIENCE
    )
    with pytest.raises(MatcherGarbled):
        await client.held(TenantId(uuid4()))
    await client.aclose()
    assert len(first.heads) == 1
    assert elsewhere.heads == []
