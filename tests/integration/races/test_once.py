"""One request sent twice at the same moment, with the same key."""

from hashlib import sha256

import asyncpg
import pytest
from tests.integration.races.locks import needs
from tests.support.given.matching import learner, mentor
from tests.support.given.world import World
from tests.support.timing.racing import race

from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.matching.writes import PostgresMatches
from skillbridge.application.matching.matches import RequestMatch
from skillbridge.application.ports.idempotency import (
    Answered,
    KeptAnswer,
    KeyedRequest,
    KeyInFlight,
    Once,
)
from skillbridge.domain.actor import Actor

pytestmark = pytest.mark.row("C8", "B9")

REQUEST = KeyedRequest("RequestMatch", "k", sha256(b"").digest())
ANSWER = KeptAnswer(201, {}, "{}")


async def asked_once(world: World, asks: Actor, of: Actor) -> Answered:
    async with world.scope(asks) as scope:
        once, ask = await scope.get(Once), await scope.get(RequestMatch)

        async def work() -> KeptAnswer:
            await ask(asks, of.user_id)
            return ANSWER

        answered: Answered = await once(asks, REQUEST, work)
        return answered


@needs("engine.advisory_locks.HOLD")
async def test_the_second_is_told_that_the_first_is_at_work(
    world: World, admin: asyncpg.Connection
) -> None:
    asks, of = await learner(world), await mentor(world)
    once, again = (asked_once(world, asks, of) for _ in range(2))
    first, second = await race(admin, once, PostgresMatches.add, again)
    assert first.value == Answered(ANSWER, again=False)
    assert isinstance(second.error, KeyInFlight)
    assert (second.error.retry_after, second.waited) == (1, False)
    assert await asked_once(world, asks, of) == Answered(ANSWER, again=True)


async def test_who_looked_before_the_first_was_done_looks_again(
    world: World, admin: asyncpg.Connection
) -> None:
    asks, of = await learner(world), await mentor(world)
    early, late = (asked_once(world, asks, of) for _ in range(2))
    first, second = await race(admin, early, Database.read, late)
    assert second.value == Answered(ANSWER, again=False)
    assert first.value == Answered(ANSWER, again=True)
