"""Where each worker's jobs wait: giving them, asking what is undone, and reading what they wrote."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any

import asyncpg
from celery import Celery
from procrastinate.schema import SchemaManager
from redis.asyncio import Redis

from bench.world import READER, World

OURS, PROCRASTINATE, CELERY = "SkillBridge", "Procrastinate", "Celery, threads, late acks"
PEOPLE = f"""
    insert into profiles (user_id, tenant_id, name)
    select id, tenant_id, 'Person ' || row_number() over (order by id) from users;
    grant select on profiles to {READER};
    grant select, insert on notices to {READER};
    create schema procrastinate authorization {READER};
    alter role {READER} set search_path = procrastinate, public;
"""
EVENTS = """
    insert into events (id, tenant_id, name, payload, at)
    select gen_random_uuid(), tenant_id, 'MatchRequested', jsonb_build_object(
        'at', now(), 'match_id', gen_random_uuid(), 'learner_id', id,
        'mentor_id', lead(id, 1, '{first}') over (order by id)
    ), now()
    from users order by id limit {most}
"""
SAID = """
    select tenant_id::text as tenant, id::text as event, at::text as at,
        payload ->> 'learner_id' as learner, payload ->> 'mentor_id' as mentor,
        payload ->> 'match_id' as match
    from events order by id limit $1
"""
WROTE = """
    select event_id::text, user_id::text, kind, about, title, body, link
    from notices order by event_id
"""


class Kind(StrEnum):
    """What is to be done."""

    NOTHING = "a bare job"
    TELL = "one that tells a mentor"


class Ledger(ABC):
    """Of one worker."""

    stream = ""
    """Where the worker is told to look, unless giving a job does that already."""

    def __init__(self, admin: Any, redis: Redis) -> None:
        self.admin, self.redis = admin, redis

    async def give(self, kind: Kind, number: int, *, tell: bool = True) -> None:
        """So many jobs, and nothing that was written before; the worker is told, or not."""
        await self.admin.execute("truncate notices, jobs")
        await self._give(kind, number)
        if tell and self.stream:
            await self.redis.xadd(self.stream, {"data": "look"})

    @abstractmethod
    async def _give(self, kind: Kind, number: int) -> None: ...

    @abstractmethod
    async def undone(self) -> bool:
        """Whether jobs wait, or are at work."""

    async def wrote(self) -> list[list[Any]]:
        return [list(row) for row in await self.admin.fetch(WROTE)]


class OurLedger(Ledger):
    stream = "skillbridge:jobs"

    async def _give(self, kind: Kind, number: int) -> None:
        await self.admin.execute(
            """insert into jobs (id, tenant_id, kind, event_id)
            select gen_random_uuid(), tenant_id, $1, id from events order by id limit $2""",
            {Kind.NOTHING: "Nothing", Kind.TELL: "NotifyPeople"}[kind],
            number,
        )

    async def undone(self) -> bool:
        return bool(
            await self.admin.fetchval("select exists (select from jobs where state <> 'done')")
        )


class ProcrastinateLedger(Ledger):
    async def _give(self, kind: Kind, number: int) -> None:
        await self.admin.execute("truncate procrastinate.procrastinate_jobs cascade")
        await self.admin.execute(
            f"""insert into procrastinate.procrastinate_jobs (queue_name, task_name, args)
            select 'default', $1, to_jsonb(said) from ({SAID.replace("$1", "$2")}) as said""",
            {Kind.NOTHING: "nothing", Kind.TELL: "tell"}[kind],
            number,
        )

    async def undone(self) -> bool:
        return bool(
            await self.admin.fetchval(
                """select exists (select from procrastinate.procrastinate_jobs
                    where status <> 'succeeded')"""
            )
        )


class CeleryLedger(Ledger):
    def __init__(self, admin: Any, redis: Redis, url: str) -> None:
        super().__init__(admin, redis)
        self.app = Celery(broker=url)

    async def _give(self, kind: Kind, number: int) -> None:
        name = {Kind.NOTHING: "nothing", Kind.TELL: "tell"}[kind]
        for said in await self.admin.fetch(SAID, number):
            self.app.send_task(f"bench.peers.jobs.with_celery.{name}", kwargs=dict(said))

    async def undone(self) -> bool:
        return bool(await self.redis.llen("celery") or await self.redis.hlen("unacked"))


@asynccontextmanager
async def ledgers(world: World, most: int) -> AsyncIterator[Mapping[str, Ledger]]:
    """Each with the same `most` things to tell."""
    url = world.environment["REDIS_URL"]
    admin, redis = await asyncpg.connect(world.admin_url), Redis.from_url(url)
    try:
        await admin.execute(PEOPLE)
        await admin.execute("set search_path = public, procrastinate")  # as its triggers want it
        first = await admin.fetchval("select min(id::text) from users")
        await admin.execute(EVENTS.format(first=first, most=most))
        await admin.execute("analyze")
        owner = await asyncpg.connect(world.environment["BENCH_DATABASE_URL"])
        await owner.execute(SchemaManager.get_schema())
        await owner.close()
        yield {
            OURS: OurLedger(admin, redis),
            PROCRASTINATE: ProcrastinateLedger(admin, redis),
            CELERY: CeleryLedger(admin, redis, url),
        }
    finally:
        await redis.aclose()
        await admin.close()
