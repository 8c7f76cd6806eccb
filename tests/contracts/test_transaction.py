"""What every transaction promises, on every backend."""

import pytest
from tests.support.given.world import World

from skillbridge.application.ports import Transaction

pytestmark = pytest.mark.row("L1", "A9")


async def test_transactions_do_not_nest(world: World) -> None:
    actor = await world.learner()
    async with world.scope(actor) as scope:
        transaction = await scope.get(Transaction)
        async with transaction(actor):
            with pytest.raises(RuntimeError, match="nest"):
                async with transaction(actor):
                    pytest.fail("a second transaction opened inside of the first")


async def test_nothing_is_left_open_after_a_failure(world: World) -> None:
    actor = await world.learner()
    async with world.scope(actor) as scope:
        transaction = await scope.get(Transaction)
        with pytest.raises(ZeroDivisionError):
            async with transaction(actor):
                raise ZeroDivisionError
        async with transaction(actor) as tx:
            assert tx is not None
