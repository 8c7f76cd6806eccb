"""Learners at the API who ask again and again, and a matcher that goes and comes."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from tests.conftest import Urls
from tests.support.given.world import World
from tests.support.matcher.matcher_process import MatcherProcess
from tests.support.timing.patience import PATIENCE

from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import SessionId, SkillId
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.http.app import create_app
from skillbridge.entrypoints.http.server.inject import HttpProvider
from skillbridge.entrypoints.wiring import memory, stack
from skillbridge.local.waiting import until
from skillbridge.settings import DatabaseUrl, HttpUrl, Settings

PYTHON = SkillId("python-basics")
BEFORE_EACH = 0.01  # seconds
Turn = Callable[[MatcherProcess], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    path: str
    at: float
    took: float
    status: int
    header: str
    degraded: bool
    source: str
    scores: tuple[tuple[str, int, tuple[tuple[str, int], ...]], ...]
    """Mentor, total and terms."""


@dataclass
class Stream:
    """Whoever asks here, and what they were told."""

    client: httpx.AsyncClient
    answers: list[Answer] = field(default_factory=list)
    askers: list[asyncio.Task[None]] = field(default_factory=list)

    async def flow(self, path: str, headers: dict[str, str]) -> None:
        """One learner with one question, until cancelled."""
        while True:
            self.answers.append(await self._ask(path, headers))
            await asyncio.sleep(BEFORE_EACH)

    async def _ask(self, path: str, headers: dict[str, str]) -> Answer:
        begun = time.monotonic()
        answer = await self.client.get(path, headers=headers)
        now, said = time.monotonic(), answer.json()
        return Answer(
            path=path,
            at=now,
            took=now - begun,
            status=answer.status_code,
            header=answer.headers["x-degraded"],
            degraded=said["degraded"],
            source=said["source"],
            scores=tuple(scored(item) for item in said["items"]),
        )

    async def flows(self, number: int, *, degraded: bool) -> None:
        """Waits for so many more answers of this kind."""
        before = self._count(degraded=degraded)
        async with asyncio.timeout(PATIENCE):
            await until(
                lambda: self._count(degraded=degraded) >= before + number or self._stopped(),
                every=0.01,
            )
        for asker in self.askers:
            assert not asker.done(), f"a question was not answered: {asker.exception()!r}"

    def _stopped(self) -> bool:
        return any(asker.done() for asker in self.askers)

    def _count(self, *, degraded: bool) -> int:
        return sum(answer.degraded is degraded for answer in self.answers)


def scored(item: dict[str, Any]) -> tuple[str, int, tuple[tuple[str, int], ...]]:
    return item["mentor"]["id"], item["total"], tuple(sorted(item["terms"].items()))


@asynccontextmanager
async def asking(
    world: World, urls: Urls, questions: list[tuple[Actor, str]], matcher: str
) -> AsyncIterator[Stream]:
    """The API with a matcher behind it, and the learners who ask it, each with a path."""
    settings = Settings(
        env="test",
        limit_factor=1000,
        database_url=DatabaseUrl(urls.app),
        database_auth_url=DatabaseUrl(urls.auth),
        matcher_url=HttpUrl(matcher),
    )
    container = wiring.make_container(
        stack.storage(settings, worker=False),
        memory.signals(),
        *wiring.outside(settings),
        HttpProvider(),
    )
    app: Any = create_app(container, settings)
    for start in app.on_startup:
        await start(app)
    transport = httpx.ASGITransport(app)  # in this loop, so that questions overlap
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        stream = Stream(client)
        stream.askers = [
            asyncio.create_task(
                stream.flow(path, {"Authorization": f"Bearer {await token(world, actor)}"})
            )
            for actor, path in questions
        ]
        try:
            yield stream
        finally:
            for asker in stream.askers:
                asker.cancel()
            await asyncio.wait(stream.askers)
            for stop in app.on_shutdown:
                await stop()


async def token(world: World, actor: Actor) -> str:
    async with world.scope(actor) as scope:
        users, transaction = await scope.get(Users), await scope.get(Transaction)
        tokens: Tokens = await scope.get(Tokens)
        async with transaction(actor.before_authentication, read_only=True):
            user = await users.peek(actor.user_id)
    return tokens.issue(user.id, user.tenant_id, SessionId(uuid4()), user.roles)


async def killed(process: MatcherProcess) -> None:
    await process.kill()


async def started(process: MatcherProcess) -> None:
    await process.start()


async def frozen(process: MatcherProcess) -> None:
    assert process.child is not None
    process.child.send_signal(signal.SIGSTOP)


async def thawed(process: MatcherProcess) -> None:
    assert process.child is not None
    process.child.send_signal(signal.SIGCONT)
