"""A database, a Valkey, and the programs of SkillBridge between them."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
from tests.conftest import Urls
from tests.support.given.world import World, postgres_world
from tests.support.programs.children import Program, run
from tests.support.servers.model_server import ModelServer, serving
from tests.support.servers.valkey_process import ValkeyProcess
from tests.support.timing.patience import PATIENCE
from tests.unit.roadmaps.examples import a_brief

from skillbridge.adapters.redis.streams import RedisWake, WakeBroker
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.roadmaps.drafting import RequestRoadmap
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.gamification import BadgeAwarded
from skillbridge.domain.ids import BadgeId, JobId, RoadmapId, SessionId
from skillbridge.local.health import until_ready
from skillbridge.local.ports import HOST, free_port
from skillbridge.local.waiting import until

LEASE = 5.0


@dataclass(frozen=True)
class Api:
    program: Program
    url: str


@dataclass
class Stage:
    """What is there for many tests: the servers, the model, and workers that live on."""

    urls: Urls
    valkey: ValkeyProcess
    model: ModelServer
    folder: Path
    programs: list[Program] = field(default_factory=list)
    pool: list[Program] = field(default_factory=list)
    api: Api | None = None
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def mail(self) -> Path:
        return self.folder / "mail"

    async def start(self, *words: str, **env: str) -> Program:
        ours = {
            "SKILLBRIDGE_ENV": "test",
            "SKILLBRIDGE_HOME": str(self.folder / "home"),
            "SKILLBRIDGE_MAIL_DIR": str(self.mail),
            "SKILLBRIDGE_JOB_LEASE_SECONDS": str(LEASE),
            "SKILLBRIDGE_JOB_ATTEMPTS": "2",
            "DATABASE_URL": self.urls.app,
            "DATABASE_AUTH_URL": self.urls.auth,
            "DATABASE_WORKER_URL": self.urls.worker,
            "DATABASE_POOL": "10",
            "REDIS_URL": self.valkey.url,
            "OPENAI_API_KEY": "sk-test",
            "OPENAI_BASE_URL": self.model.url,
        }
        log = self.folder / f"{words[0]}-{next(self.numbers)}.log"
        started = await run(*words, env=ours | env, log=log)
        self.programs.append(started)
        return started

    async def worker(self, **env: str) -> Program:
        started = await self.start("worker", **env)
        await started.says("worker.ready")
        return started

    async def serve(self, **env: str) -> Api:
        """The API, ready."""
        port = free_port()
        program = await self.start("serve", "--port", str(port), **env)
        async with asyncio.timeout(PATIENCE):
            await until_ready(port)
        return Api(program, f"http://{HOST}:{port}")

    async def serving(self) -> Api:
        """An API that lives on, as the workers do."""
        if self.api is None or self.api.program.process.returncode is not None:
            self.api = await self.serve()
        return self.api

    def living(self) -> list[Program]:
        return [worker for worker in self.pool if worker.process.returncode is None]

    async def workers(self, number: int) -> list[Program]:
        """So many at work: missing ones are started, others are frozen until the test's end."""
        living = self.living()
        for wanted in living[:number]:
            wanted.thaw()
        for spare in living[number:]:
            spare.freeze()
        missing = range(number - len(living))
        living += await asyncio.gather(*(self.worker() for _ in missing))
        self.pool = living
        return living[:number]

    async def fresh_workers(self, number: int) -> list[Program]:
        for worker in self.living():
            await worker.kill()
        return await self.workers(number)


@asynccontextmanager
async def a_stage(urls: Urls, folder: Path) -> AsyncIterator[Stage]:
    async with serving() as model:
        stage = Stage(urls, await ValkeyProcess(folder).start(), model, folder)
        try:
            yield stage
        finally:
            for program in stage.programs:
                await program.kill()
            await stage.valkey.kill()


