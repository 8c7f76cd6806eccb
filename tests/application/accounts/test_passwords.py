"""A password that was forgotten is set anew; one that is known is changed."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from tests.application.accounts.people import HOME, PASSWORD, Visitor
from tests.support.given.world import World
from tests.support.measures import round_trips

from skillbridge.adapters.memory.store import Store
from skillbridge.application.accounts import passwords
from skillbridge.application.accounts.administration import DisableAccount
from skillbridge.application.accounts.passwords import ByCode, ByLink, RequestPasswordReset
from skillbridge.application.accounts.ports.proofs import BrokenLink, OneTimeProofs, ProofSecrets
from skillbridge.application.accounts.proofs import ForgetProofs
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.one_time_proof import OneTimeProof, ProofOutdated, Purpose
from skillbridge.domain.accounts.password import WeakPassword
from skillbridge.domain.accounts.sign_in import Origin, SignInOver
from skillbridge.domain.accounts.user import WrongCredentials, WrongPassword
from skillbridge.domain.errors import TooMany
from skillbridge.domain.ids import ProofId

pytestmark = pytest.mark.row("C1")

NEW = "brown ladder sings at noon"
RESET = "Set a new password"
TOLD = "Your password was changed"
GUESSES = 10
MAILS_ASKED, MAILS = 4, 8


async def newest(world: World, token: str) -> OneTimeProof:
    """The proof of a mailed link."""
    opened = (await world.api.get(ProofSecrets)).opened(token, Purpose.RESET_PASSWORD)
    return await kept(world, opened.proof_id)


async def kept(world: World, id_: ProofId) -> OneTimeProof:
    anonymous = world.pre_authentication()
    async with world.scope(anonymous) as scope:
        proofs: OneTimeProofs = await scope.get(OneTimeProofs)
        async with (await scope.get(Transaction))(anonymous, read_only=True):
            found = await proofs.get(id_)
            assert found
            return found


@pytest.mark.asvs("6.3.7", "7.4.3")
async def test_the_link_of_the_mail_sets_a_password_and_ends_every_sign_in(world: World) -> None:
    amina = Visitor(world)
    first = await amina.arrive()
    second = await amina.log_in()
    await amina.forgot()
    ended = await amina.reset(password=NEW)
    assert len(ended) == 2
    for signed in (first, second):
        with pytest.raises(SignInOver):
            await amina.refresh(signed.refresh_token)
    with pytest.raises(WrongCredentials):
        await amina.log_in(PASSWORD)
    await amina.log_in(NEW)
    assert (await amina.subjects())[:2] == [TOLD, RESET]


@pytest.mark.asvs("6.4.1")
@pytest.mark.parametrize("first", ["link", "code"])
async def test_link_and_code_of_a_mail_are_used_once_together(world: World, first: str) -> None:
    amina = Visitor(world)
    await amina.arrive()
    await amina.forgot()
    (code,), link = await amina.codes(), (await amina.links())[0]
    answers: list[ByLink | ByCode] = [ByLink(link), ByCode("AMINA@example.org", code)]
    await amina.reset(answers[0 if first == "link" else 1])
    for again in answers:
        with pytest.raises(ProofOutdated, match="ask for a new mail"):
            await amina.reset(again, "another long one here")
    await amina.log_in(NEW)


async def test_a_newer_mail_replaces_the_older_one(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    await amina.forgot()
    (code,), link = await amina.codes(), (await amina.links())[0]
    await amina.forgot()
    for older in (ByLink(link), ByCode(amina.email, code)):
        with pytest.raises(ProofOutdated):
            await amina.reset(older)
    await amina.reset()


async def test_five_codes_are_looked_at_and_the_link_serves_on(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    await amina.forgot()
    (code,) = await amina.codes()
    wrong = ByCode(amina.email, f"{(int(code.replace(' ', '')) + 1) % 10**8:08}")
    for _ in range(5):
        with pytest.raises(ProofOutdated):
            await amina.reset(wrong)
    with pytest.raises(ProofOutdated):
        await amina.reset(ByCode(amina.email, code))
    await amina.reset()
    await amina.log_in(NEW)


@pytest.mark.asvs("6.6.3")
async def test_of_two_hundred_guesses_at_once_five_are_looked_at(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    amina = Visitor(world)
    await amina.arrive()
    await amina.forgot()
    (code,) = await amina.codes()
    looked: list[str] = []
    secrets = type(await world.api.get(ProofSecrets))

    def is_code(_: Any, typed: str, proof: OneTimeProof) -> bool:
        looked.append(typed)
        return False

    monkeypatch.setattr(secrets, "is_code", is_code)
    guesses = (amina.reset(ByCode(amina.email, f"{n:08}")) for n in range(200))
    found = await asyncio.gather(*guesses, return_exceptions=True)
    assert [type(one) for one in found] == [ProofOutdated] * 200
    assert len(looked) == 5
    monkeypatch.undo()
    with pytest.raises(ProofOutdated):
        await amina.reset(ByCode(amina.email, code))


@pytest.mark.asvs("6.4.1")
async def test_of_many_who_answer_one_mail_at_once_one_sets_the_password(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    await amina.forgot()
    (code,), link = await amina.codes(), (await amina.links())[0]
    chosen = [f"brown ladder number {n} sings" for n in range(4)]
    answers: list[ByLink | ByCode] = [ByLink(link), ByCode(amina.email, code)] * 2
    found = await asyncio.gather(
        *(amina.reset(*each) for each in zip(answers, chosen, strict=True)), return_exceptions=True
    )
    (won,) = [one for one, end in zip(chosen, found, strict=True) if isinstance(end, list)]
    assert [type(end) for end in found].count(ProofOutdated) == 3
    await amina.log_in(won)


@pytest.mark.asvs("6.3.8")
async def test_an_address_without_an_account_costs_the_same_and_gets_no_mail(world: World) -> None:
    """Also a disabled account's. What is written, and what a worker does, is the same."""
    amina, nobody = Visitor(world), Visitor(world, email="nobody@example.org")
    await amina.arrive()
    await world.settle()
    before = len(await world.mails())
    work = await work_of(world, nobody)
    assert work == await work_of(world, amina)
    assert [mail.to for mail in await world.mails()][: -before or None] == [amina.email]
    trips = [await trips_of_a_wrong_code(who) for who in (nobody, amina)]
    assert trips[0] == trips[1]
    await world.do(DisableAccount, world.system(), amina.email, reason="A test")
    await world.settle()
    disabled = len(await world.mails())
    assert await work_of(world, amina) == work
    assert len(await world.mails()) == disabled


