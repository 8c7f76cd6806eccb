"""What every transaction promises, on every backend."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.support.given.world import World

from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.profiles.ports import Profiles
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.events.accounts import EmailVerified
from skillbridge.domain.profiles.profile import Profile

pytestmark = pytest.mark.row("L1", "A9")

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


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


@pytest.mark.asvs("2.3.3")
async def test_of_a_transaction_that_fails_nothing_stays(world: World) -> None:
    actor = await world.learner()
    async with world.scope(actor) as scope:
        transaction, profiles = await scope.get(Transaction), await scope.get(Profiles)

        async def rename(name: str) -> Profile:
            before: Profile = await profiles.get(actor.user_id)
            await profiles.save(replace(before, details=replace(before.details, name=name)))
            assert (await profiles.get(actor.user_id)).details.name == name
            return before

        with suppress(ZeroDivisionError):
            async with transaction(actor):
                before = await rename("Somebody else")
                raise ZeroDivisionError
        async with transaction(actor):
            assert await rename("Nobody") == before


async def test_what_happened_is_kept_with_who_did_it(world: World) -> None:
    if world.admin is None:
        pytest.skip("about what the database holds")
    person = await world.learner()
    for actor in (person, world.pre_authentication(), world.system()):
        async with world.scope(actor) as scope, (await scope.get(Transaction))(actor) as tx:
            tx.emit(EmailVerified(user_id=person.user_id, at=NOW))
    rows = await world.admin.fetch(
        "select actor_id from events where tenant_id = $1 and name = 'EmailVerified' order by actor_id",
        world.tenant_id,
    )
    assert [row["actor_id"] for row in rows] == [person.user_id, None, None], "nobody has no id"


async def test_who_only_reads_changes_nothing_and_is_told_so(world: World) -> None:
    actor = await world.learner()
    async with world.scope(actor) as scope:
        transaction, profiles = await scope.get(Transaction), await scope.get(Profiles)
        async with transaction(actor):
            before: Profile = await profiles.get(actor.user_id)
        renamed = replace(before, details=replace(before.details, name="Somebody else"))
        with pytest.raises((RuntimeError, Unavailable)):
            async with transaction(actor, read_only=True):
                await profiles.save(renamed)
        with pytest.raises((RuntimeError, Unavailable)):
            async with transaction(actor, read_only=True) as tx:
                tx.emit(EmailVerified(user_id=actor.user_id, at=NOW))
        async with transaction(actor):
            assert await profiles.get(actor.user_id) == before
            await profiles.save(renamed)
