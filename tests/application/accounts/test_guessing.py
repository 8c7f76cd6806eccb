"""Wrong passwords are counted; who is known is not locked out by who is not."""

import asyncio

import pytest
from tests.application.accounts.people import HOME, Visitor
from tests.support.given.world import World

from skillbridge.adapters.crypto.passwords import Argon2Hasher
from skillbridge.application.accounts import guesses
from skillbridge.application.accounts.ports.passwords import PasswordHasher
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.user import WrongCredentials
from skillbridge.domain.errors import TooMany, Unavailable

OF_ONE = 10

pytestmark = pytest.mark.row("C1", "C7", "A9")
CAFE = Origin("198.51.100.1")


async def guess(visitor: Visitor, *origins: Origin, device: str = "") -> None:
    for origin in origins:
        with pytest.raises(WrongCredentials):
            await visitor.log_in("wrong", origin=origin, device=device)


def networks(number: int, *, start: int = 0) -> list[Origin]:
    return [Origin(f"10.0.{n // 250}.{n % 250}") for n in range(start, start + number)]


@pytest.mark.asvs("6.3.1")
async def test_ten_wrong_passwords_from_one_network(world: World) -> None:
    amina = Visitor(world)
    await guess(amina, *[CAFE] * OF_ONE)
    with pytest.raises(TooMany) as caught:
        await amina.log_in("wrong", origin=CAFE)
    assert 0 < caught.value.retry_after <= 31


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


async def test_guesses_at_once_are_no_more_than_guesses_in_a_row(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    tries = [amina.log_in("wrong", origin=CAFE) for _ in range(3 * OF_ONE)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, WrongCredentials) for one in done) == OF_ONE
    assert sum(isinstance(one, TooMany) for one in done) == 2 * OF_ONE


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
