"""What every collection of second factors promises, on every backend."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.support.given.world import World

from skillbridge.application.accounts.ports.second_factors import SecondFactorReads, SecondFactors
from skillbridge.application.accounts.views import SecondFactorState
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.second_factor import FactorKind, SecondFactor, digest
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Forbidden

pytestmark = pytest.mark.row("C2", "B11", "A9")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
NONE = SecondFactorState(active=False, confirmed_at=None, recovery_codes_left=0)


@asynccontextmanager
async def kept(world: World, actor: Actor | None = None) -> AsyncIterator[SecondFactors]:
    actor = actor or world.pre_authentication()
    async with world.scope(actor) as scope:
        factors: SecondFactors = await scope.get(SecondFactors)
        async with (await scope.get(Transaction))(actor):
            yield factors


async def put(world: World, factor: SecondFactor) -> None:
    async with kept(world) as factors:
        await factors.put(factor)


async def state(world: World, actor: Actor) -> SecondFactorState:
    found: SecondFactorState = await world.ask(SecondFactorReads, "of", actor)
    return found


async def test_one_is_found_as_it_was_put(world: World) -> None:
    amina, bola = await world.learner(), await world.learner()
    factor = SecondFactor(
        amina.user_id, b"sealed", NOW, 58_000_000_000, frozenset({digest("a"), digest("b")})
    )
    await put(world, factor)
    async with kept(world) as factors:
        assert await factors.of(amina.user_id) == factor
        assert await factors.peek(amina.user_id) == factor
        assert await factors.of(bola.user_id) is None
        assert await factors.peek(bola.user_id) is None


async def test_one_of_mails_is_found_as_it_was_put(world: World) -> None:
    amina = await world.learner()
    factor = replace(SecondFactor.by_mail(amina.user_id), same_mailbox=True)
    await put(world, factor)
    async with kept(world) as factors:
        assert await factors.of(amina.user_id) == factor


async def test_an_account_has_one_and_the_newest_counts(world: World) -> None:
    amina = await world.learner()
    await put(world, SecondFactor(amina.user_id, b"old", NOW, 3, frozenset({digest("a")})))
    newer = SecondFactor(amina.user_id, b"new")
    await put(world, newer)
    async with kept(world) as factors:
        assert await factors.of(amina.user_id) == newer


async def test_what_is_removed_is_gone(world: World) -> None:
    amina = await world.learner()
    await put(world, SecondFactor(amina.user_id, b"sealed", NOW))
    for _ in range(2):
        async with kept(world) as factors:
            await factors.remove(amina.user_id)
            assert await factors.of(amina.user_id) is None


async def test_nobody_sees_it_in_their_own_standing(world: World) -> None:
    amina = await world.learner()
    await put(world, SecondFactor(amina.user_id, b"sealed", NOW))
    for who in (amina, await world.learner()):
        with suppress(Forbidden):  # PostgreSQL refuses a person's login the look itself
            async with kept(world, who) as factors:
                assert await factors.of(amina.user_id) is None


async def test_its_owner_is_told_whether_it_counts_and_how_many_codes_are_left(
    world: World,
) -> None:
    amina, bola = await world.learner(), await world.learner()
    assert await state(world, amina) == NONE
    await put(world, SecondFactor(amina.user_id, b"sealed", None, None, frozenset({digest("a")})))
    assert await state(world, amina) == NONE
    await put(world, SecondFactor(amina.user_id, b"sealed", NOW, 1, frozenset({digest("a")})))
    expected = SecondFactorState(
        active=True, confirmed_at=NOW, recovery_codes_left=1, kind=FactorKind.APP
    )
    assert await state(world, amina) == expected
    assert await state(world, bola) == NONE
