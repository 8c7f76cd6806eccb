"""What every collection of phones promises, on every backend."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from tests.support.given.world import World

from skillbridge.application.accounts.ports.phones import PhoneReads, Phones
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.phone import Phone, TextState
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Forbidden
from skillbridge.domain.ids import PhoneId, ProofId, UserId

pytestmark = pytest.mark.row("C5", "B11", "A9")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
INDEX, OTHER = b"1" * 32, b"2" * 32


def a_phone(user_id: UserId, index: bytes = INDEX) -> Phone:
    return Phone(PhoneId(uuid4()), user_id, b"sealed", index)


@asynccontextmanager
async def kept(world: World, actor: Actor | None = None) -> AsyncIterator[Phones]:
    actor = actor or world.pre_authentication()
    async with world.scope(actor) as scope:
        phones: Phones = await scope.get(Phones)
        async with (await scope.get(Transaction))(actor):
            yield phones


async def confirmed(world: World, phone: Phone, *, most: int = 5) -> bool:
    async with kept(world) as phones:
        await phones.put(phone)
        return await phones.confirm(phone, (OTHER, phone.number_index), most=most, at=NOW)


async def test_one_waits_and_then_counts_in_the_place_of_another(world: World) -> None:
    amina = await world.learner()
    first, second = a_phone(amina.user_id), a_phone(amina.user_id)
    assert await confirmed(world, first)
    async with kept(world) as phones:
        await phones.put(a_phone(amina.user_id))
        await phones.put(second)
        assert await phones.of(amina.user_id, verified=False) == second
        assert await phones.of(amina.user_id, verified=True) == replace(first, verified_at=NOW)
    reads = await world.ask(PhoneReads, "of", amina)
    assert [one.id for one in reads] == [second.id, first.id]
    assert await confirmed(world, second)
    async with kept(world) as phones:
        assert await phones.of(amina.user_id, verified=False) is None
        assert await phones.of(amina.user_id, verified=True) == replace(second, verified_at=NOW)
        await phones.remove(amina.user_id)
        assert await phones.of(amina.user_id, verified=True) is None


async def test_so_many_accounts_have_a_number_and_no_more(world: World) -> None:
    one, two, three = [(await world.learner()).user_id for _ in range(3)]
    assert await confirmed(world, a_phone(one), most=2)
    assert await confirmed(world, a_phone(two, OTHER), most=2)  # by an older key
    assert not await confirmed(world, a_phone(three), most=2)
    assert await confirmed(world, a_phone(one), most=2)
    async with kept(world) as phones:
        assert await phones.of(three, verified=True) is None
        await phones.remove(two)
    assert await confirmed(world, a_phone(three), most=2)


async def test_what_is_gone_is_not_confirmed(world: World) -> None:
    amina = await world.learner()
    async with kept(world) as phones:
        assert not await phones.confirm(a_phone(amina.user_id), (INDEX,), most=5, at=NOW)


async def test_what_became_of_the_newest_text_is_kept(world: World) -> None:
    phone = a_phone((await world.learner()).user_id)
    older = replace(phone, text_id=ProofId(uuid4()), text_state=TextState.SENT)
    newer = replace(phone, text_id=ProofId(uuid4()), text_state=TextState.SENDING)
    async with kept(world) as phones:
        await phones.put(phone)
    async with kept(world, world.system()) as phones:
        await phones.begin_text(older)
        await phones.begin_text(newer)
        await phones.end_text(older)
        assert await phones.of(phone.user_id, verified=False) == newer
        sent = replace(newer, text_state=TextState.SENT)
        await phones.end_text(sent)
        assert await phones.of(phone.user_id, verified=False) == sent


async def test_nobody_sees_one_in_their_own_standing(world: World) -> None:
    amina, bola = await world.learner(), await world.learner()
    await confirmed(world, a_phone(amina.user_id))
    for who in (amina, bola):
        with suppress(Forbidden):  # PostgreSQL refuses a person's login the look itself
            async with kept(world, who) as phones:
                assert await phones.of(amina.user_id, verified=True) is None
    assert await world.ask(PhoneReads, "of", bola) == []
