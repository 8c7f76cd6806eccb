"""What is sealed moves to the present key by the clock, in every column."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.application.accounts.people import Visitor
from tests.application.accounts.phone import Phone
from tests.contracts.test_second_factors import kept, put
from tests.support.given.world import World

from skillbridge.adapters.crypto.authenticators import TotpAuthenticators
from skillbridge.adapters.crypto.field_encryption import AesGcmFields
from skillbridge.adapters.crypto.keys import Key, KeyRing
from skillbridge.adapters.crypto.sealing import Sealer
from skillbridge.application.ports.field_encryption import FieldEncryption, SealedRows
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.sealed_columns import SealSecretsAnew
from skillbridge.domain.accounts.second_factor import SecondFactor
from skillbridge.domain.ids import UserId

pytestmark = pytest.mark.row("C5", "C2")


def rings(ours: AesGcmFields) -> tuple[AesGcmFields, AesGcmFields]:
    """After another key was put in front, and after the older ones were taken away."""

    def ahead(ring: KeyRing) -> KeyRing:
        return replace(ring, newest_first=(Key("0123456789ab", b"k" * 32), *ring.newest_first))

    def only(ring: KeyRing) -> KeyRing:
        return replace(ring, newest_first=ahead(ring).newest_first[:1])

    seal, index = ours.sealer.ring, ours.index_ring
    return (
        AesGcmFields(Sealer(ahead(seal)), ahead(index)),
        AesGcmFields(Sealer(only(seal)), only(index)),
    )


async def move(world: World, encryption: FieldEncryption) -> None:
    async with world.scope(world.system()) as scope:
        transaction, rows = await scope.get(Transaction), await scope.get(SealedRows)
        for slot in ("first", "second"):
            await SealSecretsAnew(transaction, encryption, rows)(world.system(), slot)


async def secret_of(world: World, user_id: UserId) -> SecondFactor:
    async with kept(world) as factors:
        factor = await factors.of(user_id)
    assert factor is not None
    return factor


async def test_secrets_of_apps_move_and_the_older_key_may_go(world: World) -> None:
    phone = Phone(Visitor(world))
    actor, _ = await phone.set_up()
    ours = await world.worker.get(FieldEncryption)
    assert isinstance(ours, AesGcmFields)
    both, only = rings(ours)
    await move(world, both)
    factor = await secret_of(world, actor.user_id)
    app = TotpAuthenticators(only)
    assert app.step_of(factor, phone.code(), at=datetime.now(UTC)) is not None


async def test_what_no_key_opens_holds_up_nothing(world: World) -> None:
    ours = await world.worker.get(FieldEncryption)
    assert isinstance(ours, AesGcmFields)
    broken = SecondFactor((await world.learner()).user_id, ours.sealer.key + b"?" * 40)
    retired = SecondFactor((await world.learner()).user_id, b"retired key, and what it sealed")
    for one in (broken, retired):
        await put(world, one)
    await move(world, rings(ours)[0])
    for one in (broken, retired):
        assert await secret_of(world, one.user_id) == one
