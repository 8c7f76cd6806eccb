"""Wrong passwords are counted; who is known is not locked out by who is not."""

import asyncio
from collections import Counter
from contextlib import suppress

import pytest
from tests.application.accounts.people import HOME, PASSWORD, Visitor
from tests.support.given.world import World

from skillbridge.adapters import paces
from skillbridge.adapters.crypto.passwords import Argon2Hasher
from skillbridge.application.accounts import guesses
from skillbridge.application.accounts.ports.passwords import PasswordHasher
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.user import WrongCredentials
from skillbridge.domain.errors import TooMany, Unavailable

OF_ONE = 5

pytestmark = pytest.mark.row("C1", "C7", "A9")
CAFE = Origin("198.51.100.1")


async def guess(visitor: Visitor, *origins: Origin, device: str = "") -> None:
    for origin in origins:
        with pytest.raises(WrongCredentials):
            await visitor.log_in("wrong", origin=origin, device=device)


def networks(number: int, *, start: int = 0) -> list[Origin]:
    return [Origin(f"10.0.{n // 250}.{n % 250}") for n in range(start, start + number)]


class Clock:
    """When guesses are counted, moved by the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000_000
        monkeypatch.setattr(paces, "microseconds", lambda: self.now)

    def pass_by(self, seconds: float) -> None:
        self.now += round(seconds * 1_000_000)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


async def waits(visitor: Visitor, origin: Origin = CAFE, password: str = "wrong") -> int:
    with pytest.raises(TooMany) as caught:
        await visitor.log_in(password, origin=origin)
    return caught.value.retry_after


@pytest.mark.row("C2")
@pytest.mark.asvs("6.3.1")
@pytest.mark.parametrize("there", [True, False])
async def test_after_five_wrong_passwords_each_guess_waits_twice_as_long(
    world: World, clock: Clock, there: bool
) -> None:
    """Also where there is no account; and once the wait is over the right password gets in."""
    amina = Visitor(world)
    if there:
        await amina.arrive()
    await guess(amina, *[CAFE] * OF_ONE)
    found = []
    for _ in range(11):
        found.append(await waits(amina))
        clock.pass_by(found[-1])
        await guess(amina, CAFE)
    assert found == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    assert await waits(amina, password=PASSWORD) == 900, "the right one is not looked at before"
    clock.pass_by(900)
    if there:
        await amina.log_in(origin=CAFE)
        await amina.log_in(origin=CAFE)
        await guess(amina, CAFE)
        assert await waits(amina) == 900, "who is right has not made it worse, nor forgotten"
    clock.pass_by(900 + 86_400)
    await guess(amina, *[CAFE] * OF_ONE)


@pytest.mark.row("C2")
async def test_the_owner_is_told_once_a_day_that_somebody_guesses(
    world: World, clock: Clock
) -> None:
    amina, nobody = Visitor(world), Visitor(world, email="nobody@example.org")
    await amina.arrive()
    before = len(await world.mails())
    for visitor in (amina, nobody):
        for _ in range(13):
            with suppress(TooMany, WrongCredentials):
                await visitor.log_in("wrong", origin=CAFE)
            clock.pass_by(900)
    await world.settle()
    assert len(await world.mails()) == before, "not of what may be a mistake"
    for origin in (CAFE, Origin("198.51.100.2")):
        for visitor in (amina, nobody):
            for _ in range(20):
                with suppress(TooMany, WrongCredentials):
                    await visitor.log_in("wrong", origin=origin)
                clock.pass_by(900)
    await world.settle()
    told = [mail for mail in await world.mails() if "guessing" in mail.subject]
    assert [mail.to for mail in told] == [amina.email]
    assert len(await world.mails()) == before + 1


@pytest.mark.row("C2")
@pytest.mark.asvs("6.3.1")
async def test_two_hundred_guesses_at_once_are_five(world: World) -> None:
    """Through Argon2 would say nothing more and take long: what is counted is whether they get there."""
    amina, looked_at = Visitor(world), 0
    hasher = await world.api.get(PasswordHasher)

    async def matches(*_: object, **__: object) -> bool:
        nonlocal looked_at
        looked_at += 1
        await asyncio.sleep(0)
        return False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(hasher), "matches", matches)
        tries = [amina.log_in("wrong", origin=CAFE) for _ in range(200)]
        done = await asyncio.gather(*tries, return_exceptions=True)
    assert Counter(map(type, done)) == {WrongCredentials: OF_ONE, TooMany: 200 - OF_ONE}
    assert looked_at == OF_ONE


@pytest.mark.row("C2")
async def test_who_reads_the_mails_of_the_account_is_known_where_they_set_a_password(
    world: World,
) -> None:
    """The way out for an owner who comes from afar while others guess without a pause."""
    amina, inn = Visitor(world), Origin("203.0.113.44")
    await amina.arrive()
    await guess(amina, *[origin for origin in networks(10) for _ in range(OF_ONE)])
    assert await waits(amina, inn, PASSWORD) > 0
    await amina.forgot(origin=inn)
    await amina.reset(password="brown ladder sings at noon", origin=inn)
    await amina.log_in("brown ladder sings at noon", origin=inn)


@pytest.mark.row("C2")
async def test_what_was_guessed_at_a_password_is_nothing_to_the_next(
    world: World, clock: Clock
) -> None:
    """Though it was guessed where its owner sits: at a school, or behind a carrier's address."""
    amina = Visitor(world)
    await amina.arrive()
    await guess(amina, *[CAFE] * OF_ONE)
    assert await waits(amina, password=PASSWORD) > 0
    await amina.forgot(origin=CAFE)
    await amina.reset(password="brown ladder sings at noon", origin=CAFE)
    await amina.log_in("brown ladder sings at noon", origin=CAFE)
    del clock


