"""What every collection of sign-ins promises, on every backend."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.support.given.world import World

from skillbridge.application.accounts.ports import SignIns
from skillbridge.application.ports.access_tokens import EndedSignIns
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.sign_in import SignIn, SignInOver, digest
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Forbidden
from skillbridge.domain.ids import SessionId, TenantId

pytestmark = pytest.mark.row("C1", "B11", "A9")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(seconds=5)


@asynccontextmanager
async def sign_ins_as(world: World, actor: Actor) -> AsyncIterator[SignIns]:
    async with world.scope(actor) as scope:
        sign_ins: SignIns = await scope.get(SignIns)
        async with (await scope.get(Transaction))(actor):
            yield sign_ins


@pytest.fixture
def foo() -> bytes:
    return digest(uuid4().hex)


@pytest.fixture
async def sign_in(world: World, foo: bytes) -> SignIn:
    owner = await world.learner()
    made = SignIn.start(SessionId(uuid4()), owner.user_id, foo, device="a phone", at=NOW)
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        await sign_ins.add(made)
    return made


async def test_a_chain_is_found_by_its_token(world: World, sign_in: SignIn, foo: bytes) -> None:
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        assert await sign_ins.presenting(foo) == sign_in


async def test_a_move_is_kept_for_both_of_its_tokens(
    world: World, sign_in: SignIn, foo: bytes
) -> None:
    bar = digest(foo.hex())
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        moved = await sign_ins.presenting(foo)
        moved.refresh((bar,), at=LATER)
        await sign_ins.save(moved)
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        assert await sign_ins.presenting(foo) == moved
        newest = await sign_ins.presenting(bar)
    assert newest.presented == moved.successor
    assert newest.successor is None
    assert newest.id == sign_in.id


async def test_revoking_is_seen_from_every_token(world: World, sign_in: SignIn, foo: bytes) -> None:
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        found = await sign_ins.presenting(foo)
        found.revoke(at=LATER)
        await sign_ins.save(found)
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        assert (await sign_ins.presenting(foo)).revoked_at == LATER
        assert await sign_ins.revoke_all(sign_in.user_id, at=LATER) == []


async def test_those_that_ended_are_told_from_those_that_live_and_from_another_tenants(
    world: World, sign_in: SignIn, foo: bytes
) -> None:
    ended: EndedSignIns = await world.api.get(EndedSignIns)
    asked = (sign_in.id, SessionId(uuid4()))
    assert await ended.among(world.tenant_id, asked) == frozenset()
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        found = await sign_ins.presenting(foo)
        found.revoke(at=LATER)
        await sign_ins.save(found)
    assert await ended.among(world.tenant_id, asked) == {sign_in.id}
    assert await ended.among(TenantId(uuid4()), asked) == frozenset()


async def test_all_living_chains_of_one_user_are_revoked(
    world: World, sign_in: SignIn, foo: bytes
) -> None:
    other = await world.learner()
    async with sign_ins_as(world, world.system()) as sign_ins:
        assert await sign_ins.revoke_all(other.user_id, at=LATER) == []
        assert await sign_ins.revoke_all(sign_in.user_id, at=LATER) == [sign_in.id]


async def test_a_person_cannot_look_tokens_up(world: World, sign_in: SignIn, foo: bytes) -> None:
    owner = Actor.person(sign_in.user_id, world.tenant_id)
    with pytest.raises((SignInOver, Forbidden)):  # the one says nothing, the other asks the login
        async with sign_ins_as(world, owner) as sign_ins:
            await sign_ins.presenting(foo)


async def test_an_unknown_token_and_another_tenants_are_the_same(
    world: World, sign_in: SignIn, foo: bytes
) -> None:
    for actor, token in (
        (world.pre_authentication(), digest("unknown")),
        (Actor.pre_authentication(TenantId(uuid4())), foo),
    ):
        async with sign_ins_as(world, actor) as sign_ins:
            with pytest.raises(SignInOver):
                await sign_ins.presenting(token)
    assert sign_in.revoked_at is None
