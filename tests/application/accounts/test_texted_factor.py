"""Codes by SMS as second factor."""

import pytest
from tests.application.accounts.handset import OTHER, Handset, forget_limits
from tests.application.accounts.people import HOME, PASSWORD, Visitor
from tests.application.accounts.phone import Phone
from tests.application.accounts.test_mailed_factor import Mailbox
from tests.application.accounts.test_sign_in_codes import another, said
from tests.support.given.world import World

from skillbridge.application.accounts.administration import GrantRole
from skillbridge.application.accounts.phones import RemovePhone
from skillbridge.application.accounts.second_factor import RemoveSecondFactor
from skillbridge.application.accounts.sent_factor import BeginTextedFactor
from skillbridge.application.accounts.views import LoggedIn
from skillbridge.domain.accounts.one_time_proof import CodeRefused
from skillbridge.domain.accounts.phone import AdministratorsNeedMore, NoPhone, PhoneNeeded
from skillbridge.domain.accounts.second_factor import (
    NotByMail,
    NotBySms,
    SecondFactorNeeded,
    WrongCode,
)
from skillbridge.domain.actor import Role
from skillbridge.domain.errors import TooMany

pytestmark = pytest.mark.row("C2", "J1")


@pytest.fixture
def amina(world: World) -> Visitor:
    return Visitor(world)


async def test_who_chose_codes_by_sms_is_asked_for_one(amina: Visitor) -> None:
    phone = Handset(amina)
    _, recovery = await phone.set_up()
    assert len(recovery.codes) == 10
    challenge = await phone.challenge()
    await phone.ask(challenge)
    with pytest.raises(CodeRefused):
        await phone.verify(challenge, another(await phone.newest()))
    signed = await phone.verify(challenge)
    assert said(signed) == (["pwd", "sms"], "aal2")
    with pytest.raises(CodeRefused):
        await phone.verify(challenge)
    assert "Your account has a second factor now" in await amina.subjects()


async def test_texts_to_new_numbers_use_up_nothing_of_a_phone_that_counts(amina: Visitor) -> None:
    """Neither to this number, nor to those around it, nor of the network that all of them share."""
    phone = Handset(amina)
    await phone.set_up()
    numbers = [phone.number, *(f"{phone.number[:-1]}{digit}" for digit in "01234568")]
    refused = 0
    for place, number in enumerate(numbers):
        stranger = Handset(Visitor(phone.world, f"p{place}@example.org"), number)
        actor = await stranger.actor(await stranger.owner.arrive())
        for _ in range(4):
            try:
                await stranger.begin(actor)
            except TooMany:
                refused += 1
    assert refused > 20
    challenge = await phone.challenge()
    await phone.ask(challenge)
    assert said(await phone.verify(challenge)) == (["pwd", "sms"], "aal2")


async def test_it_needs_a_phone_that_was_confirmed(amina: Visitor) -> None:
    phone = Handset(amina)
    actor = await phone.actor(await amina.arrive())
    await phone.begin(actor)
    with pytest.raises(NoPhone):
        await phone.world.do(BeginTextedFactor, actor, PASSWORD, origin=HOME)


@pytest.mark.asvs("6.6.1")
async def test_whoever_administers_has_none(amina: Visitor) -> None:
    phone = Handset(amina)
    actor = await phone.add()
    world = phone.world
    await world.do(GrantRole, world.system(), amina.email, Role.ADMIN, reason="Runs it")
    with pytest.raises(AdministratorsNeedMore):
        await phone.world.do(BeginTextedFactor, actor, PASSWORD, origin=HOME)


@pytest.mark.asvs("6.6.2")
async def test_a_code_of_a_text_is_none_of_a_mail_and_one_purpose_is_none_of_another(
    amina: Visitor,
) -> None:
    phone, mailbox = Handset(amina), Mailbox(amina)
    actor, _ = await phone.set_up()
    challenge = await phone.challenge()
    await phone.ask(challenge)
    to_log_in = await phone.newest()
    with pytest.raises(CodeRefused):
        await phone.step_up(actor, to_log_in)
    with pytest.raises(NotByMail):
        await mailbox.ask(challenge)
    with pytest.raises(CodeRefused):
        await mailbox.verify(challenge, to_log_in)
    await phone.verify(challenge, to_log_in)


async def test_nobody_has_it_who_did_not_choose_it(amina: Visitor) -> None:
    app, phone = Phone(amina), Handset(amina)
    actor, _ = await app.set_up()
    challenge = await app.challenge()
    with pytest.raises(NotBySms):
        await phone.ask(challenge)
    with pytest.raises(NotBySms):
        await phone.ask_to_step_up(actor)
    assert await phone.texts() == []


async def test_beside_a_sign_in_by_mail_it_is_a_factor_of_its_own(amina: Visitor) -> None:
    phone = Handset(amina)
    await phone.set_up()
    by_mail = await amina.ask_for_code()
    with pytest.raises(SecondFactorNeeded) as refused:
        await amina.sign_in_by_code(by_mail)
    await phone.ask(refused.value.challenge)
    assert said(await phone.verify(refused.value.challenge)) == (["email", "sms"], "aal2")


async def test_the_phone_stays_while_it_is_the_second_factor_and_may_be_another(
    amina: Visitor,
) -> None:
    phone, other = Handset(amina), Handset(amina, OTHER)
    actor, _ = await phone.set_up()
    await forget_limits(phone.world)
    await phone.ask_to_step_up(actor)
    fresh = await phone.step_up(actor)
    actor = await phone.actor(LoggedIn(fresh.access_token, "", 0, device=""))
    with pytest.raises(PhoneNeeded):
        await phone.world.do(RemovePhone, actor)
    challenge = await phone.challenge()
    await phone.ask(challenge)
    to_the_old_one = await phone.newest()
    await other.begin(actor)
    await other.finish(actor)
    with pytest.raises(CodeRefused):
        await phone.verify(challenge, to_the_old_one)
    await other.ask(challenge)
    await other.verify(challenge)
    await phone.world.do(RemoveSecondFactor, actor)
    await phone.world.do(RemovePhone, actor)


async def test_a_recovery_code_serves_where_the_phone_is_lost(amina: Visitor) -> None:
    phone, app = Handset(amina), Phone(amina)
    _, recovery = await phone.set_up()
    challenge = await phone.challenge()
    with pytest.raises(WrongCode):
        await app.verify(challenge, "000000")
    await app.verify(challenge, recovery.codes[0])
