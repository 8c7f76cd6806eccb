"""Signing in by a code that is mailed."""

import asyncio
from typing import Any

import pytest
from joserfc.util import json_b64decode
from tests.application.accounts.people import HOME, Visitor
from tests.application.accounts.phone import Phone
from tests.support.given.world import World
from tests.support.measures import round_trips

from skillbridge.application.accounts.administration import DisableAccount
from skillbridge.application.accounts.ports.proofs import OneTimeProofs, ProofSecrets
from skillbridge.application.accounts.sign_in_codes import RequestSignInCode
from skillbridge.application.accounts.views import LoggedIn
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.one_time_proof import CodeRefused, OneTimeProof, Purpose
from skillbridge.domain.accounts.second_factor import SecondFactorNeeded, WrongCode
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.user import AccountDisabled
from skillbridge.domain.errors import TooMany

pytestmark = pytest.mark.row("C1")

CODE = "Your code to sign in"
MAILS_ASKED, MAILS = 4, 8


def another(code: str) -> str:
    return f"{(int(code.replace(' ', '')) + 1) % 10**8:08}"


def said(tokens: LoggedIn) -> tuple[list[str], str]:
    """How it was proved, as the access token says."""
    claims = json_b64decode(tokens.access_token.split(".")[1].encode())
    return claims["amr"], claims["acr"]


