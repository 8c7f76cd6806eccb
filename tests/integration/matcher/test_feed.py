"""How the matcher's copy is kept at the present version, whatever happens to either side."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from dishka import Provider, Scope, make_async_container
from structlog.contextvars import bound_contextvars
from structlog.testing import capture_logs
from tests.support.given.matching import mentor
from tests.support.given.mentors import TENANT, ListedPool, a_mentor, a_need, user
from tests.support.given.world import World
from tests.support.matcher.lying_matcher import http, lying_matcher
from tests.support.matcher.matcher_process import MatcherProcess, built
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.matcher.client import MatcherAway, MatcherClient, matcher_url
from skillbridge.adapters.matcher.fallback import TENANTS_HELD, FallbackMatcher
from skillbridge.adapters.matcher.provider import MatcherProvider, MatcherSettings
from skillbridge.adapters.matcher.switch import TROUBLE, SwitchingMatcher
from skillbridge.adapters.matcher.sync import GAPS_HEALED, MatcherFeed
from skillbridge.adapters.resilience import Breaker
from skillbridge.application.mentors.offers import OfferMentoring
from skillbridge.application.ranking.ports.pool import Delta, MentorPool, PoolFeed, Snapshot
from skillbridge.application.ranking.ports.ranker import Ranker, Source
from skillbridge.domain.ids import TenantId
from skillbridge.domain.mentors.mentor import Offer

pytestmark = pytest.mark.row("G1", "G3")


@dataclass
class OvertakenPool(ListedPool):
    """A pool of which somebody else sends changes first, right after each of our readings."""

    overtake: Callable[[], Awaitable[None]] | None = field(default=None)
    times: int = 0

    async def changes_since(self, tenant_id: TenantId, version: int) -> Delta | None:
        if self.overtake is None or self.times == 0:
            return await super().changes_since(tenant_id, version)
        self.times -= 1
        self.change(a_mentor(20 + self.times))
        delta = await super().changes_since(tenant_id, version)
        await self.overtake()
        return delta


@dataclass
class LatePool(ListedPool):
    """A pool of which somebody else sends what is newer, between our reading and our sending."""

    in_between: Callable[[], Awaitable[None]] | None = field(default=None)

    async def candidates(self, tenant_id: TenantId) -> Snapshot:
        snapshot = await super().candidates(tenant_id)
        if self.in_between is not None:
            in_between, self.in_between = self.in_between, None
            await in_between()
        return snapshot


@dataclass
class SlowClock(ListedPool):
    """A pool as seen in the week before, while somebody with a clock ahead of ours fed the next."""

    behind: int = 1

    async def candidates(self, tenant_id: TenantId) -> Snapshot:
        version, everyone = await super().candidates(tenant_id)
        return Snapshot(version - self.behind, everyone)

    async def changes_since(self, tenant_id: TenantId, version: int) -> Delta | None:
        return None


@pytest.fixture
async def process() -> AsyncIterator[MatcherProcess]:
    made = await MatcherProcess(await built()).start()
    yield made
    await made.kill()


@pytest.fixture
async def client(process: MatcherProcess) -> AsyncIterator[MatcherClient]:
    made = MatcherClient(lambda: process.url, timeout=PATIENCE)
    yield made
    await made.aclose()


async def ranked(client: MatcherClient) -> list[int]:
    answer = await client.rank(TENANT, a_need(), 10)
    return [found.id.int for found in answer.suggestions]


async def test_a_new_matcher_gets_everything_and_then_only_changes(client: MatcherClient) -> None:
    pool = ListedPool.of(a_mentor(10), a_mentor(11))
    feed = MatcherFeed(client, pool)
    await feed.push(TENANT)
    assert (await ranked(client), pool.asked) == ([10, 11], 1)
    pool.drop(user(10))
    pool.change(a_mentor(12))
    await feed.push(TENANT)
    await feed.push(TENANT)
    assert (await ranked(client), pool.asked) == ([11, 12], 1)
    assert (await client.held(TENANT)).version == 4


async def test_a_restarted_matcher_gets_everything_again(
    client: MatcherClient, process: MatcherProcess
) -> None:
    pool = ListedPool.of(a_mentor(10))
    feed = MatcherFeed(client, pool)
    await feed.push(TENANT)
    await process.kill()
    await process.start()
    await feed.push(TENANT)
    assert (await ranked(client), pool.asked) == ([10], 2)


async def test_history_that_is_gone_or_never_was_is_healed_by_a_snapshot(
    client: MatcherClient,
) -> None:
    pool = ListedPool.of(a_mentor(10), a_mentor(11), a_mentor(12))
    feed = MatcherFeed(client, pool)
    await feed.push(TENANT)
    pool.drop(user(12))
    pool.oldest = 4
    await feed.push(TENANT)
    assert (await ranked(client), pool.asked) == ([10, 11], 2)


async def test_a_snapshot_that_comes_late_never_undoes_a_newer_one(client: MatcherClient) -> None:
    pool = LatePool.of(a_mentor(10))
    assert isinstance(pool, LatePool)
    other, versions = ListedPool(pool.mentors, pool.history, seals=pool.seals), list[int]()

    async def in_between() -> None:
        for number in (11, 12):
            pool.change(a_mentor(number))
        await MatcherFeed(client, other).push(TENANT)
        versions.append((await client.held(TENANT)).version)

    pool.in_between = in_between
    with capture_logs() as logs:
        await MatcherFeed(client, pool).push(TENANT)
    assert (versions, (await client.held(TENANT)).version) == ([3], 3)
    assert [line["event"] for line in logs].count("pool sent") == 1, "the newer one alone"
    assert await ranked(client) == [10, 11, 12]


async def test_a_clock_that_is_behind_sends_nothing_over_what_a_clock_ahead_sent(
    client: MatcherClient,
) -> None:
    pool = ListedPool.of(a_mentor(10), a_mentor(11))
    await MatcherFeed(client, pool).push(TENANT)
    slow = SlowClock(pool.mentors, pool.history, seals=pool.seals)
    with capture_logs() as logs:
        await MatcherFeed(client, slow).push(TENANT)
    assert ([line["event"] for line in logs], slow.asked) == ([], 1)
    assert (await client.held(TENANT)).version == 2


@pytest.mark.parametrize("grown", [0, 2, 3, 5])
async def test_a_database_that_went_back_to_a_backup_is_what_counts(
    client: MatcherClient, grown: int
) -> None:
    """Also when its versions grew again, below what the matcher holds, to it, or beyond."""
    lost = ListedPool.of(*(a_mentor(number) for number in range(10, 14)))
    await MatcherFeed(client, lost).push(TENANT)
    restored = ListedPool.of(*(a_mentor(number) for number in [10, *range(20, 20 + grown)]))
    feed = MatcherFeed(client, restored)
    with capture_logs() as logs:
        await feed.push(TENANT)
    ahead = "matcher is ahead of the database"
    assert (ahead in [line["event"] for line in logs]) == (len(restored.history) < 4)
    assert (await client.held(TENANT)).version == len(restored.history)
    assert await ranked(client) == [10, *range(20, 20 + grown)]
    restored.change(a_mentor(30))
    await feed.push(TENANT)
    assert ((await ranked(client))[-1], restored.asked) == (30, 1)


async def test_a_restored_tenant_of_the_database_heals_by_itself(
    world: World, client: MatcherClient
) -> None:
    """The rows of matching go back to what they were, seals and numbers among them."""
    if world.admin is None:
        pytest.skip("the store in memory has no backups")
    pool, of = await world.worker.get(MentorPool), await mentor(world, capacity=1)
    feed = MatcherFeed(client, pool)
    await feed.push(world.tenant_id)
    before = await client.held(world.tenant_id)
    for table in BACKED_UP:
        await world.admin.execute(f"create temp table old_{table} as table {table}")
    for capacity in (2, 3):
        offer = Offer(headline="Here to help", capacity=capacity)
        await world.do(OfferMentoring, of, offer)
        await feed.push(world.tenant_id)
    assert (await client.held(world.tenant_id)).version > before.version
    for statement in RESTORE:
        await world.admin.execute(statement)
    known = await pool.known(world.tenant_id, (), before.version)
    assert (known.version, known.digest) == (before.version, before.digest)
    await feed.push(world.tenant_id)
    assert await client.held(world.tenant_id) == before


BACKED_UP = ["mentors", "pool_versions", "pool_seals", "mentor_digests"]
RESTORE = [
    "set session_replication_role = replica",
    """
    update mentors m set capacity = o.capacity, pool_version = o.pool_version
    from old_mentors o where o.user_id = m.user_id
    """,
    """
    update pool_versions v set version = o.version
    from old_pool_versions o where o.tenant_id = v.tenant_id
    """,
    *(
        line
        for table in ("pool_seals", "mentor_digests")
        for line in (f"delete from {table}", f"insert into {table} table old_{table}")
    ),
    "set session_replication_role = origin",
    *(f"drop table old_{table}" for table in BACKED_UP),
]


@pytest.mark.parametrize("times", [1, GAPS_HEALED, GAPS_HEALED + 1])
async def test_two_feeders_that_overtake_each_other_end_at_the_present(
    client: MatcherClient, times: int
) -> None:
    pool = OvertakenPool.of(a_mentor(10))
    assert isinstance(pool, OvertakenPool)
    other = ListedPool(pool.mentors, pool.history)
    await MatcherFeed(client, pool).push(TENANT)

    async def overtake() -> None:
        await MatcherFeed(client, other).push(TENANT)

    pool.change(a_mentor(11))
    pool.overtake, pool.times = overtake, times
    await MatcherFeed(client, pool).push(TENANT)
    assert pool.asked == (1 if times < GAPS_HEALED else 2)
    assert (await client.held(TENANT)).version == len(pool.history)
    assert await ranked(client) == sorted(mentor.int for mentor in pool.mentors)


async def test_that_there_is_no_matcher_yet_is_a_state_and_told_once(
    process: MatcherProcess, tmp_path: Path
) -> None:
    """However often it is pushed and asked meanwhile; so is that it came, and then it is filled."""
    file, pool = tmp_path / "matcher.url", ListedPool.of(a_mentor(10))
    client = MatcherClient(matcher_url(None, file), timeout=PATIENCE)
    feed, breaker = MatcherFeed(client, pool), Breaker("matcher", failures=1, counts=TROUBLE)
    switch = SwitchingMatcher(client, FallbackMatcher(pool), pool, feed, breaker)
    with capture_logs() as logs:
        for _ in range(12):
            await feed.push(TENANT)
            ranking = await switch.rank(TENANT, a_need(), 5)
            assert (ranking.source, ranking.degraded) == (Source.FALLBACK, True)
        file.write_text(process.url, encoding="utf-8")
        for _ in range(2):
            await feed.push(TENANT)
        ranking = await switch.rank(TENANT, a_need(), 5)
    assert (ranking.source, ranking.degraded) == (Source.MATCHER, False)
    told = [line["event"] for line in logs]
    assert told == ["no matcher", "matcher found", "matcher has no pool", "pool sent"]
    await client.aclose()


async def test_a_push_to_an_address_where_nobody_listens_is_no_failure_either(
    client: MatcherClient, process: MatcherProcess
) -> None:
    """Whoever starts there has no mentors; what goes wrong with one who listens is a failure."""
    pool = ListedPool.of(a_mentor(10))
    feed = MatcherFeed(client, pool)
    await process.kill()
    with capture_logs() as logs:
        for _ in range(2):
            await feed.push(TENANT)
    assert [line["event"] for line in logs] == ["no matcher"]
    async with lying_matcher() as liar:
        liar.reply = lambda _: http(503, {"type": "/problems/stopping"})
        with pytest.raises(MatcherAway):
            await MatcherFeed(MatcherClient(lambda: liar.url), pool).push(TENANT)
    await process.start()
    await feed.push(TENANT)
    assert (await ranked(client), pool.asked) == ([10], 1)


async def test_the_fallback_reads_a_pool_once_and_then_its_changes() -> None:
    pool = ListedPool.of(a_mentor(10), a_mentor(11))
    fallback = FallbackMatcher(pool)
    await fallback.rank(TENANT, a_need(), 5)
    pool.drop(user(10))
    pool.change(a_mentor(12))
    ranking = await fallback.rank(TENANT, a_need(), 5)
    assert [score.mentor_id.int for score in ranking.suggestions] == [11, 12]
    assert pool.asked == 1


async def test_the_fallback_forgets_the_tenant_used_longest_ago() -> None:
    pool = ListedPool.of(a_mentor(10))
    fallback = FallbackMatcher(pool)
    tenants = [TenantId(user(number)) for number in range(TENANTS_HELD + 1)]
    for tenant in [*tenants, tenants[-1], tenants[0]]:
        await fallback.rank(tenant, a_need(), 5)
    assert pool.asked == TENANTS_HELD + 2


async def test_the_matcher_logs_under_our_request_id() -> None:
    async with lying_matcher() as liar:
        client = MatcherClient(lambda: liar.url)
        liar.reply = lambda _: http(200, {"version": 1, "size": 0, "digest": "0" * 16})
        with bound_contextvars(request_id="r-1", traceparent="00-ü"):
            await client.held(TENANT)
        await client.held(TENANT)
        await client.aclose()
    assert ["x-request-id: r-1" in head.lower() for head in liar.heads] == [True, False]
    assert not any("traceparent" in head.lower() for head in liar.heads)


def pool_provider() -> Provider:
    provider = Provider(scope=Scope.APP)
    provider.provide(lambda: ListedPool.of(a_mentor(10)), provides=MentorPool)
    return provider


async def test_wired_with_a_matcher_the_matcher_answers(process: MatcherProcess) -> None:
    settings = MatcherSettings(url=process.url)
    container = make_async_container(MatcherProvider(settings), pool_provider())
    matcher, feed = await container.get(Ranker), await container.get(PoolFeed)
    await feed.push(TENANT)
    ranking = await matcher.rank(TENANT, a_need(), 5)
    assert (ranking.source, ranking.degraded) == (Source.MATCHER, False)
    await container.close()


async def test_wired_without_a_matcher_the_fallback_is_all_there_should_be() -> None:
    container = make_async_container(MatcherProvider(MatcherSettings()), pool_provider())
    matcher, feed = await container.get(Ranker), await container.get(PoolFeed)
    await feed.push(TENANT)
    ranking = await matcher.rank(TENANT, a_need(), 5)
    assert (ranking.source, ranking.degraded) == (Source.FALLBACK, False)
    await container.close()


def test_a_url_is_given_or_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "url"
    assert matcher_url("http://one", file)() == "http://one"
    read = matcher_url(None, file)
    assert read() is None
    file.write_text(" http://two \n", encoding="utf-8")
    assert read() == "http://two"
    file.write_bytes(b"\xff")
    assert read() is None
    assert matcher_url(None, None)() is None
