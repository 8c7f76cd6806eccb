"""What is asked among very many: mentors searched, finished jobs counted, a first screen read.

Asked of the adapters themselves, on the login that row level security binds; beside the same
questions of the SQLAlchemy ORM, on one that sees everything.
"""

import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec

from bench.figures import Goal, ratio, shown, times
from bench.peers.plain import Plain
from bench.same import Differs
from bench.sheet import Sheet, Tell
from bench.world import FILL_SECONDS, READER, modules, passable
from skillbridge.adapters import schema
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.gamification.reads import PostgresBadgeReads
from skillbridge.adapters.postgres.kernel.jobs import PostgresJobs
from skillbridge.adapters.postgres.matching.reads import PostgresMatchReads
from skillbridge.adapters.postgres.mentors.reads import PostgresMentorReads
from skillbridge.adapters.postgres.notifications.reads import PostgresNoticeReads
from skillbridge.adapters.postgres.profiles.reads import PostgresProfileReads
from skillbridge.adapters.postgres.progress.reads import PostgresJourneyReads
from skillbridge.adapters.postgres.ranking.learners import PostgresLearners
from skillbridge.adapters.postgres.roadmaps.reads import PostgresRoadmapReads
from skillbridge.application.mentors.ports import MentorSearch
from skillbridge.application.paging import PageRequest
from skillbridge.application.ports.jobs import JobState
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import RoadmapId, TenantId, UserId
from skillbridge.local.postgres import embedded_postgres

