"""What each proof is worth: no mail is a second factor, and each log-in has tokens of its own."""

from dataclasses import replace

import pytest
from tests.application.accounts.people import Visitor
from tests.application.accounts.phone import Phone
from tests.application.accounts.test_own_sign_ins import ELSEWHERE
from tests.application.accounts.test_passwords import stored
from tests.support.given.world import World

from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.domain.accounts.second_factor import SecondFactorNeeded

pytestmark = pytest.mark.row("C2", "C8")

NEW = "brown ladder sings at noon"
NEWS = "DeviceSignedIn"


@pytest.mark.asvs("6.4.3")
async def test_a_password_that_was_set_by_mail_is_half_of_a_log_in(world: World) -> None:
    phone = Phone(Visitor(world))
    await phone.set_up()
    await phone.owner.forgot()
    await phone.owner.reset(password=NEW)
    with pytest.raises(SecondFactorNeeded):
        await phone.owner.log_in(NEW)


@pytest.mark.asvs("7.2.4")
async def test_each_log_in_is_a_sign_in_of_its_own(world: World) -> None:
    amina, tokens = Visitor(world), await world.api.get(Tokens)
    first, second = await amina.arrive(), await amina.log_in()
    assert first.refresh_token != second.refresh_token
    read = [tokens.verify(one.access_token) for one in (first, second)]
    assert read[0].session_id != read[1].session_id


@pytest.mark.asvs("7.2.4")
async def test_a_step_up_gives_a_token_of_its_own_and_makes_nothing_of_the_older_one(
    world: World,
) -> None:
    phone, tokens = Phone(Visitor(world)), await world.api.get(Tokens)
    signed_in = await phone.owner.arrive()
    older = await phone.actor(signed_in)
    refreshed = await phone.owner.refresh(signed_in.refresh_token)
    assert tokens.verify(refreshed.access_token).proved_at is None
    actor = replace(older, proved_at=None)
    stepped_up = await phone.step_up(actor, phone.owner.password)
    assert stepped_up.proved_at is not None
    assert tokens.verify(refreshed.access_token).proved_at is None


async def test_a_log_in_on_a_known_device_is_no_news(world: World) -> None:
    """Nothing is kept of it besides the sign-in, and nobody is told."""
    amina = Visitor(world)
    first = await amina.arrive()
    await amina.forgot()
    known = (await stored(world)).count(NEWS)
    await amina.log_in(device=first.device)
    assert (await stored(world)).count(NEWS) == known
    await amina.log_in(origin=ELSEWHERE)
    assert (await stored(world)).count(NEWS) == known + 1
