"""What every collection of one-time proofs promises, on every backend."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.support.given.world import World

from skillbridge.application.accounts.ports.proofs import OneTimeProofs
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.one_time_proof import OneTimeProof, Purpose
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Forbidden
from skillbridge.domain.ids import ProofId, TenantId, UserId

pytestmark = pytest.mark.row("C1", "B11", "A9")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LIFE = timedelta(minutes=30)
RESET, CHANGE = Purpose.RESET_PASSWORD, Purpose.CHANGE_ADDRESS


@asynccontextmanager
async def proofs_as(world: World, actor: Actor) -> AsyncIterator[OneTimeProofs]:
    async with world.scope(actor) as scope:
        proofs: OneTimeProofs = await scope.get(OneTimeProofs)
        async with (await scope.get(Transaction))(actor):
            yield proofs


@pytest.fixture
async def amina(world: World) -> UserId:
    return (await world.learner()).user_id


async def mailed(
    world: World, user_id: UserId | None, purpose: Purpose = RESET, *, at: datetime = NOW
) -> OneTimeProof:
    asked = ("new@example.org", "old@example.org") if purpose is CHANGE else (None, None)
    id_, tenant_id = ProofId(uuid4()), world.tenant_id
    made = OneTimeProof(id_, tenant_id, purpose, user_id, at + LIFE, *asked)
    async with proofs_as(world, world.pre_authentication()) as proofs:
        await proofs.replace(made)
    return made


async def kept(world: World, proof: OneTimeProof) -> OneTimeProof | None:
    async with proofs_as(world, world.pre_authentication()) as proofs:
        return await proofs.get(proof.id)


async def guess(
    world: World, user_id: UserId, purpose: Purpose = RESET, *, at: datetime = NOW
) -> OneTimeProof | None:
    async with proofs_as(world, world.pre_authentication()) as proofs:
        return await proofs.guess(purpose, user_id, at=at)


async def use(world: World, proof: OneTimeProof, *, at: datetime = NOW) -> bool:
    async with proofs_as(world, world.pre_authentication()) as proofs:
        return await proofs.use(proof.id, at=at)


@pytest.mark.parametrize("purpose", Purpose)
async def test_one_is_found_as_it_was_stored(world: World, amina: UserId, purpose: Purpose) -> None:
    proof = await mailed(world, amina, purpose)
    assert await kept(world, proof) == proof
    assert await kept(world, replace(proof, id=ProofId(uuid4()))) is None


async def test_a_newer_one_replaces_those_of_its_account_and_purpose(
    world: World, amina: UserId
) -> None:
    older, other = await mailed(world, amina), await mailed(world, amina, CHANGE)
    hers = await mailed(world, (await world.learner()).user_id)
    for _ in range(5):
        await guess(world, amina)
    newer = await mailed(world, amina)
    assert await kept(world, older) is None
    assert [await kept(world, one) for one in (newer, other, hers)] == [newer, other, hers]
    assert await use(world, older) is False
    assert await guess(world, amina) == replace(newer, tries=1), "five tries of its own"


async def test_what_is_nobodys_replaces_nothing(world: World) -> None:
    one, other = await mailed(world, None), await mailed(world, None)
    assert [await kept(world, it) for it in (one, other)] == [one, other]


async def test_five_guesses_are_counted_and_no_sixth(world: World, amina: UserId) -> None:
    proof = await mailed(world, amina)
    for tries in range(1, 6):
        assert await guess(world, amina) == replace(proof, tries=tries)
    assert await guess(world, amina) is None
    assert await use(world, proof), "its link serves on"


async def test_of_two_hundred_guesses_at_once_five_are_looked_at(
    world: World, amina: UserId
) -> None:
    await mailed(world, amina)
    found = await asyncio.gather(*(guess(world, amina) for _ in range(200)))
    assert sorted(one.tries for one in found if one) == [1, 2, 3, 4, 5]


async def test_a_guess_finds_what_is_open_for_this_account_and_purpose(
    world: World, amina: UserId
) -> None:
    proof = await mailed(world, amina)
    assert await guess(world, amina, CHANGE) is None
    assert await guess(world, UserId(uuid4())) is None
    assert await guess(world, amina, at=NOW + LIFE) is None
    assert await kept(world, proof) == proof, "none of these was counted"
    assert await use(world, proof)
    assert await guess(world, amina) is None


async def test_who_has_none_is_given_nobodys_and_never_anothers(
    world: World, amina: UserId
) -> None:
    nobodys, hers = await mailed(world, None), await mailed(world, amina)
    assert await guess(world, amina) == replace(hers, tries=1), "one's own comes first"
    assert await guess(world, UserId(uuid4())) == replace(nobodys, tries=1)
    assert await guess(world, UserId(uuid4()), CHANGE) is None
    assert await guess(world, UserId(uuid4()), at=NOW + LIFE) is None
    assert await kept(world, hers) == replace(hers, tries=1)


@pytest.mark.asvs("6.3.8")
@pytest.mark.parametrize("others", [0, 2])
async def test_how_often_a_guess_is_counted_does_not_tell_who_has_an_account(
    world: World, amina: UserId, others: int
) -> None:
    """A mail was asked for either way: without an account it is nobody's."""

    async def counted(whose: UserId) -> int:
        for _ in range(others):
            await mailed(world, None)
        return [await guess(world, whose) is not None for _ in range(20)].count(True)

    await mailed(world, amina)
    with_one = await counted(amina)
    await mailed(world, None)
    assert with_one == await counted(UserId(uuid4())) == 5 * (others + 1)