@dataclass
class Scene:
    """One test's tenant. Its own requests wake nobody: as if the API died after the commit."""

    world: World
    admin: asyncpg.Connection
    stage: Stage

    async def operator(self, *words: str) -> str:
        """What `skillbridge …` prints; it must succeed."""
        program = await self.stage.start(*words)
        code, printed = await program.ended(), program.log.read_text(encoding="utf-8")
        assert code == 0, printed
        return printed

    async def token(self, actor: Actor) -> str:
        anonymous = Actor.pre_authentication(actor.tenant_id)
        async with self.world.scope(anonymous) as scope:
            users, transaction = await scope.get(Users), await scope.get(Transaction)
            tokens: Tokens = await scope.get(Tokens)
            async with transaction(anonymous, read_only=True):
                user = await users.peek(actor.user_id)
        return tokens.issue(user.id, user.tenant_id, SessionId(uuid4()), user.roles)

    async def emit(self, *events: Event) -> list[JobId]:
        """What a request does until it has committed; returns the jobs that follow."""
        system = self.world.system()
        async with self.world.scope(system) as scope:
            transaction = await scope.get(Transaction)
            async with transaction(system) as tx:
                tx.emit(*events)
        ids = [event.id for event in events]
        found = await self.admin.fetch("select id from jobs where event_id = any($1::uuid[])", ids)
        return [JobId(row["id"]) for row in found]

    async def jobs_of(self, learner: Actor, number: int) -> list[JobId]:
        """So many jobs, each of which tells the learner something once."""
        at = datetime.now(UTC)
        return await self.emit(
            *(
                BadgeAwarded(
                    user_id=learner.user_id, badge_id=BadgeId(uuid4().hex), title="", at=at
                )
                for _ in range(number)
            )
        )

    async def wake(self, job_ids: list[JobId]) -> None:
        """What a request does after it has committed."""
        broker = WakeBroker(self.stage.valkey.url)
        await broker.startup()
        await RedisWake(broker)(job_ids)
        await broker.shutdown()

    async def ask_for_roadmap(self, learner: Actor) -> RoadmapId:
        asked = await self.world.do(RequestRoadmap, learner, a_brief())
        return RoadmapId(asked.roadmap_id)

    async def value(self, query: str, *arguments: Any) -> Any:
        return await self.admin.fetchval(query, *arguments)

    async def told(self, learner: Actor, kind: str = "BadgeAwarded") -> int:
        """The notices that reached the learner."""
        query = "select count(*) from notices where user_id = $1 and kind = $2"
        return int(await self.value(query, learner.user_id, kind))

    async def attempts(self, kind: str) -> dict[str, list[int]]:
        """How often each job of a kind was begun, by the state it is in."""
        query = "select state, attempts from jobs where tenant_id = $1 and kind = $2"
        found: dict[str, list[int]] = {}
        for row in await self.admin.fetch(query, self.world.tenant_id, kind):
            found.setdefault(row["state"], []).append(row["attempts"])
        return found

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> float:
        """Seconds until it holds."""
        begun = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                await until(holds, every=0.05)
        except TimeoutError:
            logs = "\n".join(
                program.log.read_text("utf-8")[-2000:] for program in self.stage.programs
            )
            raise AssertionError(f"not within {PATIENCE} s\n{logs}") from None
        return time.monotonic() - begun

    async def until_told(self, learner: Actor, number: int, kind: str = "BadgeAwarded") -> float:
        async def all_told() -> bool:
            return await self.told(learner, kind) >= number

        return await self.until(all_told)


@asynccontextmanager
async def a_scene(stage: Stage) -> AsyncIterator[Scene]:
    urls = stage.urls
    async with postgres_world(urls) as world:
        assert world.admin is not None
        try:
            yield Scene(world, world.admin, stage)
        finally:
            # What a test left to be done would ask the model in the place of the next one's.
            await world.admin.execute(
                "update jobs set state = 'done', lease_until = null"
                " where tenant_id = $1 and state in ('ready', 'running')",
                world.tenant_id,
            )
            for worker in stage.living():
                worker.thaw()
