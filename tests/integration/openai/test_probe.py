"""Whether the model's server is there is asked where, and as, roadmaps are asked for."""

import asyncio

import pytest

from skillbridge.adapters.openai.probe import look_at
from skillbridge.adapters.openai.settings import OpenAISettings
from skillbridge.domain.errors import Unavailable

AZURE = "/openai/deployments/mine"


@pytest.mark.parametrize(
    ("path", "asked", "proof"),
    [
        ("", "/v1/models", "Authorization: Bearer sk-test"),
        ("/v1/chat/completions", "/v1/models", "Authorization: Bearer sk-test"),
        (
            f"{AZURE}/chat/completions?api-version=1",
            f"{AZURE}/models?api-version=1",
            "api-key: sk-test",
        ),
    ],
)
async def test_any_address_that_draws_roadmaps_is_looked_at(
    path: str, asked: str, proof: str
) -> None:
    heads: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        status = "200 OK" if proof in heads[-1] else "401 Unauthorized"
        writer.write(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n".encode())
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        url = f"http://{host}:{port}{path}"
        assert "answers" in await look_at(OpenAISettings(api_key="sk-test", base_url=url))
        with pytest.raises(Unavailable, match="refuses the key"):
            await look_at(OpenAISettings(api_key="sk-other", base_url=url))
    assert heads[0].startswith(f"GET {asked} ")