async def guess_at(world: World, proof: OneTimeProof, *, at: datetime = NOW) -> OneTimeProof | None:
    async with proofs_as(world, world.pre_authentication()) as proofs:
        return await proofs.guess_at(proof.id, at=at)


@pytest.mark.parametrize("nobodys", [False, True])
async def test_five_guesses_at_one_are_counted_whosever_it_is(
    world: World, amina: UserId, nobodys: bool
) -> None:
    proof = await mailed(world, None if nobodys else amina, Purpose.SIGN_IN)
    other = await mailed(world, None, Purpose.SIGN_IN)
    found = await asyncio.gather(*(guess_at(world, proof) for _ in range(200)))
    assert sorted(one.tries for one in found if one) == [1, 2, 3, 4, 5]
    assert await kept(world, proof) == replace(proof, tries=5)
    assert await kept(world, other) == other


async def test_a_guess_at_what_is_over_used_or_gone_is_none(world: World, amina: UserId) -> None:
    proof = await mailed(world, amina, Purpose.SIGN_IN)
    assert await guess_at(world, proof, at=NOW + LIFE) is None
    assert await guess_at(world, replace(proof, id=ProofId(uuid4()))) is None
    assert await use(world, proof)
    assert await guess_at(world, proof) is None
    assert await kept(world, proof) == replace(proof, used_at=NOW), "none of these was counted"


@pytest.mark.asvs("15.4.2")
async def test_it_is_used_once_and_not_after_its_end(world: World, amina: UserId) -> None:
    proof, other = await mailed(world, amina), await mailed(world, amina, CHANGE)
    assert await use(world, other, at=NOW + LIFE) is False
    found = await asyncio.gather(*(use(world, proof) for _ in range(5)))
    assert sorted(found) == [False] * 4 + [True]
    assert await kept(world, proof) == replace(proof, used_at=NOW)


async def test_what_was_used_stays_when_another_is_mailed(world: World, amina: UserId) -> None:
    used = await mailed(world, amina, CHANGE)
    assert await use(world, used)
    await mailed(world, amina, CHANGE)
    assert await kept(world, used) == replace(used, used_at=NOW)


async def test_what_an_account_has_not_used_ends_together(world: World, amina: UserId) -> None:
    reset, change = await mailed(world, amina), await mailed(world, amina, CHANGE)
    hers = await mailed(world, (await world.learner()).user_id)
    assert await use(world, reset)
    async with proofs_as(world, world.pre_authentication()) as proofs:
        assert await proofs.end(amina) == 1
    assert await kept(world, reset) == replace(reset, used_at=NOW)
    assert await kept(world, change) is None
    assert await kept(world, hers) == hers


async def test_what_is_over_is_forgotten_the_oldest_first(world: World, amina: UserId) -> None:
    hour = timedelta(hours=1)
    old, older = (
        await mailed(world, None, at=NOW - hour),
        await mailed(world, None, at=NOW - 2 * hour),
    )
    living = await mailed(world, amina)
    async with proofs_as(world, world.system()) as proofs:
        assert await proofs.forget(NOW - hour + LIFE, limit=1) == 1
        assert await proofs.get(older.id) is None
        assert await proofs.get(old.id) == old
        assert await proofs.forget(NOW - hour + LIFE, limit=9) == 1
        assert await proofs.get(living.id) == living


async def test_nobody_else_sees_any(world: World, amina: UserId) -> None:
    proof = await mailed(world, amina)
    with suppress(Forbidden):  # PostgreSQL refuses a person's login the look itself
        async with proofs_as(world, Actor.person(amina, world.tenant_id)) as proofs:
            assert await proofs.get(proof.id) is None
    async with proofs_as(world, Actor.pre_authentication(TenantId(uuid4()))) as proofs:
        assert await proofs.get(proof.id) is None
        assert await proofs.guess(RESET, amina, at=NOW) is None
        assert await proofs.guess_at(proof.id, at=NOW) is None
        assert await proofs.use(proof.id, at=NOW) is False
    assert await kept(world, proof) == proof