MENTORS, JOBS = 100_000, 1_000_000
PAGE = 21
WANTED_MS = 5.0
FILTERS: dict[str, Sequence[Any]] = {
    "text": ("word3 word10", "word4000", "absent"),
    "skill": ("skill-0", "skill-40", "skill-999", "absent"),
    "language": ("en", "l1", "l59", "absent"),
    "country": ("NG", "IS", "XX"),
    "free_only": (True,),
}
"""What many have, what few have, and what nobody has."""
BESIDE: list[dict[str, Any]] = [
    {},
    {"text": "word3 word10"},
    {"text": "absent"},
    {"skill": "skill-0"},
    {"skill": "skill-999"},
    {"skill": "absent"},
    {"language": "l59", "country": "IS"},
    {"skill": "skill-40", "free_only": True},
]
"""Searches that are compared."""
Ask = Callable[[], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Crowd:
    """The filled database, and who asks."""

    app: Database
    worker: Database
    plain: Plain
    actor: Actor
    roadmap_id: RoadmapId
    version: str

    def search(self, search: MentorSearch) -> Ask:
        mentors = PostgresMentorReads(self.app)
        return lambda: mentors.search(self.actor, search, PageRequest(PAGE))

    async def screen(self) -> None:
        """The nine reads of a learner's first screen; whom to suggest is the matcher's to say."""
        who, app = self.actor, self.app
        await PostgresProfileReads(app).me(who)
        roadmaps, notices = PostgresRoadmapReads(app), PostgresNoticeReads(app)
        await roadmaps.mine(who, PageRequest(PAGE - 1))
        await roadmaps.one(who, self.roadmap_id)
        await PostgresJourneyReads(app).of(who, self.roadmap_id)
        await PostgresLearners(app).learner(who)
        matches = PostgresMatchReads(app)
        await matches.mine(who, PageRequest(PAGE - 1), side=None, status=None)
        await notices.newest(who, PageRequest(PAGE - 1))
        await notices.unread(who)
        await PostgresBadgeReads(app).own(who)


async def measure(*, rounds: int, tell: Tell) -> tuple[list[Sheet], list[Goal]]:
    """Raises Differs. Three rounds are enough: the ORM takes seconds for some of it."""
    rounds = min(rounds, 3)
    tell(f"filling a database with {MENTORS:,} mentors and {JOBS:,} finished jobs")
    async with filled() as crowd:
        tell("searching among them")
        searched = await _searches(crowd, rounds)
        asked = await _others(crowd, rounds)
        return [searched[0], asked[0]], [*searched[1], *asked[1]]


async def _searches(crowd: Crowd, rounds: int) -> tuple[Sheet, list[Goal]]:
    rows, ratios = [], {}
    for wanted in BESIDE:
        search = MentorSearch(**wanted)
        ours, theirs = crowd.search(search), _plainly(crowd, search)
        if [card.id for card in (await ours()).items] != await theirs():
            raise Differs(f"the plain search finds others for {wanted}")
        name = ", ".join(f"{key} {value}" for key, value in wanted.items()) or "no filter"
        one, other = await _rounds(ours, theirs, rounds)
        ratios[name] = ratio(other, one)
        rows.append((name, shown(median(one)), shown(median(other)), times(ratios[name])))
    slowest = [(await _median_ms(crowd.search(one)), one) for one in every_search()]
    worst = max(took for took, _ in slowest)
    rows.append((f"the slowest of {len(slowest)} filters and pairs", shown(worst), "-", "-"))
    title = f"Mentors searched among {MENTORS:,}: a page of {PAGE}".replace(",", " ")
    sheet = Sheet(title, ("search", "p50 ms", "ORM p50 ms", "it ÷ we"), rows, _notes(crowd, rounds))
    return sheet, [
        Goal(
            "Mentor search, any filter or pair of filters: slowest p50 ms", WANTED_MS, worst, True
        ),
        Goal("Mentor search, absent words: ORM ÷ we", 50.0, ratios["text absent"]),
    ]


async def _others(crowd: Crowd, rounds: int) -> tuple[Sheet, list[Goal]]:
    jobs = PostgresJobs(crowd.worker)
    asked: dict[str, tuple[Ask, Ask]] = {
        "jobs counts": (jobs.counts, crowd.plain.counts),
        "jobs report": (
            lambda: jobs.report(JobState.DONE, limit=100),
            lambda: crowd.plain.report(100),
        ),
        "first screen, nine reads": (
            crowd.screen,
            lambda: crowd.plain.screen(crowd.actor.user_id, crowd.roadmap_id),
        ),
    }
    found = {name: await _rounds(*both, rounds) for name, both in asked.items()}
    rows = [
        (name, shown(median(one)), shown(median(other)), times(ratio(other, one)))
        for name, (one, other) in found.items()
    ]
    title = f"Reads beside {JOBS:,} finished jobs and {MENTORS:,} people".replace(",", " ")
    return Sheet(title, ("read", "p50 ms", "ORM p50 ms", "it ÷ we"), rows), [
        Goal("jobs counts: p50 ms", WANTED_MS, median(found["jobs counts"][0]), True),
        Goal("jobs report: p50 ms", WANTED_MS, median(found["jobs report"][0]), True),
        Goal(
            "First screen, nine reads: ORM ÷ we",
            2.0,
            ratio(*found["first screen, nine reads"][::-1]),
        ),
    ]


def every_search() -> list[MentorSearch]:
    """Each filter by itself, and each pair."""
    single = [{name: value} for name, values in FILTERS.items() for value in values]
    pairs = [
        {one: first, other: second}
        for one, other in combinations(FILTERS, 2)
        for first, second in product(FILTERS[one], FILTERS[other])
    ]
    return [MentorSearch(**wanted) for wanted in (*single, *pairs)]


def _plainly(crowd: Crowd, search: MentorSearch) -> Ask:
    return lambda: crowd.plain.search(crowd.actor.tenant_id, search, PAGE)


async def _rounds(ours: Ask, theirs: Ask, rounds: int) -> tuple[list[float], list[float]]:
    """The median of some questions of each in turn, in milliseconds."""
    for ask in (ours, theirs):
        await ask()
    found = [(await _median_ms(ours), await _median_ms(theirs, 1)) for _ in range(rounds)]
    return [one for one, _ in found], [other for _, other in found]


async def _median_ms(ask: Ask, often: int = 5) -> float:
    took = []
    for _ in range(often):
        begun = time.perf_counter()
        await ask()
        took.append(1000 * (time.perf_counter() - begun))
    return median(took)


def _notes(crowd: Crowd, rounds: int) -> tuple[str, ...]:
    how = (
        f"Medians of {rounds} interleaved rounds, one question after the other, PostgreSQL "
        f"{crowd.version} and the asking program on the cores that no server has."
    )
    who = (
        "Ours obeys row level security; the SQLAlchemy ORM asks the same tables with the same indexes "
        "on a login that sees everything, and finds the same mentors."
    )
    return (how, who)


@asynccontextmanager
async def filled() -> AsyncIterator[Crowd]:
    password, tenant, learner = secrets.token_hex(16), uuid4(), uuid4()
    with tempfile.TemporaryDirectory(prefix="skillbridge-bench-") as folder:
        async with embedded_postgres(
            passable(Path(folder)), throwaway=True, tell=lambda _: None
        ) as server:
            await schema.prepare(
                server.admin_url,
                app_password=password,
                auth_password=password,
                worker_password=password,
            )
            await schema.upgrade(server.admin_url)
            roadmap_id, version = await _fill(server.admin_url, tenant, learner, password)
            app = await Database.connect(server.url(schema.APP, password), size=1)
            worker = await Database.connect(server.url(schema.WORKER, password), size=1)
            plain = Plain(server.url(READER, password))
            actor = Actor.person(UserId(learner), TenantId(tenant))
            try:
                yield Crowd(app, worker, plain, actor, RoadmapId(roadmap_id), version)
            finally:
                await plain.engine.dispose()
                await app.close()
                await worker.close()


async def _fill(url: str, tenant: UUID, learner: UUID, password: str) -> tuple[UUID, str]:
    script = (Path(__file__).parent / "growth.sql").read_text()
    admin = await asyncpg.connect(url)
    try:
        await admin.execute(
            script.format(
                tenant=tenant, learner=learner, mentors=MENTORS, jobs=JOBS, reader=READER,
                modules=msgspec.json.encode(modules()).decode(), password=password,
            ),
            timeout=2 * FILL_SECONDS,
        )  # fmt: skip
        await admin.execute("vacuum analyze", timeout=FILL_SECONDS)
        return (
            await admin.fetchval("select id from roadmaps where learner_id = $1 limit 1", learner),
            await admin.fetchval("select current_setting('server_version')"),
        )
    finally:
        await admin.close()
