"""What every pool of mentors promises the matcher, on every backend."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.support.given.matching import learner, mentor, told
from tests.support.given.world import World

from skillbridge.adapters.postgres.ranking.pool_seals import KEPT
from skillbridge.application.matching.matches import AcceptMatch, RequestMatch
from skillbridge.application.mentors.offers import OfferMentoring
from skillbridge.application.ranking.ports.pool import Delta, Known, MentorPool, Seal
from skillbridge.domain.ids import TenantId
from skillbridge.domain.mentors.mentor import Offer
from skillbridge.domain.profiles.profile import Window
from skillbridge.domain.ranking.digest import pool_digest, written
from skillbridge.domain.ranking.pool_version import version_at

pytestmark = pytest.mark.row("G3", "A9")

OFFER = Offer(headline="Here to help", capacity=1)
MORNING = Window(0, 8 * 60, 10 * 60)


async def pool_of(world: World) -> MentorPool:
    found: MentorPool = await world.worker.get(MentorPool)
    return found


async def since(world: World, version: int) -> Delta:
    delta = await (await pool_of(world)).changes_since(world.tenant_id, version)
    assert delta is not None
    return delta


async def test_an_empty_tenant_has_an_empty_pool(world: World) -> None:
    version, everyone = await (await pool_of(world)).candidates(world.tenant_id)
    assert everyone == []
    assert await since(world, version) == Delta(version, version, [], [])


async def test_a_candidate_is_what_profile_and_offer_say(world: World) -> None:
    of = await mentor(
        world,
        capacity=3,
        years=2,
        country="NG",
        time_zone="Africa/Lagos",
        languages=("en", "yo"),
        skills={"python": 4},
        availability=(MORNING,),
    )
    _, (one,) = await (await pool_of(world)).candidates(world.tenant_id)
    assert (one.id, one.capacity, one.taken, one.experience_months) == (of.user_id, 3, 0, 24)
    assert (one.country, one.utc_offset, dict(one.skills)) == ("NG", 60, {"python": 4})
    assert one.languages == {"en", "yo"}
    assert one.availability == 0xFF << 28  # Monday 07:00 to 09:00 UTC


async def test_each_change_has_a_number_and_is_told_once(world: World) -> None:
    asks, of = await learner(world), await mentor(world)
    pool = await pool_of(world)
    version, _ = await pool.candidates(world.tenant_id)
    assert await since(world, version) == Delta(version, version, [], [])

    match = await world.do(RequestMatch, asks, of.user_id)
    await world.do(AcceptMatch, of, match.id)
    loaded = await since(world, version)
    assert loaded.version > version
    assert [(one.id, one.taken) for one in loaded.upserts] == [(of.user_id, 1)]

    await told(world, of, skills={"go": 3})
    learnt = await since(world, loaded.version)
    assert [dict(one.skills) for one in learnt.upserts] == [{"go": 3}]
    assert (await since(world, learnt.version)).upserts == []


async def test_who_pauses_leaves_the_pool(world: World) -> None:
    of, stays = await mentor(world), await mentor(world)
    pool = await pool_of(world)
    version, everyone = await pool.candidates(world.tenant_id)
    assert {one.id for one in everyone} == {of.user_id, stays.user_id}
    await world.do(OfferMentoring, of, replace(OFFER, accepting=False))
    delta = await since(world, version)
    assert (delta.upserts, delta.removals) == ([], [of.user_id])
    both = [of.user_id, stays.user_id]
    version, known, _ = await pool.known(world.tenant_id, both, 0)
    assert known == {stays.user_id}
    assert version == (await pool.candidates(world.tenant_id)).version


async def test_a_version_of_the_future_is_refused(world: World) -> None:
    await mentor(world)
    pool = await pool_of(world)
    version, _ = await pool.candidates(world.tenant_id)
    assert await pool.changes_since(world.tenant_id, version + 1_000) is None


async def test_no_changes_lead_into_a_new_week(world: World) -> None:
    pool = await pool_of(world)
    last_week = version_at(0, datetime.now(UTC) - timedelta(weeks=1))
    assert await pool.changes_since(world.tenant_id, last_week) is None


async def test_a_tenant_has_its_own_pool(world: World) -> None:
    of = await mentor(world)
    pool, elsewhere = await pool_of(world), TenantId(uuid4())
    assert (await pool.candidates(elsewhere)).candidates == []
    assert (await pool.known(elsewhere, [of.user_id], 0)).mentors == frozenset()
    nobody = Known(version_at(0, datetime.now(UTC)), frozenset(), None)
    assert await pool.known(elsewhere, [], 0) == nobody


async def test_the_login_of_the_api_sees_the_same_pool(world: World) -> None:
    await mentor(world, skills={"python": 4})
    await mentor(world, accepting=False)
    api: MentorPool = await world.api.get(MentorPool)
    theirs = await api.candidates(world.tenant_id)
    assert theirs == await (await pool_of(world)).candidates(world.tenant_id)
    assert len(theirs.candidates) == 1


async def test_one_unsound_row_does_not_keep_the_others_out(world: World) -> None:
    if world.admin is None:
        pytest.skip("the store in memory is only written by us")
    sound, unsound = await mentor(world), await mentor(world)
    await world.admin.execute(
        "update profiles set skills = jsonb_build_object('python', 99) where user_id = $1",
        unsound.user_id,
    )
    _, everyone = await (await pool_of(world)).candidates(world.tenant_id)
    assert [one.id for one in everyone] == [sound.user_id]


async def sealed(world: World) -> Seal:
    """A seal is what the candidates make, and is found by the version that an answer tells."""
    pool = await pool_of(world)
    seal, snapshot = await pool.seal(world.tenant_id), await pool.candidates(world.tenant_id)
    assert seal == (snapshot.version, written(pool_digest(snapshot.candidates)))
    assert (await pool.known(world.tenant_id, [], seal.version)).digest == seal.digest
    return seal


async def test_every_change_of_a_mentor_is_in_the_seal(world: World) -> None:
    seals = [await sealed(world)]
    asks, of, other = await learner(world), await mentor(world), await mentor(world)
    seals.append(await sealed(world))
    assert await sealed(world) == seals[-1], "nothing changed"
    match = await world.do(RequestMatch, asks, of.user_id)
    await world.do(AcceptMatch, of, match.id)
    seals.append(await sealed(world))
    await told(world, of, skills={"go": 3})
    await told(world, other, languages=("sw",))
    seals.append(await sealed(world))
    await world.do(OfferMentoring, other, replace(OFFER, accepting=False))
    seals.append(await sealed(world))
    await world.do(OfferMentoring, other, replace(OFFER, capacity=4))
    seals.append(await sealed(world))
    pool = await pool_of(world)
    for seal in seals:
        found = await pool.known(world.tenant_id, [], seal.version)
        assert found.digest == seal.digest, "also those of some versions before"
    assert (await pool.known(world.tenant_id, [], seals[-1].version + 1)).digest is None
    assert len({seal.digest for seal in seals}) == len(seals)


async def test_who_seals_at_once_finds_the_same(world: World) -> None:
    """The API's login and a worker's, many at a time, while mentors come."""
    pools = [await world.api.get(MentorPool), await pool_of(world)] * 3
    for _ in range(3):
        _, *seals = await asyncio.gather(
            mentor(world), *(pool.seal(world.tenant_id) for pool in pools)
        )
        assert len({seal.digest for seal in seals}) == len({seal.version for seal in seals})
    await sealed(world)


async def test_only_so_many_seals_are_kept(world: World) -> None:
    if world.admin is None:
        pytest.skip("the memory of one process forgets with it")
    of, first = await mentor(world), await sealed(world)
    for years in range(1, KEPT + 1):
        await world.do(OfferMentoring, of, replace(OFFER, experience_years=years))
        await sealed(world)
    pool = await pool_of(world)
    assert (await pool.known(world.tenant_id, [], first.version)).digest is None
    query = "select count(*) from pool_seals where tenant_id = $1"
    assert await world.admin.fetchval(query, world.tenant_id) == KEPT


async def test_a_new_week_is_sealed_anew(world: World) -> None:
    if world.admin is None:
        pytest.skip("the store in memory counts nothing up")
    await mentor(world)
    before = await sealed(world)
    await world.admin.execute("update mentor_digests set digest = 0")
    shift = "update pool_seals set version = version - (1::bigint << 40) where tenant_id = $1"
    await world.admin.execute(shift, world.tenant_id)
    assert await sealed(world) == before
