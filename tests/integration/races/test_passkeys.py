"""Passkeys that are answered, added and removed at once."""

import asyncio

import asyncpg
import pytest
from tests.application.accounts.holder import Holder
from tests.application.accounts.people import Visitor
from tests.integration.races.locks import needs
from tests.support.given.authenticator import Authenticator
from tests.support.given.world import World
from tests.support.timing.racing import race

from skillbridge.adapters.postgres.accounts.passkeys import PostgresPasskeys
from skillbridge.adapters.postgres.accounts.writes import PostgresUsers
from skillbridge.application.accounts.passkeys import RemovePasskey
from skillbridge.application.accounts.ports.passkeys import PasskeyReads
from skillbridge.application.accounts.views import LoggedIn, PasskeyView
from skillbridge.domain.accounts.passkey import (
    CeremonyOver,
    PasskeyRefused,
    PasskeyTaken,
    TooManyPasskeys,
)
from skillbridge.domain.actor import Actor

pytestmark = pytest.mark.row("C2", "B9")
TEN = 10


@pytest.fixture
def holder(world: World) -> Holder:
    return Holder(Visitor(world))


async def own(holder: Holder, actor: Actor) -> list[PasskeyView]:
    found: list[PasskeyView] = await holder.world.ask(PasskeyReads, "of", actor)
    return found


@pytest.mark.parametrize("counts", [True, False])
async def test_of_one_answer_shown_twenty_times_at_once_one_signs_in(
    holder: Holder, counts: bool
) -> None:
    holder.device.counts = counts
    await holder.set_up()
    signed = holder.device.get(await holder.challenge())
    found = await asyncio.gather(
        *(holder.finish(signed) for _ in range(20)), return_exceptions=True
    )
    let_in = [one for one in found if isinstance(one, LoggedIn)]
    refused = [one for one in found if isinstance(one, CeremonyOver)]
    assert (len(let_in), len(refused)) == (1, 19)
    await holder.world.settle()
    assert "We refused a passkey of your account" not in await holder.owner.subjects()


async def test_of_two_answers_with_one_count_the_second_is_refused(
    holder: Holder, admin: asyncpg.Connection
) -> None:
    await holder.set_up()
    one = holder.device.get(await holder.challenge(), count=5)
    other = holder.device.get(await holder.challenge(), count=5)
    first, second = await race(admin, holder.finish(one), PostgresUsers.get, holder.finish(other))
    assert isinstance(first.value, LoggedIn)
    assert "went back" in str(second.error)


@needs("app.lock_account")
async def test_of_two_that_are_added_at_once_beside_nine_one_is_kept(
    holder: Holder, admin: asyncpg.Connection
) -> None:
    actor = await holder.arrive()
    for n in range(TEN - 1):
        await holder.add(actor, Authenticator(), f"Phone {n}")
    one, other = [Authenticator().create(await holder.to_create(actor)) for _ in range(2)]
    first, second = await race(
        admin, holder.keep(actor, one), PostgresPasskeys.of, holder.keep(actor, other)
    )
    assert first.error is None
    assert isinstance(second.error, TooManyPasskeys)
    assert len(await own(holder, actor)) == TEN


async def test_of_two_accounts_that_add_one_credential_at_once_one_has_it(
    holder: Holder, admin: asyncpg.Connection
) -> None:
    bola = Holder(Visitor(holder.world, "bola@example.org"))
    amina, other = await holder.arrive(), await bola.arrive()
    same = Authenticator(credential_id=holder.device.credential_id)
    mine = holder.device.create(await holder.to_create(amina))
    hers = same.create(await bola.to_create(other))
    first, second = await race(
        admin, holder.keep(amina, mine), PostgresPasskeys.add, bola.keep(other, hers)
    )
    assert first.error is None
    assert isinstance(second.error, PasskeyTaken)


async def test_one_that_is_removed_meanwhile_signs_nobody_in(
    holder: Holder, admin: asyncpg.Connection
) -> None:
    actor = await holder.set_up()
    (mine,) = await own(holder, actor)
    signed = holder.device.get(await holder.challenge())
    _, late = await race(
        admin,
        holder.world.do(RemovePasskey, actor, mine.id),
        PostgresUsers.get,
        holder.finish(signed),
    )
    assert isinstance(late.error, PasskeyRefused)
