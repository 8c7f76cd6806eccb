"""What every collection of accounts promises, on every backend."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from tests.support.given.world import World

from skillbridge.application.accounts.ports.users import AccountReads, Users
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.user import UnknownAccount, User
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.errors import Forbidden, StaleWrite
from skillbridge.domain.ids import TenantId, UserId

pytestmark = pytest.mark.row("C1", "B11", "A9")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@asynccontextmanager
async def users_as(world: World, actor: Actor) -> AsyncIterator[Users]:
    async with world.scope(actor) as scope:
        users: Users = await scope.get(Users)
        async with (await scope.get(Transaction))(actor):
            yield users


@pytest.fixture
async def amina(world: World) -> User:
    user = User(UserId(uuid4()), world.tenant_id, "amina@example.org", "hash")
    async with users_as(world, world.system()) as users:
        assert await users.add(user)
    return user


async def test_an_account_is_found_as_it_was_stored(world: World, amina: User) -> None:
    async with users_as(world, world.pre_authentication()) as users:
        assert await users.get(amina.id) == amina
        assert await users.peek(amina.id) == amina
        assert await users.owner_of(amina.email) == amina
        assert await users.with_email(amina.email) == amina


async def test_an_address_has_one_account(world: World, amina: User) -> None:
    async with users_as(world, world.system()) as users:
        assert not await users.add(replace(amina, id=UserId(uuid4())))
        assert await users.with_email(amina.email) == amina


async def test_what_is_saved_is_there_with_the_next_version(world: World, amina: User) -> None:
    amina.password_hash, amina.email_verified_at = "other", NOW
    amina.disabled_at = NOW
    amina.grant(Role.MENTOR, "A test", at=NOW)
    async with users_as(world, world.system()) as users:
        await users.save(amina)
    async with users_as(world, world.pre_authentication()) as users:
        assert await users.get(amina.id) == replace(amina, version=2)
        with pytest.raises(StaleWrite):
            await users.save(amina)


async def test_who_is_not_there_is_not_found(world: World) -> None:
    async with users_as(world, world.pre_authentication()) as users:
        assert await users.with_email("nobody@example.org") is None
        for missing in (users.get(UserId(uuid4())), users.peek(UserId(uuid4()))):
            with pytest.raises(UnknownAccount):
                await missing
        with pytest.raises(UnknownAccount):
            await users.owner_of("nobody@example.org")


async def test_a_person_looks_nobody_up(world: World, amina: User) -> None:
    """PostgreSQL refuses them the look itself: passwords are not for the login of the signed-in."""
    stranger = await world.learner()
    with pytest.raises((UnknownAccount, Forbidden)):
        async with users_as(world, stranger) as users:
            await users.get(amina.id)
    with suppress(Forbidden):
        async with users_as(world, stranger) as users:
            assert await users.with_email(amina.email) is None


async def test_another_tenant_sees_nothing(world: World, amina: User) -> None:
    elsewhere = TenantId(uuid4())
    for stranger in (Actor.pre_authentication(elsewhere), Actor.system(elsewhere)):
        async with users_as(world, stranger) as users:
            assert await users.with_email(amina.email) is None
            with pytest.raises(UnknownAccount):
                await users.peek(amina.id)


async def test_the_newest_accounts_come_first(world: World) -> None:
    made = [(await world.person()).user_id for _ in range(4)]
    found = await world.ask(AccountReads, "newest", world.system(), limit=3)
    assert [account.id for account in found] == made[:0:-1]