async def test_a_64_of_ipv6_is_one_network(world: World) -> None:
    amina = Visitor(world)
    await guess(amina, *(Origin(f"2001:db8::{n:x}") for n in range(OF_ONE)))
    with pytest.raises(TooMany):
        await amina.log_in("wrong", origin=Origin("2001:db8::ffff"))
    await guess(amina, Origin("2001:db8:0:1::1"))


async def test_the_owner_is_not_locked_out_by_strangers_elsewhere(world: World) -> None:
    """At a network the account knows, and on a new one too."""
    amina = Visitor(world)
    await amina.arrive()
    await guess(amina, *[CAFE] * OF_ONE)
    await amina.log_in(origin=HOME)
    await amina.log_in(origin=Origin("203.0.113.9"))
    with pytest.raises(TooMany):
        await amina.log_in(origin=CAFE)


async def test_a_device_that_signed_in_before_is_spared_also_where_strangers_guess(
    world: World,
) -> None:
    amina = Visitor(world)
    device = (await amina.arrive()).device
    await guess(amina, *[HOME] * OF_ONE)
    with pytest.raises(TooMany):
        await amina.log_in(origin=HOME)
    again = await amina.log_in(origin=HOME, device=device)
    assert again.device == device
    await amina.log_in(origin=CAFE, device=device)


async def test_a_device_guesses_no_more_than_a_stranger(world: World) -> None:
    amina = Visitor(world)
    device = (await amina.arrive()).device
    await guess(amina, *networks(OF_ONE), device=device)
    with pytest.raises(TooMany):
        await amina.log_in(origin=CAFE, device=device)


@pytest.mark.row("C2")
async def test_no_device_is_known_any_more_once_the_password_was_set_anew(world: World) -> None:
    """It guesses as a stranger does, and the owner is told of it as of a new one."""
    amina, newer = Visitor(world), "brown ladder sings at noon"
    device = (await amina.arrive()).device
    await amina.forgot()
    await amina.reset(password=newer)
    await guess(amina, *[CAFE] * OF_ONE)
    with pytest.raises(TooMany):
        await amina.log_in(newer, origin=CAFE, device=device)
    again = await amina.log_in(newer, device=device)
    assert again.device != device
    await world.settle()
    assert "A new device signed in to your account" in await amina.subjects()
    await amina.log_in(newer, origin=CAFE, device=again.device)


@pytest.mark.row("C2")
async def test_an_account_knows_ten_devices_those_that_were_used_last(world: World) -> None:
    """Each has guesses of its own, so whoever had the password once makes no more of them."""
    amina = Visitor(world)
    first = (await amina.arrive()).device
    others = [(await amina.log_in()).device for _ in range(9)]
    await amina.log_in(device=first)
    await amina.log_in()
    await guess(amina, *[CAFE] * OF_ONE)
    with pytest.raises(TooMany):
        await amina.log_in(origin=CAFE, device=others[0])
    for device in (first, *others[1:]):
        assert (await amina.log_in(origin=CAFE, device=device)).device == device


@pytest.mark.parametrize("change", ["", "another account", "sbd_", "nonsense \ud800"])
async def test_a_device_of_another_account_or_none_is_a_stranger(world: World, change: str) -> None:
    amina, mallory = Visitor(world), Visitor(world, email="mallory@example.org")
    device = (await amina.arrive()).device
    await mallory.register()
    await mallory.confirm()
    theirs = (await mallory.log_in()).device
    await guess(amina, *[CAFE] * OF_ONE)
    shown = {"": device[:-5] + "AAAA=", "another account": theirs}.get(change, change)
    with pytest.raises(TooMany):
        await amina.log_in(origin=CAFE, device=shown)


@pytest.mark.asvs("6.1.1", "6.3.1")
async def test_guesses_from_very_many_networks_are_bounded_and_spare_who_is_known(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guesses, "OF_ACCOUNT", 12)
    amina = Visitor(world)
    device = (await amina.arrive()).device
    await guess(amina, *networks(12))
    for origin in networks(3, start=500):
        with pytest.raises(TooMany):
            await amina.log_in("wrong", origin=origin)
    await amina.log_in(origin=HOME)
    await amina.log_in(origin=CAFE, device=device)


@pytest.mark.asvs("6.1.1", "6.3.1")
async def test_stuffing_behind_a_carriers_address_stops_and_honest_people_there_go_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those who signed in there before; and no honest log-in ever counts."""
    monkeypatch.setattr(guesses, "OF_NETWORK", 5)
    people = [Visitor(world, email=f"honest{n}@example.org") for n in range(3)]
    for one in people:
        await one.register()
        await one.confirm()
        for _ in range(6):
            await one.log_in()
    for n in range(5):
        await guess(Visitor(world, email=f"victim{n}@example.org"), HOME)
    with pytest.raises(TooMany):
        await Visitor(world, email="another@example.org").log_in()
    for one in people:
        await one.log_in()


async def test_many_honest_log_ins_from_one_address_meet_no_limit(world: World) -> None:
    amina = Visitor(world)
    device = (await amina.arrive()).device
    for _ in range(OF_ONE + 2):
        await amina.log_in()
        await amina.log_in(device=device)
        await amina.log_in(origin=CAFE)


async def test_what_was_not_looked_at_is_no_wrong_password(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turned away for want of a place."""
    amina = Visitor(world)
    await amina.arrive()
    hasher = await world.api.get(PasswordHasher)
    assert isinstance(hasher, Argon2Hasher)
    monkeypatch.setattr(hasher.log_ins, "most", 0)
    for _ in range(OF_ONE + 1):
        with pytest.raises(Unavailable):
            await amina.log_in("wrong", origin=CAFE)
    monkeypatch.undo()
    await guess(amina, CAFE)
