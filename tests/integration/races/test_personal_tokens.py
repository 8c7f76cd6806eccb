"""Tokens that are made by two at once, or while everything ends."""

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from tests.application.accounts.test_personal_tokens import WISH, Maker
from tests.integration.races.locks import needs
from tests.support.given.world import World
from tests.support.timing.racing import race

from skillbridge.adapters.postgres.accounts.api_tokens import PostgresApiTokens
from skillbridge.adapters.postgres.accounts.writes import PostgresUsers
from skillbridge.application.accounts.personal_tokens import RevokePersonalToken
from skillbridge.application.accounts.service_tokens import CreateServiceToken
from skillbridge.domain.accounts.api_token import TooManyTokens, UnknownToken, Wish
from skillbridge.domain.accounts.sign_in import SignInOver

pytestmark = pytest.mark.row("C3", "B9")


@needs("app.lock_account")
async def test_of_two_that_are_made_at_once_one_is_the_twentieth(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = Maker(world)
    actor = await amina.come()
    for number in range(19):
        await amina.make(actor, replace(WISH, name=f"n-{number}"))
    first, second = await race(
        admin,
        amina.make(actor, replace(WISH, name="first")),
        PostgresApiTokens.living,
        amina.make(actor, replace(WISH, name="second")),
    )
    assert first.error is None
    assert isinstance(second.error, TooManyTokens)


@needs("engine.advisory_locks.HOLD_SERVICES")
async def test_of_two_of_a_tenant_that_are_made_at_once_one_is_the_twentieth(
    world: World, admin: asyncpg.Connection
) -> None:
    def make(name: str) -> Coroutine[Any, Any, Any]:
        return world.do(CreateServiceToken, world.system(), Wish(name, ("cohorts:read",), 9))

    for number in range(19):
        await make(f"n-{number}")
    living = PostgresApiTokens.living_of_services
    first, second = await race(admin, make("first"), living, make("second"))
    assert first.error is None
    assert isinstance(second.error, TooManyTokens)


async def test_of_two_of_one_name_the_later_lives(world: World, admin: asyncpg.Connection) -> None:
    amina = Maker(world)
    actor = await amina.come()
    first, second = await race(
        admin, amina.make(actor), PostgresApiTokens.living, amina.make(actor)
    )
    assert not await amina.lives(first.value)
    assert await amina.lives(second.value)


async def test_one_that_is_made_during_a_reset_does_not_outlive_it(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = Maker(world)
    actor = await amina.come()
    await amina.forgot()
    made, reset = await race(admin, amina.make(actor), PostgresApiTokens.living, amina.reset())
    assert reset.error is None
    assert not await amina.lives(made.value)


async def test_whoever_is_late_after_a_reset_makes_none(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = Maker(world)
    actor = await amina.come()
    await amina.forgot()
    reset, made = await race(admin, amina.reset(), PostgresUsers.save, amina.make(actor))
    assert reset.error is None
    assert isinstance(made.error, SignInOver)


async def test_of_two_who_revoke_it_at_once_one_did(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = Maker(world)
    actor = await amina.come()
    await amina.make(actor)
    first, second = await race(
        admin,
        world.do(RevokePersonalToken, actor, "laptop"),
        PostgresApiTokens.end,
        world.do(RevokePersonalToken, actor, "laptop"),
    )
    assert first.error is None
    assert isinstance(second.error, UnknownToken)
