"""The write of a completion beside the same of others, taking turns on one core.

A completion is a row, the roadmap's percent, what happened and what follows from it, in one
transaction: every server's rows are compared with ours.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from redis.asyncio import Redis

from bench import same, wrk
from bench.contenders import DJANGO, FASTAPI, OURS
from bench.figures import Goal, Load, ratio
from bench.machine import Cores
from bench.server import Server
from bench.sheet import Sheet, Tell
from bench.side_by_side import Rounds, all_serving, table
from bench.world import World, filled_world
from skillbridge.domain.ids import UserId

LEARNERS = 200
OPEN = ("m06", "m07", "m08", "m09", "m10", "m11")
"""The modules that are put; the last one stays open, so that no roadmap is finished."""
WANTED = {FASTAPI.name: 4.0, DJANGO.name: 3.0}
BACK = """
    lock table completions, events, jobs in access exclusive mode;  -- who still writes ends first
    set session_replication_role = replica;
    delete from completions where module_id = any('{m06,m07,m08,m09,m10,m11}');
    update roadmaps set version = 1, percent = app.percent_done(
        modules, array(select c.module_id from completions as c where c.roadmap_id = id)
    ) where version > 1;
    truncate events, jobs;
    set session_replication_role = origin;
"""
LEFT = """
    select
        (select array_agg(module_id order by module_id) from completions where roadmap_id = $1),
        (select row_to_json(r) from (select percent, version from roadmaps where id = $1) as r),
        (select array_agg(name || (payload - 'at')::text) from events),
        (select array_agg(kind order by kind) from jobs)
"""
WRITTEN = """
    select
        (select count(*) from completions where module_id = any($1)),
        (select count(*) from events), (select count(*) / 2 from jobs)
"""
QUIET = 0.4
"""Seconds."""


class Lost(Exception):
    """Not every answered write was there afterwards."""


async def measure(
    cores: Cores, *, rounds: int, seconds: int, tell: Tell
) -> tuple[list[Sheet], list[Goal]]:
    """Raises Differs, DidNotStart, Failing, Lost or NoWrk."""
    wrk.require_wrk()
    tell("starting a database and filling it")
    async with (
        filled_world() as world,
        all_serving((OURS, FASTAPI, DJANGO), world, cores) as servers,
        _desk(world) as desk,
    ):
        await _compare(servers, desk)
        found: dict[str, list[Load]] = {name: [] for name in servers}
        for number in range(rounds + 1):  # the first one warms up
            tell(f"completions, round {number} of {rounds}")
            for name, server in servers.items():
                load = await _load(server, desk, seconds if number else 1)
                found[name] += [load] if number else []
        sheet = table("The write of a completion", "write", found, _notes(found, world))
        return [sheet], _goals(found)


class Desk:
    """Who completes what, and everything as it was before."""

    def __init__(self, world: World, admin: Any, redis: Redis, folder: Path) -> None:
        self.world, self.admin, self.redis = world, admin, redis
        self.lines = folder / "lines"

    async def prepare(self) -> None:
        """Writes the lines: neighbours are of different roadmaps."""
        rows = await self.admin.fetch(
            """select id, learner_id from roadmaps where learner_id in
                (select id from users order by id limit $1) and learner_id <> $2 order by id""",
            LEARNERS,
            self.world.user.id,
        )
        tokens = {row["learner_id"]: "" for row in rows}
        for learner in tokens:
            tokens[learner] = self.world.token(UserId(learner))
        self.lines.write_text(
            "".join(
                f"{tokens[row['learner_id']]} {path(row['id'], module)}\n"
                for module in OPEN
                for row in rows
            )
        )

    async def back(self) -> None:
        """As before any write; quotas too."""
        await self.admin.execute(BACK)
        await self.redis.flushall()

    async def left(self) -> Sequence[Any]:
        """What one completion of the roadmap left behind, but for times and ids."""
        return list(await self.admin.fetchrow(LEFT, self.world.roadmap_id))

    async def written(self) -> int:
        """Completions, each with its event and its two jobs, once no more come; raises Lost."""
        before, counts = None, await self.admin.fetchrow(WRITTEN, OPEN)
        while counts != before:  # what was on its way when the load ended
            await asyncio.sleep(QUIET)
            before, counts = counts, await self.admin.fetchrow(WRITTEN, OPEN)
        if len(set(counts)) != 1:
            raise Lost(f"completions, events and pairs of jobs: {tuple(counts)}")
        return int(counts[0])


def path(roadmap_id: UUID, module: str) -> str:
    return f"/v1/roadmaps/{roadmap_id}/modules/{module}/completion"


@asynccontextmanager
async def _desk(world: World) -> AsyncIterator[Desk]:
    admin = await asyncpg.connect(world.admin_url)
    redis = Redis.from_url(world.environment["REDIS_URL"])
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(world, admin, redis, Path(folder))
        try:
            await desk.prepare()
            yield desk
        finally:
            await redis.aclose()
            await admin.close()


async def _compare(servers: Mapping[str, Server], desk: Desk) -> None:
    """Raises Differs unless everyone answers the same and leaves the same rows."""
    where = path(desk.world.roadmap_id, OPEN[0])
    headers = {"Authorization": f"Bearer {desk.world.token()}"}
    said, left = {}, {}
    async with httpx.AsyncClient(headers=headers, trust_env=False) as client:
        for name, server in servers.items():
            await desk.back()
            answer = (await client.put(server.url + where)).raise_for_status().json()
            answer["completed"].pop(OPEN[0])  # when it was: each at its own moment
            said[name], left[name] = answer, await desk.left()
    for name in servers:
        same.check(said[OURS.name], said[name], name)
        same.check(left[OURS.name], left[name], f"what {name} wrote")


async def _load(server: Server, desk: Desk, seconds: int) -> Load:
    await desk.back()
    before = server.cpu_seconds()
    answered = await wrk.put_each(server.url, desk.lines, seconds=seconds)
    used = server.cpu_seconds() - before
    if (written := await desk.written()) < answered.requests:
        raise Lost(f"{answered.requests} writes were answered, {written} are there")
    return Load(answered.requests, answered.seconds, answered.p99_ms, used)


def _notes(found: Rounds, world: World) -> tuple[str, ...]:
    how = (
        f"PUT /v1/roadmaps/{{id}}/modules/{{id}}/completion. Medians of {len(found[OURS.name])} "
        "interleaved rounds, each from the same rows, no module put twice; ratios within a round. "
        f"One server core, wrk -t1 -c{wrk.CONNECTIONS} and PostgreSQL {world.postgres_version} on "
        "the others."
    )
    what = (
        "One transaction each: the roadmap locked, a completion, the percent, an event and its two "
        "jobs. Answers and rows were compared with ours; after each round every answered write was "
        "found with its event and jobs. Ours obeys row level security, counts each write against a "
        "quota in Valkey and wakes the workers there; the others do neither."
    )
    return how, what


def _goals(found: Rounds) -> list[Goal]:
    ours = [load.cpu_us for load in found[OURS.name]]
    return [
        Goal(
            f"The write of a completion: CPU, {name} ÷ we",
            least,
            ratio([load.cpu_us for load in found[name]], ours),
        )
        for name, least in WANTED.items()
    ]
