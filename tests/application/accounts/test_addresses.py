"""Another address: the new one is asked, the former one is told."""

import pytest
from tests.application.accounts.people import PASSWORD, Visitor
from tests.application.accounts.test_registration import waiting
from tests.support.given.world import World

from skillbridge.application.accounts.passwords import ByLink
from skillbridge.application.accounts.ports.proofs import BrokenLink
from skillbridge.domain.accounts.email_address import BadEmail
from skillbridge.domain.accounts.one_time_proof import ProofOutdated
from skillbridge.domain.accounts.registration import LinkOutdated
from skillbridge.domain.accounts.user import AddressTaken, WrongCredentials, WrongPassword
from skillbridge.domain.errors import TooMany

pytestmark = pytest.mark.row("C1", "A9")

NEW = "amina@example.net"
STRANGERS = "the password of a stranger"
MAILS_ASKED = 4
ABOUT_TO, CHANGED = "Your e-mail address is about to change", "Your e-mail address was changed"
CONFIRM = "Confirm your new e-mail address"


@pytest.mark.asvs("6.3.7")
@pytest.mark.parametrize("by", ["link", "code"])
async def test_the_new_address_is_confirmed_and_the_former_one_is_told(
    world: World, by: str
) -> None:
    amina, later = Visitor(world), Visitor(world, email=NEW)
    actor = await amina.signed_in(await amina.arrive())
    await amina.change_address(actor, "AMINA@Example.NET")
    assert await later.subjects() == [CONFIRM]
    assert (await amina.subjects())[0] == ABOUT_TO
    await amina.log_in()
    with pytest.raises(WrongCredentials):
        await later.log_in()
    (token,), (code,) = await later.links(), await later.codes()
    if by == "link":
        await later.confirm_address(token)
    else:
        await later.confirm_address_by_code(actor, code)
    assert (await amina.subjects())[0] == CHANGED
    assert NEW not in "".join(mail.text for mail in await world.mails() if mail.to == amina.email)
    await later.log_in()
    with pytest.raises(WrongCredentials):
        await amina.log_in()
    await later.confirm_address(token)  # as when its first answer got lost
    with pytest.raises(ProofOutdated, match="ask for the change once more"):
        await later.confirm_address_by_code(actor, code)


@pytest.mark.asvs("7.5.1")
async def test_it_wants_the_present_password_and_another_address(world: World) -> None:
    amina = Visitor(world)
    actor = await amina.signed_in(await amina.arrive())
    with pytest.raises(WrongPassword):
        await amina.change_address(actor, NEW, "not the password")
    with pytest.raises(BadEmail):
        await amina.change_address(actor, amina.email)
    with pytest.raises(BadEmail):
        await amina.change_address(actor, "no address")
    assert await Visitor(world, email=NEW).subjects() == []


async def test_one_account_asks_four_addresses_an_hour(world: World) -> None:
    amina = Visitor(world)
    actor = await amina.signed_in(await amina.arrive())
    for n in range(MAILS_ASKED):
        await amina.change_address(actor, f"amina{n}@example.net")
    with pytest.raises(TooMany):
        await amina.change_address(actor, NEW)


async def test_who_asks_for_an_address_with_an_account_learns_nothing(world: World) -> None:
    bola = Visitor(world, email="bola@example.org", password="seven quiet mangoes roll uphill")
    await bola.arrive()
    amina = Visitor(world)
    actor = await amina.signed_in(await amina.arrive())
    await amina.change_address(actor, bola.email)
    assert (await bola.subjects())[0] == CONFIRM
    with pytest.raises(AddressTaken):
        await bola.confirm_address((await bola.links())[0])
    await bola.log_in()
    await amina.log_in()


async def test_an_address_that_got_its_account_meanwhile_is_no_others(world: World) -> None:
    amina, bola = Visitor(world), Visitor(world, email=NEW, password=STRANGERS)
    actor = await amina.signed_in(await amina.arrive())
    await amina.change_address(actor, NEW)
    (token,), (code,) = await bola.links(), await bola.codes()
    await bola.arrive()
    with pytest.raises(AddressTaken):
        await amina.confirm_address(token)
    with pytest.raises(AddressTaken):
        await amina.confirm_address_by_code(actor, code)
    await amina.log_in(PASSWORD)
    await bola.log_in(STRANGERS)


async def test_a_registration_of_a_stranger_neither_blocks_the_address_nor_keeps_anything(
    world: World,
) -> None:
    amina, squatter = Visitor(world), Visitor(world, email=NEW, password=STRANGERS)
    actor = await amina.signed_in(await amina.arrive())
    await squatter.register()
    (strangers,) = await squatter.links()
    await amina.change_address(actor, NEW)
    (token,) = set(await squatter.links()) - {strangers}
    await amina.confirm_address(token)
    assert await waiting(world, NEW) == []
    with pytest.raises(LinkOutdated):
        await squatter.confirm(strangers)
    with pytest.raises(WrongCredentials):
        await squatter.log_in()
    await squatter.log_in(PASSWORD)


async def test_a_mail_to_the_former_address_sets_no_password_any_more(world: World) -> None:
    amina, later = Visitor(world), Visitor(world, email=NEW)
    actor = await amina.signed_in(await amina.arrive())
    await amina.forgot()
    forgotten = (await amina.links())[0]
    await amina.change_address(actor, NEW)
    await later.confirm_address((await later.links())[0])
    with pytest.raises(ProofOutdated):
        await amina.reset(ByLink(forgotten))
    await amina.forgot()
    assert (await amina.subjects())[0] == CHANGED
    await later.forgot()
    await later.reset()


async def test_who_sets_a_new_password_ends_a_change_that_a_thief_asked_for(world: World) -> None:
    amina, thief = Visitor(world), Visitor(world, email="thief@example.net")
    actor = await amina.signed_in(await amina.arrive())
    await amina.change_address(actor, thief.email)
    (token,), (code,) = await thief.links(), await thief.codes()
    await amina.forgot()
    await amina.reset()
    with pytest.raises(ProofOutdated):
        await thief.confirm_address(token)
    with pytest.raises(ProofOutdated):
        await thief.confirm_address_by_code(actor, code)


async def test_a_code_serves_the_account_that_asked_and_five_are_looked_at(world: World) -> None:
    amina, bola = Visitor(world), Visitor(world, email="bola@example.org")
    actor = await amina.signed_in(await amina.arrive())
    other = await bola.signed_in(await bola.arrive())
    await amina.change_address(actor, NEW)
    later = Visitor(world, email=NEW)
    (code,), (token,) = await later.codes(), await later.links()
    with pytest.raises(ProofOutdated):
        await bola.confirm_address_by_code(other, code)
    for _ in range(5):
        with pytest.raises(ProofOutdated):
            await amina.confirm_address_by_code(actor, "0000")
    with pytest.raises(ProofOutdated):
        await amina.confirm_address_by_code(actor, code)
    with pytest.raises(BrokenLink):
        await later.reset(ByLink(token))
    await later.confirm_address(token)
