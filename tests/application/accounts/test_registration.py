"""From an address to an account."""

from uuid import uuid4

import pytest
from tests.application.accounts.people import HOME, Visitor
from tests.given import World

from skillbridge.application.accounts.ports import BrokenLink, ProfileReads, Tokens
from skillbridge.application.accounts.registration import (
    RegisterUser,
    ResendVerification,
    VerifyEmail,
)
from skillbridge.domain.accounts.password import WeakPassword
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.user import EmailNotVerified, LinkOutdated, WrongCredentials
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Invalid, TooMany
from skillbridge.domain.ids import TenantId

pytestmark = pytest.mark.row("C1")


async def test_a_newcomer_confirms_the_address_and_gets_in(world: World) -> None:
    amina = Visitor(world)
    signed_in = await amina.arrive()
    claims = (await world.api.get(Tokens)).verify(signed_in.access_token)
    actor = Actor.person(claims.user_id, claims.tenant_id, claims.roles, claims.session_id)
    me = await world.ask(ProfileReads, "me", actor)
    assert (me.email, me.name, me.roles) == ("amina@example.org", "Amina", ("learner",))
    assert (signed_in.token_type, signed_in.expires_in) == ("Bearer", 600)


async def test_an_address_in_capitals_is_the_same_address(world: World) -> None:
    await Visitor(world).arrive()
    await Visitor(world, email="AMINA@Example.org").log_in()


async def test_the_link_can_be_opened_twice(world: World) -> None:
    amina = Visitor(world)
    await amina.register()
    for _ in range(2):
        await amina.open_link()
    await amina.log_in()


async def test_the_owner_hears_of_a_second_registration_and_nothing_changes(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    await amina.register("another password than hers")
    assert await amina.subjects() == [
        "You already have a SkillBridge account",
        "Confirm your e-mail address",
    ]
    await amina.log_in()
    with pytest.raises(WrongCredentials):
        await amina.log_in("another password than hers")


async def test_a_stranger_who_came_first_does_not_share_the_account(world: World) -> None:
    amina = Visitor(world)
    await amina.register("the password of a stranger")
    (strangers_link,) = await amina.links()
    await amina.register()
    with pytest.raises(LinkOutdated):
        await amina.open_link(strangers_link)
    (own_link,) = set(await amina.links()) - {strangers_link}
    await amina.open_link(own_link)
    await amina.log_in()
    with pytest.raises(WrongCredentials):
        await amina.log_in("the password of a stranger")


async def test_the_mail_can_be_asked_for_again(world: World) -> None:
    amina, door = Visitor(world), world.doorkeeper()
    await amina.register()
    await world.do(ResendVerification, door, " Amina@example.org ")
    await world.settle()
    assert len(await amina.links()) == 2
    await amina.open_link()
    await world.do(ResendVerification, door, amina.email)
    await world.do(ResendVerification, door, "nobody@example.org")
    await world.settle()
    assert len(await amina.links()) == 2


async def test_a_mailbox_cannot_be_flooded(world: World) -> None:
    for _ in range(3):
        await world.do(ResendVerification, world.doorkeeper(), "amina@example.org")
    with pytest.raises(TooMany):
        await world.do(ResendVerification, world.doorkeeper(), "amina@example.org")
    await world.do(ResendVerification, world.doorkeeper(), "bola@example.org")


async def test_an_address_proved_before_its_mail_was_written_gets_none(world: World) -> None:
    amina = Visitor(world)
    await amina.register()
    await world.do(ResendVerification, world.doorkeeper(), amina.email)
    await amina.open_link()
    await world.settle()
    assert len(await amina.links()) == 1


@pytest.mark.parametrize(
    ("email", "password", "name", "field"),
    [
        ("amina", "violet tractor hums at dawn", "Amina", "email"),
        ("amina@example.org", "short", "Amina", "password"),
        ("amina@example.org", "passwordpassword", "Amina", "password"),
        ("amina@example.org", "violet tractor hums at dawn", " ", "name"),
    ],
)
async def test_what_is_wrong_is_named(
    world: World, email: str, password: str, name: str, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        await world.do(
            RegisterUser, world.doorkeeper(), email, password, name, origin=Origin("::1")
        )
    assert caught.value.field == field
    await world.settle()
    assert await world.mails() == []


async def test_a_weak_password_is_refused_alike_for_known_and_unknown(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    for visitor in (amina, Visitor(world, email="nobody@example.org")):
        with pytest.raises(WeakPassword):
            await visitor.register("passwordpassword")


async def test_one_network_registers_so_many(world: World) -> None:
    door = world.doorkeeper()
    refused = 0
    for _ in range(61):
        try:
            await world.do(RegisterUser, door, "a@b.org", "passwordpassword", "A", origin=HOME)
        except WeakPassword:
            continue
        except TooMany:
            refused += 1
    assert refused == 1


async def test_a_link_opens_only_what_it_names(world: World) -> None:
    amina = Visitor(world)
    await amina.register()
    (token,) = await amina.links()
    with pytest.raises(BrokenLink):
        await amina.open_link(token[:-2])
    with pytest.raises(EmailNotVerified):
        await amina.log_in()


async def test_a_browser_needs_no_tenant_to_open_a_link(world: World) -> None:
    amina = Visitor(world)
    await amina.register()
    elsewhere = Actor.doorkeeper(TenantId(uuid4()))
    await world.do(VerifyEmail, elsewhere, (await amina.links())[0])
    await amina.log_in()
