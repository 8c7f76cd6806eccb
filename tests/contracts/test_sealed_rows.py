"""What every store promises of sealed values that move to another key."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.contracts.test_second_factors import kept, put
from tests.support.given.world import World

from skillbridge.application.ports.field_encryption import SealedRow, SealedRows
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.sealed_columns import TOTP_SECRET
from skillbridge.domain.accounts.second_factor import SecondFactor
from skillbridge.domain.ids import UserId

pytestmark = pytest.mark.row("C5", "B11")


@asynccontextmanager
async def sealed(world: World) -> AsyncIterator[SealedRows]:
    async with world.scope(world.system()) as scope:
        rows: SealedRows = await scope.get(SealedRows)
        async with (await scope.get(Transaction))(world.system()):
            yield rows


async def test_those_of_some_keys_are_found_and_what_has_no_secret_is_not(world: World) -> None:
    older, newer, mailed = [(await world.learner()).user_id for _ in range(3)]
    await put(world, SecondFactor(older, b"key001 1"))
    await put(world, SecondFactor(newer, b"key002 2"))
    await put(world, SecondFactor.by_mail(mailed))
    async with sealed(world) as rows:
        found = await rows.sealed_by(TOTP_SECRET, [b"key001", b"key000"], limit=9)
        assert found == [SealedRow(older, b"key001 1")]
        assert len(await rows.sealed_by(TOTP_SECRET, [b"key001", b"key002"], limit=9)) == 2
        assert len(await rows.sealed_by(TOTP_SECRET, [b"key001", b"key002"], limit=1)) == 1


async def test_one_moves_unless_it_is_another_by_now(world: World) -> None:
    user_id = (await world.learner()).user_id
    await put(world, SecondFactor(user_id, b"key001 1"))

    async def move(row: UserId, old: bytes, new: bytes) -> bytes:
        async with sealed(world) as rows:
            await rows.move(TOTP_SECRET, SealedRow(row, old), new, None)
        async with kept(world) as factors:
            factor = await factors.of(user_id)
        assert factor is not None
        return factor.sealed_secret

    assert await move(user_id, b"key001 0", b"key002 0") == b"key001 1"
    assert await move((await world.learner()).user_id, b"key001 1", b"key002 0") == b"key001 1"
    assert await move(user_id, b"key001 1", b"key002 1") == b"key002 1"
