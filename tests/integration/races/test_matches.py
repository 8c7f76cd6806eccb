"""Asking mentors and answering, all at once."""

from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import pytest
from tests.integration.races.locks import needs
from tests.support.given.learning import a_match
from tests.support.given.matching import learner, mentor
from tests.support.given.world import World
from tests.support.timing.racing import race

from skillbridge.adapters.postgres.matching.writes import PostgresMatches
from skillbridge.adapters.postgres.mentors.writes import PostgresMentors
from skillbridge.application.matching.matches import (
    AcceptMatch,
    EndMatches,
    ExpireMatches,
    RequestMatch,
    WithdrawMatch,
)
from skillbridge.application.matching.ports import MatchReads
from skillbridge.application.mentors.offers import OfferMentoring, ShowMyOffer
from skillbridge.application.paging import PageRequest
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Conflict
from skillbridge.domain.events.privacy import ErasureBegun
from skillbridge.domain.ids import MatchId, PrivacyRequestId
from skillbridge.domain.lifecycle import IllegalMove
from skillbridge.domain.matching.match import AlreadyAsked, TooManyOpenRequests
from skillbridge.domain.mentors.mentor import MentorFull, Offer

pytestmark = pytest.mark.row("G4", "B9")


async def asked(world: World, asks: Actor, of: Actor) -> MatchId:
    match_id: MatchId = (await world.do(RequestMatch, asks, of.user_id)).id
    return match_id


async def states(world: World, actor: Actor) -> list[str]:
    mine = await world.items(MatchReads, "mine", actor, PageRequest(100), side=None, status=None)
    return sorted(one.status.value for one in mine)


@needs("matching.writes.GET")
async def test_an_answer_given_twice_at_once_is_given_once(
    world: World, admin: asyncpg.Connection
) -> None:
    of = await mentor(world)
    match_id = await asked(world, await learner(world), of)
    once, again = (world.do(AcceptMatch, of, match_id) for _ in range(2))
    first, second = await race(admin, once, PostgresMatches.get, again)
    assert first.value == second.value
    assert (await world.do(ShowMyOffer, of)).active_matches == 1


@needs("matching.writes.GET")
async def test_who_takes_a_request_back_too_late_is_told_that_it_was_accepted(
    world: World, admin: asyncpg.Connection
) -> None:
    of, asks = await mentor(world), await learner(world)
    match_id = await asked(world, asks, of)
    accept, withdraw = world.do(AcceptMatch, of, match_id), world.do(WithdrawMatch, asks, match_id)
    accepted, withdrawn = await race(admin, accept, PostgresMatches.get, withdraw)
    assert accepted.error is None
    assert isinstance(withdrawn.error, IllegalMove)
    assert await states(world, asks) == ["active"]


@needs("matching.writes.OPEN_OF")
async def test_who_is_erased_is_accepted_by_nobody_any_more(
    world: World, admin: asyncpg.Connection
) -> None:
    of, asks = await mentor(world), await learner(world)
    match_id = await asked(world, asks, of)
    begun = ErasureBegun(
        request_id=PrivacyRequestId(uuid4()), user_id=asks.user_id, at=datetime.now(UTC)
    )
    ends, accept = world.do(EndMatches, world.system(), begun), world.do(AcceptMatch, of, match_id)
    ended, accepted = await race(admin, ends, PostgresMatches.open_of, accept)
    assert ended.error is None
    assert isinstance(accepted.error, IllegalMove)
    assert (await world.do(ShowMyOffer, of)).active_matches == 0


@pytest.mark.asvs("2.3.4")
async def test_one_place_is_given_once(world: World, admin: asyncpg.Connection) -> None:
    of = await mentor(world, capacity=1)
    one, other = [await asked(world, await learner(world), of) for _ in range(2)]
    first, second = await race(
        admin,
        world.do(AcceptMatch, of, one),
        PostgresMentors.find,
        world.do(AcceptMatch, of, other),
    )
    assert first.error is None
    assert isinstance(second.error, MentorFull)
    assert await states(world, of) == ["active", "requested"]


