"""What every collection of passkeys and of answered challenges promises, on every backend."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.support.given.world import World

from skillbridge.application.accounts.ports.passkeys import PasskeyReads, Passkeys, SpentChallenges
from skillbridge.application.accounts.views import passkey_view
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.passkey import (
    Ceremony,
    Passkey,
    PasskeyTaken,
    Purpose,
    UnknownPasskey,
)
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Forbidden
from skillbridge.domain.ids import PasskeyId, TenantId, UserId

pytestmark = pytest.mark.row("C2", "B11", "A9")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@asynccontextmanager
async def kept(world: World, actor: Actor | None = None) -> AsyncIterator[Passkeys]:
    actor = actor or world.pre_authentication()
    async with world.scope(actor) as scope:
        passkeys: Passkeys = await scope.get(Passkeys)
        async with (await scope.get(Transaction))(actor):
            yield passkeys


@asynccontextmanager
async def spent(world: World, actor: Actor | None = None) -> AsyncIterator[SpentChallenges]:
    actor = actor or world.pre_authentication()
    async with world.scope(actor) as scope:
        challenges: SpentChallenges = await scope.get(SpentChallenges)
        async with (await scope.get(Transaction))(actor):
            yield challenges


@pytest.fixture
async def abroad(world: World) -> World:
    """Another tenant of the installation."""
    tenant_id = TenantId(uuid4())
    if world.admin is not None:
        into = "insert into tenants (id, slug, name) values ($1, $2, 'Abroad')"
        await world.admin.execute(into, tenant_id, f"t-{tenant_id.hex}")
    return replace(world, tenant_id=tenant_id)


def a_passkey(user_id: UserId, *, at: datetime = NOW, credential: bytes = b"") -> Passkey:
    id_ = PasskeyId(uuid4())
    return Passkey(
        *(id_, user_id, credential or id_.bytes, b"key"),
        sign_count=7,
        synced=True,
        name="Phone",
        created_at=at,
    )


async def add(world: World, *passkeys: Passkey) -> None:
    async with kept(world) as port:
        for one in passkeys:
            await port.add(one)


async def test_one_is_found_as_it_was_added_the_oldest_first(world: World) -> None:
    amina, bola = await world.learner(), await world.learner()
    newer = a_passkey(amina.user_id, at=NOW + timedelta(days=1))
    older = a_passkey(amina.user_id)
    await add(world, newer, older)
    async with kept(world) as port:
        assert list(await port.of(amina.user_id)) == [older, newer]
        assert await port.of(bola.user_id) == []
        assert await port.with_credential(older.credential_id) == older
        assert await port.with_credential(b"another") is None
    assert list(await world.ask(PasskeyReads, "of", amina)) == [
        passkey_view(older),
        passkey_view(newer),
    ]
    assert list(await world.ask(PasskeyReads, "of", bola)) == []
    for one in await world.ask(PasskeyReads, "of", amina):
        assert await world.ask(PasskeyReads, "one", amina, one.id) == one
        for stranger, id_ in ((bola, one.id), (amina, PasskeyId(uuid4()))):
            with pytest.raises(UnknownPasskey):
                await world.ask(PasskeyReads, "one", stranger, id_)


async def test_what_changes_is_kept_and_what_was_removed_is_gone(world: World) -> None:
    amina = await world.learner()
    one, other = a_passkey(amina.user_id), a_passkey(amina.user_id)
    await add(world, one, other)
    changed = replace(one, name="Tablet", sign_count=4_294_967_295, last_used_at=NOW)
    async with kept(world) as port:
        await port.save(changed)
        await port.remove(other)
    async with kept(world) as port:
        assert await port.of(amina.user_id) == [changed]
        assert await port.with_credential(other.credential_id) is None


async def test_what_is_found_is_a_copy(world: World) -> None:
    amina = await world.learner()
    one = a_passkey(amina.user_id)
    await add(world, one)
    async with kept(world) as port:
        (found,) = await port.of(amina.user_id)
        found.name = "never saved"
        again = await port.with_credential(one.credential_id)
        assert again is not None
        again.name = "nor this"
        assert await port.of(amina.user_id) == [one]


async def test_a_credential_is_known_once_in_all_tenants(world: World, abroad: World) -> None:
    amina, foreigner = await world.learner(), await abroad.learner()
    one = a_passkey(amina.user_id, credential=uuid4().bytes)
    await add(world, one)
    for there, who in ((world, amina), (abroad, foreigner)):
        with pytest.raises(PasskeyTaken):
            await add(there, a_passkey(who.user_id, credential=one.credential_id))
    async with kept(abroad) as port:
        assert await port.with_credential(one.credential_id) is None
        assert await port.of(amina.user_id) == []


async def test_nobody_sees_them_in_their_own_standing(world: World) -> None:
    amina = await world.learner()
    one = a_passkey(amina.user_id)
    await add(world, one)
    with suppress(Forbidden):
        async with kept(world, amina) as port:
            assert await port.of(amina.user_id) == []
    with suppress(Forbidden):
        async with kept(world, amina) as port:
            assert await port.with_credential(one.credential_id) is None


async def test_a_challenge_is_spent_once_and_forgotten_by_its_end(world: World) -> None:
    def ceremony(at: datetime) -> Ceremony:
        return Ceremony.begin(Purpose.LOG_IN, world.tenant_id, uuid4().bytes, at=at)

    first, second, third = (ceremony(NOW + n * timedelta(hours=1)) for n in range(3))

    async def spend(one: Ceremony) -> bool:
        async with spent(world) as port:
            return await port.spend(one)

    assert [await spend(one) for one in (third, first, second, first)] == [True] * 3 + [False]

    async def forget(before: datetime, *, limit: int) -> int:
        async with spent(world, world.system()) as port:
            return await port.forget(before, limit=limit)

    assert await forget(second.expires_at, limit=1) == 1
    assert [await spend(second), await spend(third)] == [False, False]
    assert await forget(second.expires_at, limit=9) == 1
    assert [await spend(first), await spend(third)] == [True, False]
