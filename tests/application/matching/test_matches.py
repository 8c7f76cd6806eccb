"""Asking a mentor, and what becomes of it, on either backend."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.support.given.matching import learner, mentor
from tests.support.given.world import World

from skillbridge.adapters.memory.store import Store
from skillbridge.application.matching.matches import (
    AcceptMatch,
    CancelMatch,
    CompleteMatch,
    DeclineMatch,
    ExpireMatches,
    RequestMatch,
    WithdrawMatch,
)
from skillbridge.application.matching.ports import Matches, MatchReads
from skillbridge.application.matching.views import MatchSummary, MatchView
from skillbridge.application.mentors.offers import ShowMyOffer
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Conflict, Forbidden, Invalid, StaleWrite
from skillbridge.domain.ids import MatchId, TenantId, UserId
from skillbridge.domain.lifecycle import IllegalMove
from skillbridge.domain.matching.match import (
    AlreadyAsked,
    MatchStatus,
    TooManyOpenRequests,
    UnknownMatch,
)
from skillbridge.domain.mentors.mentor import MentorFull, NotAMentor, UnknownMentor

pytestmark = pytest.mark.row("A9")

OPEN_REQUESTS = 5

VERBS = [AcceptMatch, DeclineMatch, WithdrawMatch, CompleteMatch, CancelMatch]


async def load_of(world: World, of: Actor) -> int:
    return int((await world.do(ShowMyOffer, of)).active_matches)


async def ask(world: World, asks: Actor, of: Actor, message: str = "") -> MatchSummary:
    state: MatchSummary = await world.do(RequestMatch, asks, of.user_id, message)
    return state


async def status_of(world: World, actor: Actor, match: MatchSummary) -> MatchStatus:
    view: MatchView = await world.ask(MatchReads, "one", actor, match.id)
    return view.status


def outcomes(done: Sequence[Any]) -> tuple[int, list[BaseException]]:
    failed = [one for one in done if isinstance(one, BaseException)]
    return len(done) - len(failed), failed


@pytest.mark.row("G4")
async def test_a_mentor_accepts_and_the_mentorship_is_completed(world: World) -> None:
    of, asks = await mentor(world), await learner(world)
    match = await ask(world, asks, of, "Would you help me with my first API?")
    assert match.status is MatchStatus.REQUESTED
    assert match.expires_at - match.requested_at == timedelta(hours=72)

    accepted = await world.do(AcceptMatch, of, match.id)
    assert (accepted.status, await load_of(world, of)) == (MatchStatus.ACTIVE, 1)
    assert accepted.answered_at is not None

    completed = await world.do(CompleteMatch, asks, match.id)
    assert (completed.status, await load_of(world, of)) == (MatchStatus.COMPLETED, 0)
    assert await status_of(world, of, match) is MatchStatus.COMPLETED


@pytest.mark.row("G4")
@pytest.mark.parametrize(
    ("verb", "who", "leads_to"),
    [
        (DeclineMatch, "mentor", MatchStatus.DECLINED),
        (WithdrawMatch, "learner", MatchStatus.WITHDRAWN),
    ],
)
async def test_a_request_may_end_before_it_began(
    world: World, verb: type[Any], who: str, leads_to: MatchStatus
) -> None:
    people = {"mentor": await mentor(world), "learner": await learner(world)}
    match = await ask(world, people["learner"], people["mentor"])
    assert (await world.do(verb, people[who], match.id)).status is leads_to
    with pytest.raises(IllegalMove, match="nothing can change it"):
        await world.do(AcceptMatch, people["mentor"], match.id)
    assert await load_of(world, people["mentor"]) == 0
    again = await ask(world, people["learner"], people["mentor"])
    assert again.id != match.id


@pytest.mark.row("G4")
@pytest.mark.parametrize(
    ("verb", "who", "event", "begun"),
    [
        (AcceptMatch, ["mentor"], "MatchAccepted", False),
        (DeclineMatch, ["mentor"], "MatchDeclined", False),
        (WithdrawMatch, ["learner"], "MatchWithdrawn", False),
        (CompleteMatch, ["learner", "mentor"], "MatchEnded", True),
        (CancelMatch, ["mentor", "learner"], "MatchEnded", True),
    ],
)
async def test_who_lost_the_answer_may_say_it_again(
    world: World, verb: type[Any], who: list[str], event: str, *, begun: bool
) -> None:
    people = {"mentor": await mentor(world), "learner": await learner(world)}
    match = await ask(world, people["learner"], people["mentor"])
    if begun:
        await world.do(AcceptMatch, people["mentor"], match.id)
    said = await world.do(verb, people[who[0]], match.id)
    load, kept = await load_of(world, people["mentor"]), await version_of(world, match.id)
    for again in who:
        assert await world.do(verb, people[again], match.id) == said
    assert await told_of(world, match.id, event) == 1
    assert await load_of(world, people["mentor"]) == load
    assert await version_of(world, match.id) == kept
    for stranger in (await mentor(world), await learner(world)):
        with pytest.raises(UnknownMatch):
            await world.do(verb, stranger, match.id)


@pytest.mark.row("G4")
async def test_an_answer_said_ten_times_at_once_is_given_once(world: World) -> None:
    of, asks = await mentor(world), await learner(world)
    match = await ask(world, asks, of)
    said = await asyncio.gather(*(world.do(AcceptMatch, of, match.id) for _ in range(10)))
    assert all(state == said[0] for state in said)
    assert await told_of(world, match.id, "MatchAccepted") == 1
    assert await load_of(world, of) == 1


@pytest.mark.row("G4")
async def test_cancelling_frees_the_place_for_another(world: World) -> None:
    of, asks, next_one = await mentor(world), await learner(world), await learner(world)
    match = await ask(world, asks, of)
    await world.do(AcceptMatch, of, match.id)
    with pytest.raises(MentorFull):
        await ask(world, next_one, of)
    await world.do(CancelMatch, of, match.id)
    assert (await ask(world, next_one, of)).status is MatchStatus.REQUESTED


async def test_only_the_other_side_may_answer(world: World) -> None:
    of, asks = await mentor(world), await learner(world)
    match = await ask(world, asks, of)
    with pytest.raises(NotAMentor):
        await world.do(AcceptMatch, asks, match.id)
    with pytest.raises(Forbidden, match="only the mentor"):
        await world.do(DeclineMatch, asks, match.id)
    with pytest.raises(Forbidden, match="only the learner"):
        await world.do(WithdrawMatch, of, match.id)
    assert await status_of(world, asks, match) is MatchStatus.REQUESTED


@pytest.mark.row("G4")
@pytest.mark.parametrize("verb", VERBS)
async def test_who_is_on_neither_side_sees_no_match(world: World, verb: type[Any]) -> None:
    of, asks = await mentor(world), await learner(world)
    match = await ask(world, asks, of)
    stranger = await mentor(world)
    elsewhere = Actor.person(asks.user_id, TenantId(uuid4()), asks.roles)
    for nobody in (stranger, elsewhere):
        with pytest.raises(UnknownMatch):
            await world.do(verb, nobody, match.id)
        with pytest.raises(UnknownMatch):
            await world.ask(MatchReads, "one", nobody, match.id)


async def test_a_mentor_must_be_there_to_be_asked(world: World) -> None:
    asks = await learner(world)
    with pytest.raises(UnknownMentor):
        await world.do(RequestMatch, asks, UserId(uuid4()))
    with pytest.raises(UnknownMentor):
        await world.do(RequestMatch, asks, (await learner(world)).user_id)


async def test_asking_oneself_is_no_request(world: World) -> None:
    of = await mentor(world)
    with pytest.raises(Invalid, match="own mentor"):
        await world.do(RequestMatch, of, of.user_id)


async def test_one_open_match_for_two_people(world: World) -> None:
    of, asks = await mentor(world), await learner(world)
    match = await ask(world, asks, of)
    with pytest.raises(AlreadyAsked) as asked:
        await ask(world, asks, of)
    assert asked.value.match_id == match.id
    await world.do(AcceptMatch, of, match.id)
    with pytest.raises(AlreadyAsked) as begun:
        await ask(world, asks, of)
    assert begun.value.match_id == match.id
    await world.do(CancelMatch, of, match.id)
    assert (await ask(world, asks, of)).id != match.id


async def test_storage_refuses_a_second_open_match_by_itself(world: World) -> None:
    of, asks = await mentor(world), await learner(world)
    match = await ask(world, asks, of)
    async with world.scope(asks) as scope:
        transaction, matches = await scope.get(Transaction), await scope.get(Matches)
        async with transaction(asks):
            second = replace(await matches.get(match.id), id=MatchId(uuid4()))
        with pytest.raises(StaleWrite):
            async with transaction(asks):
                await matches.add(second)


async def test_five_answers_are_waited_for_at_most(world: World) -> None:
    asks = await learner(world)
    mentors = [await mentor(world) for _ in range(OPEN_REQUESTS + 1)]
    for of in mentors[:-1]:
        match = await ask(world, asks, of)
    with pytest.raises(TooManyOpenRequests):
        await ask(world, asks, mentors[-1])
    await world.do(WithdrawMatch, asks, match.id)
    assert (await ask(world, asks, mentors[-1])).status is MatchStatus.REQUESTED


@pytest.mark.row("G4")
async def test_overdue_requests_expire_once(world: World) -> None:
    of, asks = await mentor(world), await learner(world)
    late = await ask(world, asks, of)
    fresh = await ask(world, await learner(world), of)
    await overdue(world, asks, late.id)
    for slot in ("12:00", "12:00", "12:05"):
        await world.do(ExpireMatches, world.system(), slot)
    assert await status_of(world, asks, late) is MatchStatus.EXPIRED
    assert await status_of(world, of, fresh) is MatchStatus.REQUESTED
    assert await told_of(world, late.id, "MatchExpired") == 1
    with pytest.raises(Conflict):
        await world.do(AcceptMatch, of, late.id)


async def test_a_match_that_changed_meanwhile_is_stale(world: World) -> None:
    of, asks = await mentor(world), await learner(world)
    match = await ask(world, asks, of)
    async with world.scope(asks) as scope:
        transaction, matches = await scope.get(Transaction), await scope.get(Matches)
        async with transaction(asks):
            found = await matches.get(match.id)
            await matches.save(found)
            with pytest.raises(StaleWrite, match="meanwhile"):
                await matches.save(found)


@pytest.mark.row("G4")
async def test_storage_refuses_one_more_than_the_capacity_by_itself(world: World) -> None:
    of = await mentor(world)
    first = await ask(world, await learner(world), of)
    second = await ask(world, await learner(world), of)
    await world.do(AcceptMatch, of, first.id)
    async with world.scope(of) as scope:
        transaction, matches = await scope.get(Transaction), await scope.get(Matches)
        with pytest.raises(MentorFull):
            await _force(transaction, matches, of, second.id, MatchStatus.ACTIVE)
    assert await load_of(world, of) == 1


async def test_the_database_refuses_a_move_that_the_table_has_not(world: World) -> None:
    if world.admin is None:
        pytest.skip("the guard is the database's")
    of = await mentor(world)
    match = await ask(world, await learner(world), of)
    async with world.scope(of) as scope:
        transaction, matches = await scope.get(Transaction), await scope.get(Matches)
        with pytest.raises(Invalid):
            await _force(transaction, matches, of, match.id, MatchStatus.COMPLETED)
    assert await status_of(world, of, match) is MatchStatus.REQUESTED


async def _force(
    transaction: Transaction, matches: Matches, of: Actor, match_id: MatchId, to: MatchStatus
) -> None:
    async with transaction(of):
        found = await matches.get(match_id)
        found.status = to
        await matches.save(found)


@pytest.mark.row("G4")
async def test_twenty_acceptances_at_once_fill_one_place_once(world: World) -> None:
    of = await mentor(world, capacity=1)
    asked = [await ask(world, await learner(world), of) for _ in range(20)]
    done = await asyncio.gather(
        *(world.do(AcceptMatch, of, match.id) for match in asked), return_exceptions=True
    )
    accepted, refused = outcomes(done)
    assert accepted == 1
    assert {type(one) for one in refused} == {MentorFull}
    assert await load_of(world, of) == 1


@pytest.mark.row("G4")
async def test_accepting_and_withdrawing_at_once_leaves_one_winner(world: World) -> None:
    for _ in range(5):
        of, asks = await mentor(world), await learner(world)
        match = await ask(world, asks, of)
        done = await asyncio.gather(
            world.do(AcceptMatch, of, match.id),
            world.do(WithdrawMatch, asks, match.id),
            return_exceptions=True,
        )
        won, lost = outcomes(done)
        assert won == 1
        assert isinstance(lost[0], IllegalMove)
        active = await status_of(world, of, match) is MatchStatus.ACTIVE
        assert await load_of(world, of) == int(active)


@pytest.mark.row("G4")
async def test_the_same_question_asked_at_once_is_asked_once(world: World) -> None:
    of, asks = await mentor(world, capacity=5), await learner(world)
    done = await asyncio.gather(*(ask(world, asks, of) for _ in range(10)), return_exceptions=True)
    won, lost = outcomes(done)
    assert won == 1
    assert {type(one) for one in lost} == {AlreadyAsked}


@pytest.mark.row("G4")
async def test_questions_at_once_do_not_pass_the_limit(world: World) -> None:
    asks = await learner(world)
    mentors = [await mentor(world) for _ in range(OPEN_REQUESTS + 4)]
    done = await asyncio.gather(*(ask(world, asks, of) for of in mentors), return_exceptions=True)
    won, lost = outcomes(done)
    assert won == OPEN_REQUESTS
    assert {type(one) for one in lost} == {TooManyOpenRequests}


async def overdue(world: World, actor: Actor, match_id: MatchId) -> None:
    """As if it had been asked four days ago."""
    then = datetime.now(UTC) - timedelta(days=1)
    if world.admin is not None:
        await world.admin.execute(
            "update matches set expires_at = $2 where id = $1", match_id, then
        )
        return
    async with world.scope(actor) as scope:
        transaction, matches = await scope.get(Transaction), await scope.get(Matches)
        async with transaction(actor):
            match = await matches.get(match_id)
            match.expires_at = then
            await matches.save(match)


async def version_of(world: World, match_id: MatchId) -> int:
    async with world.scope(world.system()) as scope:
        transaction, matches = await scope.get(Transaction), await scope.get(Matches)
        async with transaction(world.system()):
            return int((await matches.get(match_id)).version)


async def told_of(world: World, match_id: MatchId, name: str) -> int:
    if world.admin is not None:
        query = "select count(*) from events where name = $1 and payload ->> 'match_id' = $2::text"
        return int(await world.admin.fetchval(query, name, str(match_id)))
    store = await world.api.get(Store)
    events = [recorded.event for recorded in store.events.values()]
    return sum(
        type(one).__name__ == name and getattr(one, "match_id", None) == match_id for one in events
    )