@needs("mentors.writes.FIND")
async def test_who_offers_less_is_not_stopped_by_an_acceptance_at_the_same_moment(
    world: World, admin: asyncpg.Connection
) -> None:
    of = await mentor(world, capacity=1)
    match_id = await asked(world, await learner(world), of)
    fewer = Offer(headline="Evenings now", capacity=2, accepting=False, experience_years=0)
    change, accept = world.do(OfferMentoring, of, fewer), world.do(AcceptMatch, of, match_id)
    changed, accepted = await race(admin, change, PostgresMentors.find, accept)
    assert (changed.error, accepted.error) == (None, None)
    mine = await world.do(ShowMyOffer, of)
    assert (mine.headline, mine.capacity, mine.active_matches) == ("Evenings now", 2, 1)


async def test_the_first_offer_made_twice_at_once_is_made_once(
    world: World, admin: asyncpg.Connection
) -> None:
    who = await learner(world)
    offer = Offer(headline="Python", capacity=1, accepting=True, experience_years=0)
    once, again = (world.do(OfferMentoring, who, offer) for _ in range(2))
    first, second = await race(admin, once, PostgresMentors.add, again)
    assert first.error is None
    assert isinstance(second.error, Conflict)
    assert (await world.do(ShowMyOffer, who)).headline == "Python"


@needs("engine.advisory_locks.HOLD_LEARNER")
async def test_of_two_requests_at_once_only_one_is_the_last_that_is_allowed(
    world: World, admin: asyncpg.Connection
) -> None:
    asks = await learner(world)
    for _ in range(4):
        await asked(world, asks, await mentor(world))
    mentors = [await mentor(world) for _ in range(2)]
    one, other = (world.do(RequestMatch, asks, of.user_id) for of in mentors)
    first, second = await race(admin, one, PostgresMatches.waiting_of, other)
    assert first.error is None
    assert isinstance(second.error, TooManyOpenRequests)
    assert await states(world, asks) == ["requested"] * 5


@needs("engine.advisory_locks.HOLD_LEARNER")
async def test_who_asks_twice_at_once_is_told_which_request_there_is(
    world: World, admin: asyncpg.Connection
) -> None:
    asks, of = await learner(world), await mentor(world)
    once, again = (world.do(RequestMatch, asks, of.user_id) for _ in range(2))
    first, second = await race(admin, once, PostgresMatches.waiting_of, again)
    assert isinstance(second.error, AlreadyAsked)
    assert second.error.match_id == first.value.id


@needs("matching.writes.OVERDUE")
async def test_the_clock_leaves_the_request_alone_that_is_being_answered(
    world: World, admin: asyncpg.Connection
) -> None:
    """And neither waits for it nor fails with it: the others end now."""
    asks, mentors = await learner(world), [await mentor(world) for _ in range(2)]
    answered, _ = [await a_match(world, asks, of, "requested") for of in mentors]
    withdraw = world.do(WithdrawMatch, asks, answered)
    expire = world.do(ExpireMatches, world.system(), "now")
    withdrawn, expired = await race(admin, withdraw, PostgresMatches.get, expire)
    assert (withdrawn.error, expired.error, expired.waited) == (None, None, False)
    assert await states(world, asks) == ["expired", "withdrawn"]


@needs("matching.writes.OVERDUE")
async def test_two_clocks_end_each_request_once(world: World, admin: asyncpg.Connection) -> None:
    asks = await learner(world)
    await a_match(world, asks, await mentor(world), "requested")
    one, other = (world.do(ExpireMatches, world.system(), str(slot)) for slot in range(2))
    first, second = await race(admin, one, PostgresMatches.overdue, other)
    assert (first.error, second.error, second.waited) == (None, None, False)
    told = "select count(*) from events where tenant_id = $1 and name = 'MatchExpired'"
    assert await admin.fetchval(told, world.tenant_id) == 1
