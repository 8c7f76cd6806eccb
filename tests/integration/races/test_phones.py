"""A number that two accounts confirm at once, and codes that meet a change of the number."""

import asyncpg
import pytest
from tests.application.accounts.handset import OTHER, Handset
from tests.application.accounts.people import Visitor
from tests.contracts.test_phones import a_phone, confirmed
from tests.integration.races.locks import needs
from tests.support.given.world import World
from tests.support.timing.racing import race

from skillbridge.adapters.postgres.accounts.phones import PostgresPhones
from skillbridge.adapters.postgres.accounts.proofs import PostgresOneTimeProofs
from skillbridge.domain.accounts.one_time_proof import CodeRefused

pytestmark = pytest.mark.row("C5", "B9")


@pytest.mark.asvs("15.4.2")
@needs("app.confirm_phone")
async def test_of_two_who_confirm_the_last_place_of_a_number_one_has_it(
    world: World, admin: asyncpg.Connection
) -> None:
    one, two = [a_phone((await world.learner()).user_id) for _ in range(2)]
    first, second = await race(
        admin,
        confirmed(world, one, most=1),
        PostgresPhones.confirm,
        confirmed(world, two, most=1),
    )
    assert (first.value, second.value) == (True, False)


async def test_a_code_of_the_older_number_confirms_no_newer_one(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = Visitor(world)
    first, second = Handset(amina), Handset(amina, OTHER)
    actor = await first.actor(await amina.arrive())
    await first.begin(actor)
    finish, begin = await race(
        admin, first.finish(actor), PostgresOneTimeProofs.guess, second.begin(actor)
    )
    assert begin.error is None
    assert isinstance(finish.error, CodeRefused)
    assert (await first.shown(actor)).verified_at is None
