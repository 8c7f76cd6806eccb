"""What doing a request once promises, on every backend."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from tests.support.given.matching import learner, mentor
from tests.support.given.world import World

from skillbridge.application.idempotency import ForgetAnswers
from skillbridge.application.matching.matches import RequestMatch
from skillbridge.application.matching.ports import MatchReads
from skillbridge.application.paging import PageRequest
from skillbridge.application.ports.idempotency import (
    Answered,
    KeptAnswer,
    KeptAnswers,
    KeyedRequest,
    KeyInFlight,
    KeyReused,
    Once,
)
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.profiles.ports import Profiles
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Conflict
from skillbridge.domain.events.accounts import EmailVerified
from skillbridge.domain.matching.match import AlreadyAsked

pytestmark = pytest.mark.row("C8", "A9")

PARALLEL = 30
ANSWER = KeptAnswer(201, {"Location": "/v1/there"}, '{"id":"Ṣọlá"}')


def a_request(key: str = "k", wish: str = "", operation: str = "AskMentor") -> KeyedRequest:
    return KeyedRequest(operation, key, sha256(wish.encode()).digest())


class Asked:
    """A request whose work asks a mentor, and how often it was done."""

    def __init__(self, world: World, actor: Actor, mentor: Actor) -> None:
        self.world, self.actor, self.mentor = world, actor, mentor
        self.done = 0

    async def __call__(self, request: KeyedRequest, *, fails: bool = False) -> Answered:
        async with self.world.scope(self.actor) as scope:
            once, ask = await scope.get(Once), await scope.get(RequestMatch)

            async def work() -> KeptAnswer:
                self.done += 1
                await ask(self.actor, self.mentor.user_id, "Hello")
                if fails:
                    raise ZeroDivisionError
                return ANSWER

            answered: Answered = await once(self.actor, request, work)
            return answered

    async def matches(self) -> list[Any]:
        found = await self.world.items(
            MatchReads, "mine", self.actor, PageRequest(10), side=None, status=None
        )
        return list(found)


async def asked(world: World) -> Asked:
    return Asked(world, await learner(world), await mentor(world))


async def test_sent_again_it_has_no_second_effect_and_the_first_answer(world: World) -> None:
    ask = await asked(world)
    assert await ask(a_request()) == Answered(ANSWER, again=False)
    assert await ask(a_request()) == Answered(ANSWER, again=True)
    assert (ask.done, len(await ask.matches())) == (1, 1)


async def test_the_same_key_for_something_else_is_refused(world: World) -> None:
    ask = await asked(world)
    await ask(a_request())
    with pytest.raises(KeyReused):
        await ask(a_request(wish="another"))
    assert ask.done == 1


async def test_another_key_or_operation_is_another_request(world: World) -> None:
    ask = await asked(world)
    await ask(a_request())
    for other in (a_request("l"), a_request(operation="Another"), a_request("K")):
        with pytest.raises(AlreadyAsked):
            await ask(other)
    assert ask.done == 4


async def test_a_key_is_its_senders_own(world: World) -> None:
    ask = await asked(world)
    await ask(a_request())
    somebody = Asked(world, await learner(world), ask.mentor)
    assert await somebody(a_request(wish="another")) == Answered(ANSWER, again=False)
    assert await ask(a_request()) == Answered(ANSWER, again=True)


async def test_of_what_fails_nothing_stays_and_it_can_be_sent_again(world: World) -> None:
    ask = await asked(world)
    with pytest.raises(ZeroDivisionError):
        await ask(a_request(), fails=True)
    assert await ask.matches() == []
    assert await ask(a_request()) == Answered(ANSWER, again=False)
    assert len(await ask.matches()) == 1


async def test_what_follows_follows_once(world: World) -> None:
    ask = await asked(world)
    await world.settle()
    with pytest.raises(ZeroDivisionError):
        await ask(a_request(), fails=True)
    assert await world.settle() == 0
    await ask(a_request())
    assert await world.settle() == 1
    await ask(a_request())
    assert await world.settle() == 0


@pytest.mark.asvs("15.4.2")
async def test_thirty_at_once_have_one_effect(world: World) -> None:
    """Each is given the answer, or told that the first is at work, and then given it."""
    ask = await asked(world)
    wishes = (ask(a_request()) for _ in range(PARALLEL))
    ends = await asyncio.gather(*wishes, return_exceptions=True)
    answers = [end for end in ends if isinstance(end, Answered)]
    assert [end for end in ends if not isinstance(end, Answered | KeyInFlight)] == []
    assert sorted(one.again for one in answers) == [False] + [True] * (len(answers) - 1)
    assert {one.answer.body for one in answers} == {ANSWER.body}
    assert await ask(a_request()) == Answered(ANSWER, again=True)
    assert (ask.done, len(await ask.matches())) == (1, 1)


async def test_many_keys_at_once_all_come_to_their_end(world: World) -> None:
    """Each holds a connection while it asks by another, and there are fewer than twice as many."""
    mentors = [await mentor(world) for _ in range(PARALLEL)]
    asks = [Asked(world, await learner(world), one) for one in mentors]

    async def reading(ask: Asked, request: KeyedRequest) -> Answered:
        async with world.scope(ask.actor) as scope:
            once, reads = await scope.get(Once), await scope.get(MatchReads)

            async def work() -> KeptAnswer:
                await reads.mine(ask.actor, PageRequest(1), side=None, status=None)
                return ANSWER

            answered: Answered = await once(ask.actor, request, work)
            return answered

    ends = await asyncio.gather(*(reading(ask, a_request()) for ask in asks))
    assert ends == [Answered(ANSWER, again=False)] * PARALLEL


async def test_a_part_that_fails_and_is_survived_leaves_the_rest(world: World) -> None:
    actor = await world.learner()
    async with world.scope(actor) as scope:
        once, transaction = await scope.get(Once), await scope.get(Transaction)
        profiles = await scope.get(Profiles)

        async def rename(name: str) -> None:
            before = await profiles.get(actor.user_id)
            await profiles.save(replace(before, details=replace(before.details, name=name)))

        async def work() -> KeptAnswer:
            async with transaction(actor):
                await rename("Ada")
            with pytest.raises(Conflict):
                async with transaction(actor):
                    await profiles.save(replace(await profiles.get(actor.user_id), version=99))
            with suppress(ZeroDivisionError):
                async with transaction(actor) as tx:
                    tx.emit(EmailVerified(user_id=actor.user_id, at=datetime.now(UTC)))
                    await rename("Nobody")
                    raise ZeroDivisionError
            return ANSWER

        await once(actor, a_request(), work)
        async with transaction(actor):
            assert (await profiles.get(actor.user_id)).details.name == "Ada"
    assert await world.settle() == 0


async def test_what_is_written_after_a_part_that_failed_goes_with_the_whole(world: World) -> None:
    actor = await world.learner()
    async with world.scope(actor) as scope:
        once, transaction = await scope.get(Once), await scope.get(Transaction)
        profiles = await scope.get(Profiles)

        async def rename(name: str, *, fails: bool = False) -> None:
            async with transaction(actor):
                before = await profiles.get(actor.user_id)
                await profiles.save(replace(before, details=replace(before.details, name=name)))
                if fails:
                    raise ZeroDivisionError

        async def work() -> KeptAnswer:
            with suppress(ZeroDivisionError):
                await rename("Nobody", fails=True)
            await rename("Ada")
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await once(actor, a_request(), work)
        async with transaction(actor):
            assert (await profiles.get(actor.user_id)).details.name == "Amina"


async def test_the_parts_are_the_actors_own_and_do_not_nest(world: World) -> None:
    actor, other = await world.learner(), await world.learner()
    async with world.scope(actor) as scope:
        once, transaction = await scope.get(Once), await scope.get(Transaction)

        async def work() -> KeptAnswer:
            with pytest.raises(RuntimeError, match="own"):
                async with transaction(other):
                    pytest.fail("somebody else's part")
            with pytest.raises(RuntimeError, match="nest"):
                async with transaction(actor), transaction(actor):
                    pytest.fail("a part of a part")
            return ANSWER

        await once(actor, a_request(), work)


async def test_an_answer_without_a_body_is_kept_as_it_is(world: World) -> None:
    actor = await world.learner()
    empty = KeptAnswer(204, {}, None)

    async def work() -> KeptAnswer:
        return empty

    for again in (False, True):
        async with world.scope(actor) as scope:
            once = await scope.get(Once)
            assert await once(actor, a_request(), work) == Answered(empty, again=again)


async def test_the_oldest_are_forgotten_and_no_more_than_asked(world: World) -> None:
    ask = await asked(world)
    await ask(a_request())
    later, system = datetime.now(UTC) + timedelta(hours=1), world.system()

    async def forget(before: datetime, limit: int = 9) -> int:
        async with world.scope(system) as scope:
            answers, transaction = await scope.get(KeptAnswers), await scope.get(Transaction)
            async with transaction(system):
                gone: int = await answers.forget(before, limit=limit)
                return gone

    assert await forget(later - timedelta(hours=2)) == 0
    assert await forget(later, limit=0) == 0
    await world.do(ForgetAnswers, system, "slot")
    assert await ask(a_request()) == Answered(ANSWER, again=True)
    assert await forget(later) == 1
    with pytest.raises(AlreadyAsked):
        await ask(a_request())
