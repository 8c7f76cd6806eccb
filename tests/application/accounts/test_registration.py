"""From an address to an account."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.application.accounts.people import HOME, Visitor
from tests.support.given.world import World

from skillbridge.adapters.crypto.bounded_pool import BoundedPool
from skillbridge.application.accounts.ports.proofs import BrokenLink
from skillbridge.application.accounts.ports.users import Registrations
from skillbridge.application.accounts.registration import (
    ForgetRegistrations,
    RegisterUser,
    ResendVerification,
    VerifyEmail,
    may_be_mailed,
)
from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.profiles.ports import ProfileReads
from skillbridge.domain.accounts.password import WeakPassword
from skillbridge.domain.accounts.registration import LinkOutdated, Registration
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.user import WrongCredentials
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Invalid, TooMany
from skillbridge.domain.ids import RegistrationId, TenantId

GUESSES = 10
MAILS_ASKED, MAILS = 4, 8
TRIED = 32
LIFE = timedelta(days=1)

pytestmark = pytest.mark.row("C1", "A9")

STRANGERS = "the password of a stranger"
CONFIRM = "Confirm your e-mail address"


async def name_of(world: World, amina: Visitor, password: str | None = None) -> str:
    claims = (await world.api.get(Tokens)).verify((await amina.log_in(password)).access_token)
    actor = Actor.person(claims.user_id, claims.tenant_id, claims.roles, claims.session_id)
    me = await world.ask(ProfileReads, "me", actor)
    assert me.email == amina.email
    return str(me.name)


async def waiting(world: World, email: str = "amina@example.org") -> list[Registration]:
    """Also those whose day is over."""
    anonymous = world.pre_authentication()
    async with world.scope(anonymous) as scope:
        registrations: Registrations = await scope.get(Registrations)
        async with (await scope.get(Transaction))(anonymous, read_only=True) as tx:
            long_ago = await tx.now() - 10 * LIFE
            return list(await registrations.of_address(email, at=long_ago, limit=100))


async def age(world: World, by: timedelta) -> None:
    """As if whatever waits for the address had begun so much earlier."""
    old, anonymous = await waiting(world), world.pre_authentication()
    async with world.scope(anonymous) as scope:
        registrations: Registrations = await scope.get(Registrations)
        async with (await scope.get(Transaction))(anonymous):
            for one in old:
                await registrations.end(one.email)
            for one in old:
                await registrations.add(replace(one, expires_at=one.expires_at - by))


async def test_a_newcomer_confirms_the_address_and_gets_in(world: World) -> None:
    amina = Visitor(world)
    signed_in = await amina.arrive()
    assert await name_of(world, amina) == "Amina"
    assert (signed_in.token_type, signed_in.expires_in) == ("Bearer", 600)


async def test_an_address_in_capitals_is_the_same_address(world: World) -> None:
    await Visitor(world).arrive()
    await Visitor(world, email="AMINA@Example.org").log_in()


async def test_confirming_twice_is_confirming_once(world: World) -> None:
    amina = Visitor(world)
    await amina.register()
    (token,) = await amina.links()
    for _ in range(2):
        await amina.confirm(token)
    with pytest.raises(WrongCredentials):
        await amina.confirm(token, "not the password")
    await amina.log_in()


async def test_a_link_without_its_password_opens_nothing(world: World) -> None:
    amina = Visitor(world)
    await amina.register()
    for _ in range(GUESSES):
        with pytest.raises(WrongCredentials):
            await amina.confirm(password=STRANGERS)
    with pytest.raises(TooMany):
        await amina.confirm()
    with pytest.raises(WrongCredentials, match="not confirmed yet"):
        await amina.log_in()


@pytest.mark.parametrize("stranger_first", [True, False])
async def test_who_opens_a_strangers_link_gets_neither_their_password_nor_their_name(
    world: World,
    stranger_first: bool,
) -> None:
    """The link shows who reads the mails, the password which registration is theirs."""
    amina = Visitor(world)
    by_password = {}
    people = [(STRANGERS, "Mallory"), (amina.password, "Amina")]
    for password, name in people if stranger_first else people[::-1]:
        before = set(await amina.links())
        await amina.register(password, name)
        (by_password[password],) = set(await amina.links()) - before
    await amina.confirm(by_password[STRANGERS])
    assert await name_of(world, amina) == "Amina"
    with pytest.raises(WrongCredentials):
        await amina.log_in(STRANGERS)
    with pytest.raises(WrongCredentials):
        await amina.confirm(by_password[amina.password], STRANGERS)
    with pytest.raises(LinkOutdated):
        await amina.confirm(by_password[STRANGERS], STRANGERS)
    assert await waiting(world) == []


async def test_a_link_of_one_address_opens_no_registration_of_another(world: World) -> None:
    amina, bola = Visitor(world), Visitor(world, email="bola@example.org")
    await amina.register()
    await bola.register(STRANGERS)
    (link,) = await bola.links()
    with pytest.raises(WrongCredentials):
        await bola.confirm(link, amina.password)
    assert len(await waiting(world)) == 1


async def test_a_link_that_is_over_proves_nothing_for_one_that_waits(world: World) -> None:
    amina = Visitor(world)
    await amina.register(STRANGERS)
    (over,) = await amina.links()
    await age(world, LIFE)
    await amina.register()
    with pytest.raises(LinkOutdated):
        await amina.confirm(over)
    await amina.confirm()


async def test_wrong_passwords_are_counted_by_address_whichever_link_they_come_with(
    world: World,
) -> None:
    amina = Visitor(world)
    await amina.register()
    await amina.register(STRANGERS)
    one, other = await amina.links()
    for link in (one, other) * (GUESSES // 2):
        with pytest.raises(WrongCredentials):
            await amina.confirm(link, "a guess of somebody")
    for link in (one, other):
        with pytest.raises(TooMany):
            await amina.confirm(link)


async def test_a_link_is_tried_on_its_own_registration_and_the_newest_others(
    world: World,
) -> None:
    """What one opening of a link costs has an end."""
    amina = Visitor(world)
    await amina.register()
    own, kept = (await amina.links())[0], await waiting(world)
    await age(world, timedelta(minutes=1))
    await amina.register(STRANGERS)
    strangers = (await amina.links())[0]
    anonymous = world.pre_authentication()

    async def others(number: int) -> None:
        async with world.scope(anonymous) as scope:
            registrations: Registrations = await scope.get(Registrations)
            async with (await scope.get(Transaction))(anonymous):
                for _ in range(number):
                    await registrations.add(
                        replace(kept[0], id=RegistrationId(uuid4()), password_hash="another")
                    )

    await others(TRIED - 1)
    with pytest.raises(WrongCredentials):
        await amina.confirm(strangers)
    await amina.confirm(own)


async def test_mails_that_strangers_used_up_keep_nobody_from_an_account(world: World) -> None:
    """The one who registers after two networks did opens a mail of theirs."""
    amina = Visitor(world)
    for network in ("198.51.100.1", "203.0.113.1"):
        for _ in range(MAILS_ASKED + 1):
            await amina.register(STRANGERS, "Mallory", origin=Origin(network))
    assert len(await amina.subjects()) == MAILS
    await amina.register()
    assert len(await amina.subjects()) == MAILS
    assert len(await waiting(world)) == MAILS + 1
    await amina.confirm((await amina.links())[-1])
    assert await name_of(world, amina) == "Amina"
    with pytest.raises(WrongCredentials):
        await amina.log_in(STRANGERS)


async def test_a_stranger_who_came_first_leaves_nothing_behind(world: World) -> None:
    amina = Visitor(world)
    await amina.register(STRANGERS, "Mallory")
    (strangers,) = await amina.links()
    await amina.register()
    (own,) = set(await amina.links()) - {strangers}
    await amina.confirm(own)
    assert await name_of(world, amina) == "Amina"
    with pytest.raises(WrongCredentials):
        await amina.log_in(STRANGERS)


async def test_registering_again_disturbs_no_link_that_waits(world: World) -> None:
    """With the same password as with another."""
    amina = Visitor(world)
    await amina.register(name="First")
    (first,) = await amina.links()
    await amina.register(name="Second")
    await amina.register(STRANGERS)
    await amina.confirm(first)
    assert await name_of(world, amina) == "First"


async def test_two_links_at_once_make_one_account(world: World) -> None:
    amina = Visitor(world)
    passwords = [f"violet tractor hums at dawn {n}" for n in range(3)]
    by_password = {}
    for one in passwords:
        before = set(await amina.links())
        await amina.register(one, name=one[-1])
        (by_password[one],) = set(await amina.links()) - before
    done = await asyncio.gather(
        *(amina.confirm(token, one) for one, token in by_password.items()),
        return_exceptions=True,
    )
    (won,) = (one for one, error in zip(by_password, done, strict=True) if error is None)
    assert all(isinstance(error, LinkOutdated) for error in done if error is not None)
    assert await name_of(world, amina, won) == won[-1]
    assert await waiting(world) == []


async def test_the_same_link_at_once_makes_one_account(world: World) -> None:
    amina = Visitor(world)
    await amina.register()
    await asyncio.gather(*(amina.confirm() for _ in range(4)))
    await world.settle()
    assert await name_of(world, amina) == "Amina"


async def test_the_owner_hears_of_a_second_registration_and_nothing_changes(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    await amina.register("another password than hers")
    assert await amina.subjects() == ["You already have a SkillBridge account", CONFIRM]
    await amina.log_in()
    with pytest.raises(WrongCredentials):
        await amina.log_in("another password than hers")


async def test_the_mail_that_is_asked_for_again_opens_each_that_waits(world: World) -> None:
    amina = Visitor(world)
    await amina.register()
    await amina.register(STRANGERS)
    await Visitor(world, email=" Amina@example.org ").ask_again()
    assert (await amina.subjects()) == [CONFIRM] * 3
    again, *first_two = await amina.links()
    assert again in first_two
    await amina.confirm(again)
    assert await name_of(world, amina) == "Amina"


async def test_no_mail_goes_where_nothing_waits(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    await amina.ask_again()
    await Visitor(world, email="nobody@example.org").ask_again()
    assert len(await world.mails()) == 1


async def test_a_mailbox_cannot_be_flooded_and_nobody_is_told(world: World) -> None:
    """One budget for registering and asking again, of an address that waits or has its account."""
    amina, bola = Visitor(world), Visitor(world, email="bola@example.org")
    await bola.register()
    await bola.confirm()
    for visitor in (amina, bola):
        for _ in range(MAILS_ASKED + 2):
            await visitor.register()
            await visitor.ask_again()
    assert len(await amina.subjects()) == MAILS_ASKED
    assert len(await bola.subjects()) <= MAILS_ASKED
    assert len(await waiting(world)) <= MAILS_ASKED


async def test_the_owner_of_an_account_is_sent_no_more_by_many_networks(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    for network in ("198.51.100.1", "203.0.113.1", "203.0.113.2"):
        for _ in range(MAILS_ASKED):
            await amina.register(STRANGERS, origin=Origin(network))
    assert len(await amina.subjects()) == MAILS


async def test_a_stranger_leaves_mails_to_the_owner_of_an_address(world: World) -> None:
    limit = await world.api.get(RateLimit)

    async def mailed(network: str) -> int:
        return sum(
            [
                await may_be_mailed(limit, world.tenant_id, "amina@example.org", network)
                for _ in range(MAILS + 1)
            ]
        )

    assert [await mailed("stranger"), await mailed("owner")] == [MAILS_ASKED, MAILS_ASKED]
    assert [await mailed("stranger"), await mailed("a third")] == [0, 0]


async def test_asking_for_mails_that_are_not_sent_takes_none_from_who_registers(
    world: World,
) -> None:
    amina = Visitor(world)
    for _ in range(MAILS + 1):
        await amina.ask_again()
    for _ in range(MAILS_ASKED):
        await amina.register()
    assert await amina.subjects() == [CONFIRM] * MAILS_ASKED


async def test_a_budget_is_of_one_tenant(world: World) -> None:
    """An address that is used up in one is none of another's business."""
    limit, elsewhere = await world.api.get(RateLimit), TenantId(uuid4())
    for network in map(str, range(MAILS)):
        assert await may_be_mailed(limit, elsewhere, "amina@example.org", network)
    assert not await may_be_mailed(limit, elsewhere, "amina@example.org", HOME.network)
    amina = Visitor(world)
    await amina.register()
    assert await amina.subjects() == [CONFIRM]


