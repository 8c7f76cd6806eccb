"""A local server that speaks the chat-completions contract, well or badly, as told."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from skillbridge.domain.roadmaps.outline import Outline


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    drops: bool = False
    after: asyncio.Event | None = None
    """Thinks until the test says so."""


@dataclass(frozen=True)
class Question:
    """One request, `number` from 1 on."""

    number: int
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def form(self) -> str | None:
        """How the form of the answer is demanded."""
        kind: str | None = self.body.get("response_format", {}).get("type")
        return kind

    @property
    def told(self) -> str:
        """All that is said to the model."""
        return "\n".join(message["content"] for message in self.body["messages"])


@dataclass
class ModelServer:
    """Gives its replies one after the other, and the last one again and again; or as it decides."""

    replies: Sequence[Reply] = ()
    decides: Callable[[Question], Reply] | None = None
    questions: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""
    guests: set[asyncio.Task[None]] = field(default_factory=set)

    def welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        guest = asyncio.create_task(self._serve(reader, writer))
        self.guests.add(guest)

    async def close(self) -> None:
        for guest in self.guests:
            guest.cancel()
        await asyncio.gather(*self.guests, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                reply = await self._take(head.decode(), reader)
                if reply.drops:
                    break
                await self._send(reply, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _take(self, head: str, reader: asyncio.StreamReader) -> Reply:
        first, *lines = head.strip().split("\r\n")
        method, path, _ = first.split(" ")
        assert method == "POST"
        assert self.decides or path == "/v1/chat/completions"
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        question = json.loads(await reader.readexactly(int(headers["content-length"])))
        self.questions.append(question)
        self.headers.append(headers)
        if self.decides:
            return self.decides(Question(len(self.questions), path, headers, question))
        return self.replies[min(len(self.questions), len(self.replies)) - 1]

    async def _send(self, reply: Reply, writer: asyncio.StreamWriter) -> None:
        if reply.hangs:
            await asyncio.Event().wait()
        if reply.after:
            await reply.after.wait()
        lines = [f"HTTP/1.1 {reply.status} Said", f"content-length: {len(reply.body)}"]
        lines += [f"{name}: {value}" for name, value in reply.headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + reply.body)
        await writer.drain()


@asynccontextmanager
async def serving(*replies: Reply | Callable[[Question], Reply]) -> AsyncIterator[ModelServer]:
    """With replies in their order, or with one function that decides."""
    plain = [reply for reply in replies if isinstance(reply, Reply)]
    model = ModelServer(plain, next((one for one in replies if not isinstance(one, Reply)), None))
    server = await asyncio.start_server(model.welcome, "127.0.0.1", 0, limit=2**20)
    model.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield model
    finally:
        server.close()
        await model.close()


def says(text: str | None, *, finish: str = "stop", refusal: str | None = None) -> Reply:
    message = {"role": "assistant", "content": text, "refusal": refusal}
    choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
    completion = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "test",
        "choices": [choice],
        "usage": {"prompt_tokens": 900, "completion_tokens": 300, "total_tokens": 1200},
    }
    return Reply(body=json.dumps(completion).encode(), headers={"content-type": "application/json"})


def draws(outline: Outline, **changes: Any) -> Reply:
    """The model's answer for an outline; changes go into its last module."""
    return says(drawn(outline, **changes))


def drawn(outline: Outline, **changes: Any) -> str:
    names = ("id", "title", "summary", "skill", "minutes", "weight", "prerequisites", "resources")
    modules = [{name: getattr(module, name) for name in names} for module in outline.modules]
    modules[-1] |= changes
    return json.dumps({"title": outline.title, "modules": modules})


def fails(status: int, code: str = "any", **headers: str) -> Reply:
    body = json.dumps({"error": {"message": "no", "type": code, "param": None, "code": code}})
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, body.encode(), {"content-type": "application/json"} | sent)
