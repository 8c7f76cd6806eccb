"""One code, shown many times at once."""

import asyncio

import asyncpg
import pytest
from tests.application.accounts.people import Visitor
from tests.application.accounts.phone import Phone
from tests.integration.races.locks import needs
from tests.support.given.world import World
from tests.support.timing.racing import race

from skillbridge.adapters.postgres.accounts.second_factors import PostgresSecondFactors
from skillbridge.adapters.postgres.accounts.writes import PostgresUsers
from skillbridge.application.accounts.second_factor import RemoveSecondFactor
from skillbridge.application.accounts.views import LoggedIn
from skillbridge.domain.accounts.second_factor import ChallengeOver, WrongCode
from skillbridge.domain.errors import TooMany

pytestmark = pytest.mark.row("C2", "B9")


async def test_a_code_that_is_shown_twice_at_once_lets_in_once(
    world: World, admin: asyncpg.Connection
) -> None:
    phone = Phone(Visitor(world))
    await phone.set_up()
    challenge, code = await phone.challenge(), phone.code()
    first, second = await race(
        admin,
        phone.verify(challenge, code),
        PostgresUsers.get,
        phone.verify(challenge, code),
    )
    assert isinstance(first.value, LoggedIn)
    assert isinstance(second.error, WrongCode)


@needs("app.lock_second_factor")
async def test_a_code_that_is_shown_twice_at_once_proves_once(
    world: World, admin: asyncpg.Connection
) -> None:
    """A step-up holds no account."""
    phone = Phone(Visitor(world))
    actor, _ = await phone.set_up()
    code = phone.code()
    first, second = await race(
        admin, phone.step_up(actor, code), PostgresSecondFactors.of, phone.step_up(actor, code)
    )
    assert first.value.proved_at is not None
    assert isinstance(second.error, WrongCode)


@pytest.mark.asvs("6.5.1", "15.4.2")
async def test_of_twenty_at_once_one_gets_in(world: World) -> None:
    phone = Phone(Visitor(world))
    await phone.set_up()
    challenge, code = await phone.challenge(), phone.code()
    found = await asyncio.gather(
        *(phone.verify(challenge, code) for _ in range(20)), return_exceptions=True
    )
    let_in = [one for one in found if isinstance(one, LoggedIn)]
    refused = [one for one in found if isinstance(one, WrongCode | TooMany)]
    assert (len(let_in), len(refused)) == (1, 19)


async def test_a_code_shown_while_it_is_removed_brings_nothing_back(
    world: World, admin: asyncpg.Connection
) -> None:
    phone = Phone(Visitor(world))
    actor, _ = await phone.set_up()
    challenge = await phone.challenge()
    _, verified = await race(
        admin,
        world.do(RemoveSecondFactor, actor),
        PostgresUsers.get,
        phone.verify(challenge),
    )
    assert isinstance(verified.error, ChallengeOver)
    await phone.owner.log_in()


@needs("app.lock_account")
async def test_a_log_in_during_a_confirmation_ends_with_the_others(
    world: World, admin: asyncpg.Connection
) -> None:
    """Whichever comes first: what it started is ended, or it is asked for a code."""
    phone = Phone(Visitor(world))
    actor = await phone.actor(await phone.owner.arrive())
    await phone.enrol(actor)
    log_in, confirmed = await race(
        admin, phone.owner.log_in(), PostgresUsers.get, phone.confirm(actor)
    )
    assert confirmed.error is None
    with pytest.raises(Exception, match="ended"):
        await phone.owner.refresh(log_in.value.refresh_token)
