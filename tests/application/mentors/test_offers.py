"""Offering mentoring."""

import asyncio
from dataclasses import replace

import pytest
from tests.support.given.matching import learner, mentor
from tests.support.given.world import World

from skillbridge.adapters.memory.store import Store
from skillbridge.application.matching.matches import AcceptMatch, RequestMatch
from skillbridge.application.mentors.offers import OfferMentoring, ShowMyOffer
from skillbridge.application.mentors.ports import Mentors
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.errors import Conflict, StaleWrite
from skillbridge.domain.mentors.mentor import CapacityTaken, NoOfferYet, Offer

pytestmark = pytest.mark.row("A9")

OFFER = Offer(headline="Python for beginners", capacity=2, experience_years=4)


async def roles_of(world: World, actor: Actor) -> set[str]:
    if world.admin is None:
        store = await world.api.get(Store)
        return set(store.rows[actor.tenant_id, "users"][actor.user_id].roles)
    query = "select roles from users where id = $1"
    return set(await world.admin.fetchval(query, actor.user_id))


async def test_whoever_offers_becomes_a_mentor(world: World) -> None:
    actor = await learner(world)
    offered = await world.do(OfferMentoring, actor, OFFER)
    assert (offered.headline, offered.capacity, offered.free) == ("Python for beginners", 2, 2)
    assert await roles_of(world, actor) == {Role.LEARNER, Role.MENTOR}
    assert await world.do(ShowMyOffer, actor) == offered


async def test_the_offer_changes_and_the_role_stays_one(world: World) -> None:
    actor = await learner(world)
    await world.do(OfferMentoring, actor, OFFER)
    changed = await world.do(OfferMentoring, actor, replace(OFFER, capacity=5, accepting=False))
    assert (changed.capacity, changed.accepting) == (5, False)
    assert await world.do(OfferMentoring, actor, replace(OFFER, capacity=5, accepting=False))
    assert await world.do(ShowMyOffer, actor) == changed
    assert await roles_of(world, actor) == {Role.LEARNER, Role.MENTOR}


async def test_nobody_offers_before_they_did(world: World) -> None:
    with pytest.raises(NoOfferYet, match="PUT"):
        await world.do(ShowMyOffer, await learner(world))


async def test_places_that_are_taken_stay_offered(world: World) -> None:
    of, asks = await mentor(world, capacity=2), await learner(world)
    match = await world.do(RequestMatch, asks, of.user_id)
    await world.do(AcceptMatch, of, match.id)
    other = await world.do(RequestMatch, await learner(world), of.user_id)
    await world.do(AcceptMatch, of, other.id)
    with pytest.raises(CapacityTaken, match="2 learners"):
        await world.do(OfferMentoring, of, replace(OFFER, capacity=1))
    await world.do(OfferMentoring, of, replace(OFFER, capacity=3))
    full = await world.do(OfferMentoring, of, replace(OFFER, capacity=2))
    assert (full.capacity, full.free) == (2, 0), "as many as are taken will do"


async def test_two_first_offers_at_once_are_one_mentor(world: World) -> None:
    actor = await learner(world)
    done = await asyncio.gather(
        *(world.do(OfferMentoring, actor, OFFER) for _ in range(2)), return_exceptions=True
    )
    assert all(not isinstance(one, BaseException) or isinstance(one, Conflict) for one in done)
    assert (await world.do(ShowMyOffer, actor)).capacity == 2


async def test_a_second_first_offer_is_a_conflict(world: World) -> None:
    actor = await mentor(world)
    async with world.scope(actor) as scope:
        transaction, mentors = await scope.get(Transaction), await scope.get(Mentors)
        with pytest.raises(Conflict, match="already"):
            await _add_again(transaction, mentors, actor)


async def _add_again(transaction: Transaction, mentors: Mentors, actor: Actor) -> None:
    async with transaction(actor):
        found = await mentors.find(actor.user_id)
        assert found is not None
        await mentors.add(found)


async def test_an_offer_that_changed_meanwhile_is_stale(world: World) -> None:
    actor = await mentor(world)
    async with world.scope(actor) as scope:
        transaction, mentors = await scope.get(Transaction), await scope.get(Mentors)
        async with transaction(actor):
            found = await mentors.find(actor.user_id)
            assert found is not None
            await mentors.save(found)
            with pytest.raises(StaleWrite, match="meanwhile"):
                await mentors.save(found)


async def test_nobody_holds_the_offer_of_another(world: World) -> None:
    of, other = await mentor(world), await mentor(world)
    async with world.scope(other) as scope:
        transaction, mentors = await scope.get(Transaction), await scope.get(Mentors)
        async with transaction(other):
            assert await mentors.find(of.user_id) is None
            assert await mentors.look_up(of.user_id) is not None