async def trips_of_a_wrong_code(who: Visitor) -> list[str]:
    with round_trips.counted() as trips, pytest.raises(ProofOutdated):
        await who.reset(ByCode(who.email, "0000 0000"))
    return trips.made


async def work_of(world: World, who: Visitor) -> tuple[list[str], int]:
    """What is asked of the database, and how many jobs follow, when a password was forgotten."""
    anonymous = world.pre_authentication()
    async with world.scope(anonymous) as scope:
        forget = await scope.get(RequestPasswordReset)
        with round_trips.counted() as trips:
            await forget(anonymous, who.email, origin=HOME)
    return trips.made, await world.settle()


@pytest.mark.asvs("7.4.2")
async def test_who_disables_an_account_ends_what_was_mailed_before(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    await amina.forgot()
    await world.do(DisableAccount, world.system(), amina.email, reason="A test")
    with pytest.raises(ProofOutdated):
        await amina.reset()


async def test_a_weak_password_uses_up_no_link_and_a_try_of_a_code(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    await amina.forgot()
    (code,), link = await amina.codes(), (await amina.links())[0]
    for weak in ("short", "x" * 129, "password1234", amina.email, "telechargement"):
        for answer in (ByLink(link), ByCode(amina.email, code)):
            with pytest.raises(WeakPassword):
                await amina.reset(answer, weak)
    assert (await newest(world, link)).tries == 3, "what is no password at all costs none"
    await amina.reset(ByCode(amina.email, code))


async def test_mails_are_bounded_and_what_strangers_use_up_leaves_a_link_that_serves(
    world: World,
) -> None:
    amina = Visitor(world)
    await amina.arrive()
    for network in ("198.51.100.1", "203.0.113.1", "192.0.2.77"):
        for _ in range(6):
            await amina.forgot(origin=Origin(network, "a script"))
    assert (await amina.subjects()).count(RESET) == MAILS
    await amina.reset()
    await amina.log_in(NEW)


@pytest.mark.asvs("6.3.1")
async def test_a_carriers_customers_are_mailed_while_somebody_there_mails_strangers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those who signed in there; and one address that is asked for again and again takes four of it."""
    monkeypatch.setattr(passwords, "ASKED", MAILS_ASKED + 2)
    customers = [Visitor(world, email=f"customer{n}@example.org") for n in range(4)]
    for one in customers:
        await one.arrive()
    stranger = Visitor(world, email="stranger@example.org")
    for _ in range(20):
        await stranger.forgot()
    for n in range(2):
        await Visitor(world, email=f"victim{n}@example.org").forgot()
    for _ in range(10):
        with pytest.raises(TooMany):
            await Visitor(world, email="elsewhere@example.org").forgot()
    for one in customers:
        await one.forgot()
        assert (await one.subjects())[0] == RESET
    elsewhere = Visitor(world, email="elsewhere@example.org")
    await elsewhere.register()
    await elsewhere.confirm()
    for _ in range(MAILS_ASKED):
        await elsewhere.forgot(origin=Origin("198.51.100.9"))
    assert (await elsewhere.subjects()).count(RESET) == MAILS_ASKED


@pytest.mark.asvs("6.3.1")
async def test_a_network_mails_its_own_people_so_often(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "ASKED_BY_KNOWN", 2)
    customers = [Visitor(world, email=f"customer{n}@example.org") for n in range(3)]
    for one in customers:
        await one.arrive()
    for one in customers[:2]:
        await one.forgot()
    with pytest.raises(TooMany):
        await customers[2].forgot()


async def test_mails_of_registrations_take_none_from_a_forgotten_password(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    for _ in range(MAILS_ASKED + 1):
        await amina.register()
    await amina.forgot()
    await amina.reset()


async def test_a_link_that_was_not_mailed_is_refused(world: World) -> None:
    amina = Visitor(world)
    await amina.register()
    (verification,) = await amina.links()
    for token in ("nonsense", "", verification):
        with pytest.raises(BrokenLink):
            await amina.reset(ByLink(token))


@pytest.mark.asvs("6.2.3", "7.4.3")
async def test_a_password_is_changed_by_who_knows_the_present_one(world: World) -> None:
    amina = Visitor(world)
    other = await amina.arrive()
    here = await amina.log_in()
    actor = await amina.signed_in(here)
    await amina.forgot()
    ended = await amina.change_password(actor, PASSWORD, NEW)
    assert ended == [(await amina.signed_in(other)).session_id]
    with pytest.raises(SignInOver):
        await amina.refresh(other.refresh_token)
    await amina.refresh(here.refresh_token)
    with pytest.raises(WrongCredentials):
        await amina.log_in(PASSWORD)
    await amina.log_in(NEW)
    assert TOLD in await amina.subjects()
    with pytest.raises(ProofOutdated):
        await amina.reset()


async def test_wrong_present_passwords_are_guesses(world: World) -> None:
    amina = Visitor(world)
    actor = await amina.signed_in(await amina.arrive())
    for _ in range(GUESSES):
        with pytest.raises(WrongPassword, match="password/forgot"):
            await amina.change_password(actor, "not the password", NEW)
    with pytest.raises(TooMany):
        await amina.change_password(actor, PASSWORD, NEW)
    await amina.log_in(PASSWORD)
    await amina.forgot()
    await amina.reset()


async def test_a_weak_password_replaces_none(world: World) -> None:
    amina = Visitor(world)
    actor = await amina.signed_in(await amina.arrive())
    for weak in ("short", "password1234", "amina amina amina"):
        with pytest.raises(WeakPassword):
            await amina.change_password(actor, PASSWORD, weak)
    await amina.log_in(PASSWORD)


LONGEST = "".join(chr(0x3B1 + 7 * n % 24) + "q7!Zr-w"[n % 7] for n in range(64))


@pytest.mark.parametrize("longest", [LONGEST, LONGEST[::-1]])
async def test_all_of_a_long_password_counts(world: World, longest: str) -> None:
    amina = Visitor(world)
    await amina.arrive()
    await amina.forgot()
    assert len(longest) == 128
    await amina.reset(password=longest)
    await amina.log_in(longest)
    with pytest.raises(WrongCredentials):
        await amina.log_in(longest[:-1] + "c")


async def test_what_can_still_be_answered_is_not_forgotten_by_the_clock(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    await amina.forgot()
    await world.do(ForgetProofs, world.system(), "a slot")
    await amina.reset()


async def test_no_event_names_an_address_or_what_opens_a_mail(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    await amina.forgot()
    (code,), link = await amina.codes(), (await amina.links())[0]
    told = await stored(world)
    for secret in (amina.email, code, code.replace(" ", ""), link, PASSWORD):
        assert secret not in told


async def stored(world: World) -> str:
    """Every event, and every proof, as they are kept."""
    if world.admin is None:
        store = await world.api.get(Store)
        rows: Mapping[Any, Any] = store.rows[world.tenant_id, "one_time_proofs"]
        return repr([store.events, rows])
    tables = [
        await world.admin.fetch(
            f"select to_jsonb(t)::text from {table} as t where tenant_id = $1", world.tenant_id
        )
        for table in ("events", "one_time_proofs")
    ]
    return repr(tables)