async def test_an_address_confirmed_before_its_mail_was_written_gets_none(world: World) -> None:
    amina, anonymous = Visitor(world), world.pre_authentication()
    await amina.register()
    await world.do(ResendVerification, anonymous, amina.email, origin=HOME)
    await amina.confirm()
    await world.settle()
    assert len(await amina.links()) == 1


async def test_a_registration_waits_for_a_day(world: World) -> None:
    amina = Visitor(world)
    await amina.register()
    await age(world, LIFE - timedelta(minutes=1))
    await world.do(ForgetRegistrations, world.system(), "slot")
    assert len(await waiting(world)) == 1
    await age(world, timedelta(minutes=1))
    with pytest.raises(LinkOutdated):
        await amina.confirm()
    with pytest.raises(WrongCredentials):
        await amina.log_in()
    await amina.ask_again()
    assert len(await amina.links()) == 1
    await world.do(ForgetRegistrations, world.system(), "slot")
    assert await waiting(world) == []
    with pytest.raises(LinkOutdated):
        await amina.confirm()


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
            RegisterUser, world.pre_authentication(), email, password, name, origin=Origin("::1")
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


async def test_the_dear_work_of_a_registration_is_that_of_its_network(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    networks, honest = list[str](), BoundedPool.__call__

    async def noted(self: BoundedPool, network: str, work: Any, *args: Any) -> Any:
        networks.append(network)
        return await honest(self, network, work, *args)

    monkeypatch.setattr(BoundedPool, "__call__", noted)
    await Visitor(world).register()
    assert networks == [HOME.network] * 2, "for the strength, and for the hash"


async def test_one_network_registers_so_many(world: World) -> None:
    for number in range(60):
        await Visitor(world, email=f"{number}@b.org").register()
    with pytest.raises(TooMany):
        await Visitor(world, email="60@b.org").register()


async def test_what_is_refused_is_no_registration_until_it_is_a_flood(world: World) -> None:
    amina = Visitor(world)
    for _ in range(600):
        with pytest.raises(WeakPassword):
            await amina.register("short")
    await amina.register()
    for _ in range(59):
        with pytest.raises(WeakPassword):
            await amina.register("short")
    with pytest.raises(TooMany):
        await amina.register()


async def test_a_link_opens_only_what_it_names(world: World) -> None:
    amina = Visitor(world)
    await amina.register()
    (token,) = await amina.links()
    with pytest.raises(BrokenLink):
        await amina.confirm(token[:-2])
    with pytest.raises(WrongCredentials, match="not confirmed yet"):
        await amina.log_in()


async def test_a_link_names_its_tenant(world: World) -> None:
    """To confirm with and to ask for another mail: a browser sends no header."""
    amina = Visitor(world)
    await amina.register()
    elsewhere = Actor.pre_authentication(TenantId(uuid4()))
    (token,) = await amina.links()
    await world.do(ResendVerification, elsewhere, amina.email, origin=HOME, token=token)
    await world.settle()
    assert len(await amina.links()) == 2
    await world.do(VerifyEmail, elsewhere, token, amina.password, origin=HOME)
    await amina.log_in()