@pytest.mark.asvs("6.5.4", "6.6.2")
async def test_the_code_of_the_mail_signs_in_once(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    challenge = await amina.ask_for_code()
    signed = await amina.sign_in_by_code(challenge)
    assert said(signed) == (["email"], "aal1")
    await amina.refresh(signed.refresh_token)
    with pytest.raises(CodeRefused):
        await amina.sign_in_by_code(challenge)
    assert (await amina.subjects())[0] == CODE


async def test_the_mail_says_what_it_is_for_from_where_and_that_nobody_asks_for_it(
    world: World,
) -> None:
    amina = Visitor(world)
    await amina.arrive()
    phone = Origin("198.51.100.1", "Mozilla/5.0 (iPhone; CPU iPhone OS 20_0 like Mac OS X)")
    await amina.ask_for_code(origin=phone)
    mail = (await world.mails())[0]
    assert "on a phone, to sign in to your SkillBridge account" in mail.text
    assert "Give it to nobody" in mail.text
    assert "token=" not in mail.text, "what opens links signs nobody in"
    assert phone.network not in mail.text


@pytest.mark.asvs("6.4.3", "6.5.4")
async def test_it_is_one_factor_and_a_second_one_is_still_asked_for(world: World) -> None:
    phone = Phone(amina := Visitor(world))
    await phone.set_up()
    challenge = await amina.ask_for_code()
    code = (await amina.codes())[0]
    with pytest.raises(SecondFactorNeeded) as refused:
        await amina.sign_in_by_code(challenge, code)
    with pytest.raises(WrongCode):
        await phone.verify(refused.value.challenge, code)
    assert said(await phone.verify(refused.value.challenge)) == (["email", "otp"], "aal2")


@pytest.mark.asvs("6.6.2")
async def test_a_code_serves_the_request_alone_that_it_was_mailed_for(world: World) -> None:
    """Neither an earlier nor a later one, nor that of somebody else; so nobody else's guesses count."""
    amina, bisi = Visitor(world), Visitor(world, email="bisi@example.org")
    await amina.arrive()
    await bisi.arrive()
    hers = await bisi.ask_for_code()
    older = await amina.ask_for_code()
    old = (await amina.codes())[0]
    newer = await amina.ask_for_code()
    new = (await amina.codes())[0]
    for challenge, code in ((older, old), (older, new), (newer, old), (hers, new)):
        with pytest.raises(CodeRefused):
            await amina.sign_in_by_code(challenge, code)
    await amina.sign_in_by_code(newer, new)


async def test_five_codes_are_looked_at(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    challenge = await amina.ask_for_code()
    (code,) = await amina.codes()
    for _ in range(5):
        with pytest.raises(CodeRefused):
            await amina.sign_in_by_code(challenge, another(code))
    with pytest.raises(CodeRefused):
        await amina.sign_in_by_code(challenge, code)
    await amina.sign_in_by_code(await amina.ask_for_code())


@pytest.mark.asvs("6.6.3")
async def test_of_two_hundred_guesses_at_once_five_are_looked_at(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    amina = Visitor(world)
    await amina.arrive()
    challenge = await amina.ask_for_code()
    looked: list[str] = []
    secrets = type(await world.api.get(ProofSecrets))

    def is_code(_: Any, typed: str, proof: OneTimeProof) -> bool:
        looked.append(typed)
        return False

    monkeypatch.setattr(secrets, "is_code", is_code)
    guesses = (amina.sign_in_by_code(challenge, f"{n:08}") for n in range(200))
    found = await asyncio.gather(*guesses, return_exceptions=True)
    assert [type(one) for one in found] == [CodeRefused] * 200
    assert len(looked) == 5


async def test_of_many_who_type_one_code_at_once_one_signs_in(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    challenge = await amina.ask_for_code()
    (code,) = await amina.codes()
    found = await asyncio.gather(
        *(amina.sign_in_by_code(challenge, code) for _ in range(5)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in found) == ["CodeRefused"] * 4 + ["LoggedIn"]


@pytest.mark.asvs("6.3.8")
async def test_an_address_without_an_account_costs_the_same_and_gets_no_mail(world: World) -> None:
    """Also a disabled account's. What is written, and what a worker does, is the same."""
    amina, nobody = Visitor(world), Visitor(world, email="nobody@example.org")
    await amina.arrive()
    await world.settle()
    before = len(await world.mails())
    work = await work_of(world, nobody)
    assert len(await world.mails()) == before
    assert work == await work_of(world, amina)
    assert len(await world.mails()) == before + 1
    trips = [await trips_of_a_wrong_code(who) for who in (nobody, amina)]
    assert trips[0] == trips[1]
    await world.do(DisableAccount, world.system(), amina.email, reason="A test")
    await world.settle()
    disabled = len(await world.mails())
    assert await work_of(world, amina) == work
    assert len(await world.mails()) == disabled


async def work_of(world: World, who: Visitor) -> tuple[list[str], int]:
    anonymous = world.pre_authentication()
    async with world.scope(anonymous) as scope:
        ask = await scope.get(RequestSignInCode)
        with round_trips.counted() as trips:
            await ask(anonymous, who.email, origin=HOME)
    return trips.made, await world.settle()


async def trips_of_a_wrong_code(who: Visitor) -> list[str]:
    challenge = await who.ask_for_code()
    with round_trips.counted() as trips, pytest.raises(CodeRefused):
        await who.sign_in_by_code(challenge, "0000 0000")
    return trips.made


@pytest.mark.asvs("6.3.8")
async def test_the_right_code_of_what_is_nobodys_opens_nothing(world: World) -> None:
    nobody = Visitor(world, email="nobody@example.org")
    challenge = await nobody.ask_for_code()
    secrets = await world.api.get(ProofSecrets)
    asked = secrets.asked(challenge, Purpose.SIGN_IN)
    anonymous = world.pre_authentication()
    async with world.scope(anonymous) as scope:
        proofs: OneTimeProofs = await scope.get(OneTimeProofs)
        async with (await scope.get(Transaction))(anonymous, read_only=True):
            proof = await proofs.get(asked.proof_id)
    assert proof is not None
    with pytest.raises(CodeRefused):
        await nobody.sign_in_by_code(challenge, secrets.code(proof))


@pytest.mark.asvs("7.4.2")
async def test_an_account_that_was_disabled_meanwhile_is_signed_in_to_by_nobody(
    world: World,
) -> None:
    amina = Visitor(world)
    await amina.arrive()
    challenge = await amina.ask_for_code()
    await world.do(DisableAccount, world.system(), amina.email, reason="A test")
    with pytest.raises(AccountDisabled):
        await amina.sign_in_by_code(challenge)


async def test_a_new_password_ends_a_code_that_waits(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    challenge = await amina.ask_for_code()
    (code,) = await amina.codes()
    await amina.forgot()
    await amina.reset()
    with pytest.raises(CodeRefused):
        await amina.sign_in_by_code(challenge, code)


async def test_a_registration_that_waits_is_not_confirmed_by_a_code(world: World) -> None:
    amina = Visitor(world)
    await amina.register()
    before = await amina.subjects()
    challenge = await amina.ask_for_code()
    assert await amina.subjects() == before
    with pytest.raises(CodeRefused):
        await amina.sign_in_by_code(challenge, "0000 0000")


async def test_mails_are_bounded_and_a_known_device_has_its_own(world: World) -> None:
    amina = Visitor(world)
    device = (await amina.arrive()).device
    for network in ("198.51.100.1", "203.0.113.1", "192.0.2.77"):
        for _ in range(MAILS_ASKED + 2):
            await amina.ask_for_code(origin=Origin(network, "a script"))
    assert (await amina.subjects()).count(CODE) == MAILS
    unmailed = await amina.ask_for_code()
    with pytest.raises(CodeRefused):
        await amina.sign_in_by_code(unmailed)
    await amina.sign_in_by_code(await amina.ask_for_code(device=device))
    for _ in range(MAILS_ASKED + 2):
        await amina.ask_for_code(device=device)
    assert (await amina.subjects()).count(CODE) == MAILS + MAILS_ASKED


async def test_a_device_that_is_known_no_more_has_no_mails_of_its_own(world: World) -> None:
    amina = Visitor(world)
    device = (await amina.arrive()).device
    await amina.forgot()
    await amina.reset(password="brown ladder sings at noon")
    for place in range(MAILS + 2):
        origin = Origin(f"198.51.100.{place}", "a script")
        await amina.ask_for_code(origin=origin, device=device)
    assert (await amina.subjects()).count(CODE) == MAILS


async def test_a_network_asks_for_the_codes_of_sixty_addresses_an_hour(world: World) -> None:
    for n in range(60):
        await Visitor(world, email=f"a{n}@example.org").ask_for_code()
    with pytest.raises(TooMany):
        await Visitor(world).ask_for_code()
