"""What every collection of waiting registrations promises, on every backend."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.support.given.world import World

from skillbridge.application.accounts.ports.users import Registrations
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.registration import Registration
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Forbidden
from skillbridge.domain.ids import RegistrationId, TenantId

LIFE = timedelta(days=1)

pytestmark = pytest.mark.row("C1", "B11", "A9")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@asynccontextmanager
async def registrations_as(world: World, actor: Actor) -> AsyncIterator[Registrations]:
    async with world.scope(actor) as scope:
        registrations: Registrations = await scope.get(Registrations)
        async with (await scope.get(Transaction))(actor):
            yield registrations


async def wait(
    world: World, email: str = "amina@example.org", at: datetime = NOW, *, mailed: bool = True
) -> Registration:
    made, _ = Registration.start(
        RegistrationId(uuid4()), world.tenant_id, email, "hash", "Amina", mailed=mailed, at=at
    )
    async with registrations_as(world, world.pre_authentication()) as registrations:
        await registrations.add(made)
    return made


async def test_one_is_found_as_it_was_stored(world: World) -> None:
    amina = await wait(world)
    async with registrations_as(world, world.pre_authentication()) as registrations:
        assert await registrations.get(amina.id) == amina
        assert await registrations.get(RegistrationId(uuid4())) is None


async def test_an_address_may_wait_more_than_once_and_the_newest_is_first(world: World) -> None:
    first, second = await wait(world), await wait(world, at=NOW + HOUR)
    await wait(world, "bola@example.org")
    async with registrations_as(world, world.pre_authentication()) as registrations:
        at, email = NOW + 2 * HOUR, "amina@example.org"
        assert await registrations.of_address(email, at=at, limit=9) == [second, first]
        assert await registrations.of_address(email, at=at, limit=1) == [second]
        assert await registrations.of_address(email, at=NOW + LIFE, limit=9) == [second]
        assert await registrations.of_address(email, at=NOW + 2 * LIFE, limit=9) == []


async def guess(world: World, email: str, *, at: datetime = NOW) -> Registration | None:
    async with registrations_as(world, world.pre_authentication()) as registrations:
        return await registrations.guess(email, at=at)


@pytest.mark.asvs("6.6.3")
async def test_of_two_hundred_guesses_at_once_five_are_counted_at_the_newest(world: World) -> None:
    older, newest = await wait(world), await wait(world, at=NOW + HOUR)
    other = await wait(world, "bola@example.org")
    found = await asyncio.gather(*(guess(world, newest.email) for _ in range(200)))
    assert sorted(one.tries for one in found if one) == [1, 2, 3, 4, 5]
    assert {one.id for one in found if one} == {newest.id}
    async with registrations_as(world, world.pre_authentication()) as registrations:
        assert await registrations.get(newest.id) == replace(newest, tries=5)
        assert await registrations.get(older.id) == older
        assert await registrations.get(other.id) == other


async def test_a_code_that_no_mail_holds_is_not_guessed_at(world: World) -> None:
    mailed, silent = await wait(world), await wait(world, at=NOW + HOUR, mailed=False)
    assert await guess(world, mailed.email) == replace(mailed, tries=1)
    async with registrations_as(world, world.pre_authentication()) as registrations:
        assert await registrations.get(silent.id) == silent


async def test_a_guess_finds_nothing_where_nothing_waits(world: World) -> None:
    amina = await wait(world)
    assert await guess(world, "bola@example.org") is None
    assert await guess(world, amina.email, at=NOW + LIFE) is None
    assert await guess(world, amina.email) == replace(amina, tries=1)


async def test_all_of_an_address_end_together(world: World) -> None:
    first, second, other = await wait(world), await wait(world), await wait(world, "b@example.org")
    async with registrations_as(world, world.pre_authentication()) as registrations:
        assert set(await registrations.end("amina@example.org")) == {first.id, second.id}
        assert await registrations.end("amina@example.org") == []
        assert await registrations.get(first.id) is None
        assert await registrations.get(other.id) == other


async def test_what_waited_too_long_is_forgotten_the_oldest_first(world: World) -> None:
    old, older = await wait(world, at=NOW - HOUR), await wait(world, at=NOW - 2 * HOUR)
    living = await wait(world)
    async with registrations_as(world, world.system()) as registrations:
        assert await registrations.forget(NOW + LIFE - HOUR, limit=1) == 1
        assert await registrations.get(older.id) is None
        assert await registrations.get(old.id) == old
        assert await registrations.forget(NOW + LIFE - HOUR, limit=9) == 1
        assert await registrations.get(living.id) == living


async def test_nobody_else_sees_any(world: World) -> None:
    """A person's login is refused the look itself."""
    amina = await wait(world)
    elsewhere = TenantId(uuid4())
    with suppress(Forbidden):
        async with registrations_as(world, await world.learner()) as registrations:
            assert await registrations.get(amina.id) is None
    async with registrations_as(world, Actor.pre_authentication(elsewhere)) as registrations:
        assert await registrations.guess(amina.email, at=NOW) is None
    for stranger in (Actor.pre_authentication(elsewhere), Actor.system(elsewhere)):
        async with registrations_as(world, stranger) as registrations:
            assert await registrations.get(amina.id) is None
            assert await registrations.of_address(amina.email, at=NOW, limit=9) == []
            assert await registrations.end(amina.email) == []
    async with registrations_as(world, world.pre_authentication()) as registrations:
        assert await registrations.get(amina.id) == amina
