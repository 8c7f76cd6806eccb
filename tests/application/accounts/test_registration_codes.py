"""A registration that is confirmed by the code of its mail."""

import asyncio
from typing import Any

import pytest
from tests.application.accounts.people import PASSWORD, Visitor
from tests.support.given.world import World

from skillbridge.application.accounts.ports.passwords import PasswordHasher, TooBusy
from skillbridge.application.accounts.ports.proofs import Links
from skillbridge.domain.accounts.registration import (
    CodeOrPasswordWrong,
    LinkOutdated,
    Registration,
)
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.user import WrongCredentials
from skillbridge.domain.errors import TooMany

pytestmark = pytest.mark.row("C1")

OTHER = "brown ladder sings at noon"


def another(code: str) -> str:
    return f"{(int(code.replace(' ', '')) + 1) % 10**8:08}"


@pytest.mark.asvs("6.4.1")
@pytest.mark.parametrize("first", ["link", "code"])
async def test_link_and_code_of_a_registration_end_together(world: World, first: str) -> None:
    amina = Visitor(world)
    await amina.register()
    (code,), (link,) = await amina.verification_codes(), await amina.links()
    if first == "code":
        await amina.confirm_by_code(code.replace(" ", "-"))
    else:
        await amina.confirm(link)
    with pytest.raises(CodeOrPasswordWrong, match="log in if your address is confirmed already"):
        await amina.confirm_by_code(code)
    await amina.confirm(link)
    await amina.log_in()


async def test_a_code_without_its_password_opens_nothing(world: World) -> None:
    amina = Visitor(world)
    await amina.register()
    (code,) = await amina.verification_codes()
    with pytest.raises(WrongCredentials):
        await amina.confirm_by_code(code, OTHER)
    with pytest.raises(WrongCredentials):
        await amina.log_in()
    await amina.confirm_by_code(code)
    await amina.log_in()


async def test_a_password_without_the_code_opens_nothing(world: World) -> None:
    """Who registered an address does not confirm it without reading its mails."""
    amina, bola = Visitor(world), Visitor(world, email="bola@example.org")
    await amina.register()
    await bola.register()
    (code,), (hers,) = await amina.verification_codes(), await bola.verification_codes()
    for wrong in (another(code), hers, "", "0"):
        with pytest.raises(CodeOrPasswordWrong):
            await amina.confirm_by_code(wrong)
    await amina.confirm_by_code(code)


async def test_the_code_of_the_newest_mail_confirms_whichever_registration_the_password_is_of(
    world: World,
) -> None:
    amina = Visitor(world)
    await amina.register(PASSWORD)
    (old,) = await amina.verification_codes()
    await amina.register(OTHER)
    with pytest.raises(CodeOrPasswordWrong, match="newer mail"):
        await amina.confirm_by_code(old)
    await amina.confirm_by_code((await amina.verification_codes())[0], PASSWORD)
    await amina.log_in(PASSWORD)
    with pytest.raises(WrongCredentials):
        await amina.log_in(OTHER)


async def test_five_codes_are_looked_at_and_the_link_serves_on(world: World) -> None:
    amina = Visitor(world)
    await amina.register()
    (code,) = await amina.verification_codes()
    for _ in range(5):
        with pytest.raises(CodeOrPasswordWrong):
            await amina.confirm_by_code(another(code))
    with pytest.raises(CodeOrPasswordWrong, match="open the link"):
        await amina.confirm_by_code(code)
    await amina.ask_again()
    await world.settle()
    assert await amina.verification_codes() == [code], "the newer mail offers none that is refused"
    await amina.confirm()
    await amina.log_in()


@pytest.mark.asvs("6.6.3")
async def test_of_two_hundred_guesses_at_once_five_are_looked_at(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    amina = Visitor(world)
    await amina.register()
    looked: list[str] = []

    def is_code(_: Any, typed: str, registration: Registration) -> bool:
        looked.append(typed)
        return False

    monkeypatch.setattr(type(await world.api.get(Links)), "is_code", is_code)
    guesses = (
        amina.confirm_by_code(f"{n:08}", origin=Origin(f"192.0.2.{n}", "a script"))
        for n in range(200)
    )
    found = await asyncio.gather(*guesses, return_exceptions=True)
    assert {type(one) for one in found} <= {CodeOrPasswordWrong, TooBusy}
    assert len(looked) == 5


@pytest.mark.asvs("6.3.8")
async def test_one_password_is_compared_whether_or_not_anything_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    amina, nobody = Visitor(world), Visitor(world, email="nobody@example.org")
    await amina.register()
    (code,) = await amina.verification_codes()
    compared: list[str | None] = []

    async def matches(_: Any, secret: str, kept: str | None, *, network: str) -> bool:
        compared.append(kept)
        return False

    monkeypatch.setattr(type(await world.api.get(PasswordHasher)), "matches", matches)
    told = []
    for who in (amina, nobody):
        with pytest.raises(CodeOrPasswordWrong) as refused:
            await who.confirm_by_code(another(code))
        told.append(str(refused.value))
    assert compared == [None, None]
    assert told[0] == told[1]


async def test_of_many_who_type_one_code_at_once_one_account_is_made(world: World) -> None:
    amina = Visitor(world)
    await amina.register()
    (code,) = await amina.verification_codes()
    found = await asyncio.gather(
        *(amina.confirm_by_code(code) for _ in range(4)), return_exceptions=True
    )
    assert None in found
    assert {type(one) for one in found} <= {type(None), CodeOrPasswordWrong, LinkOutdated}
    await amina.log_in()


async def test_a_network_mistypes_so_often_and_no_more(world: World) -> None:
    for n in range(60):
        with pytest.raises(CodeOrPasswordWrong):
            await Visitor(world, email=f"a{n // 9}@example.org").confirm_by_code("0000 0000")
    amina = Visitor(world)
    await amina.register()
    (code,) = await amina.verification_codes()
    with pytest.raises(TooMany):
        await amina.confirm_by_code(code)
    await amina.confirm()


async def test_an_address_is_guessed_at_ten_times_from_one_network(world: World) -> None:
    amina = Visitor(world)
    for _ in range(10):
        with pytest.raises(CodeOrPasswordWrong):
            await amina.confirm_by_code("0000 0000")
    with pytest.raises(TooMany):
        await amina.confirm_by_code("0000 0000")
