"""A phone of one's own."""

from dataclasses import replace

import pytest
from tests.application.accounts.handset import OTHER, Handset, forget_limits
from tests.application.accounts.people import PASSWORD, Visitor
from tests.application.accounts.test_sign_in_codes import another
from tests.application.test_sealed_columns import move, rings
from tests.support.given.world import World

from skillbridge.adapters.crypto.field_encryption import AesGcmFields
from skillbridge.application.accounts.phones import RemovePhone
from skillbridge.application.accounts.ports.phones import Phones
from skillbridge.application.ports.field_encryption import FieldEncryption
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.sealed_columns import PHONE_NUMBER
from skillbridge.domain.accounts.one_time_proof import CodeRefused
from skillbridge.domain.accounts.phone import (
    CountryNotTexted,
    NoPhone,
    PhoneShared,
    TextState,
)
from skillbridge.domain.accounts.phone import Phone as Kept
from skillbridge.domain.accounts.user import WrongPassword
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import StepUpNeeded
from skillbridge.domain.errors import TooMany

pytestmark = pytest.mark.row("C5", "C2")


@pytest.fixture
def amina(world: World) -> Visitor:
    return Visitor(world)


async def kept(world: World, actor: Actor) -> Kept:
    anonymous = actor.before_authentication
    async with world.scope(anonymous) as scope:
        phones: Phones = await scope.get(Phones)
        async with (await scope.get(Transaction))(anonymous):
            found = await phones.of(actor.user_id, verified=True)
    assert found is not None
    return found


async def test_a_phone_is_the_account_s_once_a_code_was_shown_that_was_sent_there(
    amina: Visitor,
) -> None:
    phone = Handset(amina)
    actor = await phone.actor(await amina.arrive())
    with pytest.raises(NoPhone):
        await phone.shown(actor)
    await phone.begin(actor, "0803 123 4567", country="NG")
    waiting = await phone.shown(actor)
    assert (waiting.number, waiting.verified_at, waiting.text) == (
        "+234 ••• 67",
        None,
        TextState.SENT,
    )
    with pytest.raises(CodeRefused):
        await phone.finish(actor, another(await phone.newest()))
    await phone.finish(actor)
    shown = await phone.shown(actor)
    assert shown.number == "+234 ••• 67"
    assert shown.verified_at is not None
    with pytest.raises(CodeRefused):
        await phone.finish(actor)
    assert "Your account has a phone now" in await amina.subjects()


async def test_another_takes_its_place_and_the_older_one_counts_until_then(amina: Visitor) -> None:
    first, second = Handset(amina), Handset(amina, OTHER)
    actor = await first.add()
    await second.begin(actor)
    assert (await first.kept_number(actor)) == first.number
    await second.finish(actor)
    assert (await first.kept_number(actor)) == second.number


async def test_a_newer_number_ends_the_code_of_an_older_one(amina: Visitor) -> None:
    first, second = Handset(amina), Handset(amina, OTHER)
    actor = await first.actor(await amina.arrive())
    await first.begin(actor)
    code = await first.newest()
    await second.begin(actor)
    with pytest.raises(CodeRefused):
        await first.finish(actor, code)


@pytest.mark.asvs("7.5.1", "6.3.7")
async def test_it_is_changed_by_password_and_fresh_proof_and_its_owner_told(
    amina: Visitor,
) -> None:
    phone = Handset(amina)
    actor = await phone.add()
    stale = replace(actor, proved_at=None)
    amina.password = PASSWORD
    with pytest.raises(WrongPassword):
        await phone.begin_by(actor, "not the password")
    await phone.begin(stale)
    with pytest.raises(StepUpNeeded):
        await phone.finish(stale)
    with pytest.raises(StepUpNeeded):
        await phone.world.do(RemovePhone, stale)
    for _ in range(2):
        await phone.world.do(RemovePhone, actor)
    await phone.world.settle()
    with pytest.raises(NoPhone):
        await phone.shown(actor)
    assert (await amina.subjects()).count("Your account has no phone any more") == 1


async def test_a_family_shares_a_phone_and_a_farm_of_accounts_does_not(world: World) -> None:
    people = [Visitor(world, f"person{n}@example.org") for n in range(6)]
    actors = [await Handset(one).actor(await one.arrive()) for one in people]
    for n, (one, actor) in enumerate(zip(people, actors, strict=True)):
        # Each is answered alike; a text to one number may be one too many of its hour.
        phone = Handset(one)
        await forget_limits(world)
        await phone.begin(actor)
        if n < 5:
            await phone.finish(actor)
        else:
            with pytest.raises(PhoneShared):
                await phone.finish(actor)
    await forget_limits(world)
    await Handset(people[0]).begin(actors[0])
    await Handset(people[0]).finish(actors[0])


async def test_numbers_of_other_countries_are_texted_nothing(amina: Visitor) -> None:
    phone = Handset(amina, "+447700900123")
    actor = await phone.actor(await amina.arrive())
    with pytest.raises(CountryNotTexted):
        await phone.begin(actor, "+447911123456")
    assert await phone.texts() == []


async def test_an_account_and_a_number_are_texted_four_times_an_hour(amina: Visitor) -> None:
    phone = Handset(amina)
    actor = await phone.actor(await amina.arrive())
    for _ in range(4):
        await phone.begin(actor)
    with pytest.raises(TooMany):
        await phone.begin(actor)
    with pytest.raises(TooMany):
        await Handset(amina, OTHER).begin(actor)
    bola = Handset(Visitor(amina.world, "bola@example.org"))
    with pytest.raises(TooMany):
        await bola.begin(await bola.actor(await bola.owner.arrive()))
    assert len(await phone.texts()) == 4


async def test_it_is_kept_sealed_and_moves_with_its_index(world: World, amina: Visitor) -> None:
    phone = Handset(amina)
    actor = await phone.add()
    before = await kept(world, actor)
    assert phone.number[4:].encode() not in before.sealed_number
    ours = await world.worker.get(FieldEncryption)
    assert isinstance(ours, AesGcmFields)
    both, only = rings(ours)
    await move(world, both)
    after = await kept(world, actor)
    assert only.open(after.sealed_number, PHONE_NUMBER, after.id).decode() == phone.number
    number = phone.number.encode()
    assert (after.number_index,) == only.indexes(number, PHONE_NUMBER, actor.tenant_id)
    assert before.number_index != after.number_index
