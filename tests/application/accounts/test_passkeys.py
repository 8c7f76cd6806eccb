"""Passkeys: added, signed in with, refused and removed."""

import json
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.application.accounts.holder import Holder
from tests.application.accounts.people import Visitor
from tests.application.accounts.phone import Phone
from tests.support.given.authenticator import Authenticator
from tests.support.given.device import Device
from tests.support.given.world import World

from skillbridge.application.accounts.administration import DisableAccount, RevokeSessions
from skillbridge.application.accounts.passkeys import (
    ForgetChallenges,
    RemovePasskey,
    RenamePasskey,
)
from skillbridge.application.accounts.ports.passkeys import PasskeyReads, SpentChallenges
from skillbridge.application.accounts.views import LoggedIn, PasskeyView
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.passkey import (
    Ceremony,
    CeremonyOver,
    PasskeyBehind,
    PasskeyRefused,
    PasskeyTaken,
    Purpose,
    TooManyPasskeys,
    UnknownPasskey,
)
from skillbridge.domain.accounts.second_factor import ChallengeOver
from skillbridge.domain.accounts.sign_in import KeyMissing, SignInOver
from skillbridge.domain.accounts.user import AccountDisabled
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import StepUpNeeded
from skillbridge.domain.ids import PasskeyId

pytestmark = pytest.mark.row("C2", "C7")
TEN = 10
LIFE = timedelta(minutes=5)


@pytest.fixture
def holder(world: World) -> Holder:
    return Holder(Visitor(world))


def said(tokens: LoggedIn) -> dict[str, object]:
    payload = tokens.access_token.split(".")[1]
    found: dict[str, object] = json.loads(urlsafe_b64decode(payload + "=="))
    return found


async def own(holder: Holder, actor: Actor) -> list[PasskeyView]:
    found: list[PasskeyView] = await holder.world.ask(PasskeyReads, "of", actor)
    return found


async def test_a_passkey_alone_is_a_sign_in_of_two_factors(holder: Holder) -> None:
    actor = await holder.set_up()
    tokens = await holder.log_in()
    token = said(tokens)
    assert token["sub"] == str(actor.user_id)
    assert (token["amr"], token["acr"]) == (["mfa", "pop", "user"], "aal2")
    await holder.owner.refresh(tokens.refresh_token)


async def test_a_log_in_by_passkey_is_bound_to_the_key_of_the_device(holder: Holder) -> None:
    await holder.set_up()
    device, path = Device(), "/v1/auth/passkeys/login/finish"
    signed = holder.device.get(await holder.challenge())
    tokens = await holder.finish(signed, origin=device.origin(path))
    with pytest.raises(KeyMissing):
        await holder.owner.refresh(tokens.refresh_token)
    refreshing = device.refreshing(tokens.refresh_token)
    await holder.owner.refresh(tokens.refresh_token, origin=refreshing)


async def test_a_challenge_is_answered_once_also_by_who_does_not_count(holder: Holder) -> None:
    holder.device.counts = False
    await holder.set_up()
    challenge = await holder.challenge()
    signed = holder.device.get(challenge)
    await holder.finish(signed)
    with pytest.raises(CeremonyOver):
        await holder.finish(signed)
    with pytest.raises(CeremonyOver):
        await holder.finish(holder.device.get(challenge))


async def test_a_challenge_serves_one_purpose_one_account_and_one_sign_in(holder: Holder) -> None:
    actor = await holder.set_up()
    log_in, step_up = await holder.challenge(), await holder.step_challenge(actor)
    create = await holder.to_create(actor)
    device = holder.device
    for challenge in (step_up, create):
        with pytest.raises(CeremonyOver):
            await holder.finish(device.get(challenge))
    for challenge in (log_in, create):
        with pytest.raises(CeremonyOver):
            await holder.step_up(actor, device.get(challenge))
    elsewhere = await Phone(holder.owner).actor()
    with pytest.raises(CeremonyOver):
        await holder.step_up(elsewhere, device.get(step_up))
    other = Authenticator()
    with pytest.raises(CeremonyOver):
        await holder.keep(elsewhere, other.create(create))
    for challenge in (log_in, step_up):
        options = {"public_key": {**create["public_key"], **challenge["public_key"]}}
        with pytest.raises(CeremonyOver):
            await holder.keep(actor, other.create(options))
    bola = await Holder(Visitor(holder.world, "bola@example.org")).arrive()
    with pytest.raises(CeremonyOver):
        await holder.step_up(replace(bola, session_id=actor.session_id), device.get(step_up))
    assert len(await own(holder, actor)) == 1


async def test_a_passkey_of_another_proves_nobody_else(holder: Holder) -> None:
    actor = await holder.set_up()
    bola = Holder(Visitor(holder.world, "bola@example.org"))
    await bola.set_up()
    with pytest.raises(PasskeyRefused):
        await holder.step_up(actor, bola.device.get(await holder.step_challenge(actor)))
    for handle in (holder.device.user_handle, None, b""):
        with pytest.raises(PasskeyRefused):
            await bola.log_in(user_handle=handle)
    assert said(await bola.log_in())["sub"] != str(actor.user_id)


async def test_a_credential_is_known_once_and_whose_it_is_is_not_told(holder: Holder) -> None:
    actor = await holder.set_up()
    bola = Holder(Visitor(holder.world, "bola@example.org"))
    new = await bola.arrive()
    for who, whom in ((holder, actor), (bola, new)):
        same = Authenticator(credential_id=holder.device.credential_id)
        with pytest.raises(PasskeyTaken):
            await who.add(whom, same)
    assert await own(bola, new) == []


async def test_an_unknown_passkey_and_a_wrong_signature_are_one_answer(holder: Holder) -> None:
    await holder.set_up()
    answers = []
    stranger = Authenticator()
    stranger.create(await holder.to_create(await Phone(holder.owner).actor()))
    for device in (stranger, replace(holder.device, key=stranger.key)):
        with pytest.raises(PasskeyRefused) as refused:
            await holder.finish(device.get(await holder.challenge()))
        answers.append(str(refused.value))
    assert len(set(answers)) == 1


async def test_a_counter_that_goes_back_is_refused_and_told(holder: Holder) -> None:
    await holder.set_up()
    await holder.log_in(count=7)
    for count in (7, 6, 0):
        with pytest.raises(PasskeyBehind):
            await holder.log_in(count=count)
    await holder.log_in(count=8)
    await holder.world.settle()
    subjects = await holder.owner.subjects()
    assert subjects.count("We refused a passkey of your account") == 3


async def test_a_challenge_that_a_copy_answered_is_spent(holder: Holder) -> None:
    await holder.set_up()
    await holder.log_in(count=7)
    challenge = await holder.challenge()
    with pytest.raises(PasskeyBehind):
        await holder.finish(holder.device.get(challenge, count=3))
    with pytest.raises(CeremonyOver):
        await holder.finish(holder.device.get(challenge, count=9))


async def test_what_changes_how_one_signs_in_wants_a_fresh_proof(holder: Holder) -> None:
    actor = await holder.set_up()
    (mine,) = await own(holder, actor)
    credential = Authenticator().create(await holder.to_create(actor))
    stale = replace(actor, proved_at=None)
    for change in (
        holder.to_create(stale),
        holder.keep(stale, credential),
        holder.world.do(RenamePasskey, stale, mine.id, "Mine"),
        holder.world.do(RemovePasskey, stale, mine.id),
    ):
        with pytest.raises(StepUpNeeded):
            await change
    assert await own(holder, actor) == [mine]


async def test_a_passkey_is_a_fresh_proof_also_beside_an_authenticator_app(holder: Holder) -> None:
    phone = Phone(holder.owner)
    actor, _ = await phone.set_up()
    await holder.add(actor)
    stale = replace(actor, proved_at=None)
    fresh = await holder.step_up(stale)
    await holder.add(fresh, Authenticator(), "Another")
    assert [one.name for one in await own(holder, fresh)][-1] == "Another"


async def test_a_sign_in_that_has_ended_changes_and_proves_nothing(holder: Holder) -> None:
    actor = await holder.set_up()
    (mine,) = await own(holder, actor)
    created, step_up = await holder.to_create(actor), await holder.step_challenge(actor)
    await holder.world.do(
        RevokeSessions, holder.world.system(), holder.owner.email, reason="A test"
    )
    for late in (
        holder.to_create(actor),
        holder.keep(actor, Authenticator().create(created)),
        holder.world.do(RemovePasskey, actor, mine.id),
        holder.world.do(RenamePasskey, actor, mine.id, "Mine"),
        holder.step_up(actor, holder.device.get(step_up)),
    ):
        with pytest.raises(SignInOver):
            await late


async def test_of_two_factors_either_answers_the_second_step(holder: Holder) -> None:
    phone = Phone(holder.owner)
    actor, _ = await phone.set_up()
    await holder.add(actor)
    half = await phone.challenge()
    signed = holder.device.get(await holder.second_challenge(half))
    tokens = await holder.verify(half, signed)
    assert said(tokens)["amr"] == ["mfa", "pop", "pwd", "user"]
    with pytest.raises(CeremonyOver):
        await holder.verify(half, signed)
    await phone.verify(await phone.challenge())


async def test_a_second_step_is_of_its_own_log_in(holder: Holder) -> None:
    phone = Phone(holder.owner)
    actor, _ = await phone.set_up()
    await holder.add(actor)
    half = await phone.challenge()
    challenge = await holder.second_challenge(half)
    bola = Holder(Visitor(holder.world, "bola@example.org"))
    await bola.set_up()
    with pytest.raises(PasskeyRefused):
        await holder.verify(half, bola.device.get(challenge))
    with pytest.raises(CeremonyOver):
        await holder.verify(half, holder.device.get(await holder.challenge()))
    with pytest.raises(CeremonyOver):
        await holder.finish(holder.device.get(challenge))
    with pytest.raises(ChallengeOver):
        await holder.second_challenge("sbc_none")
    origin = Device().origin("/v1/auth/second-factor/passkey/finish")
    with pytest.raises(KeyMissing):
        await holder.verify(half, holder.device.get(challenge), origin=origin)
    await holder.owner.forgot()
    await holder.owner.reset(password="brown ladder sings at noon")
    with pytest.raises(ChallengeOver):
        await holder.verify(half, holder.device.get(challenge))


async def test_a_disabled_account_is_told_so_only_once_its_passkey_has_signed(
    holder: Holder,
) -> None:
    await holder.set_up()
    await holder.world.do(
        DisableAccount, holder.world.system(), holder.owner.email, reason="A test"
    )
    with pytest.raises(PasskeyRefused):
        await holder.log_in(signature=b"no signature")
    with pytest.raises(AccountDisabled):
        await holder.log_in()


async def test_a_new_password_leaves_passkeys(holder: Holder) -> None:
    await holder.set_up()
    await holder.owner.forgot()
    await holder.owner.reset()
    await holder.log_in()
    told = next(
        mail.text
        for mail in await holder.world.mails()
        if mail.subject == "Your password was changed"
    )
    assert "passkeys" in told


async def test_one_that_was_removed_signs_in_no_more_and_the_owner_is_told(holder: Holder) -> None:
    actor = await holder.set_up()
    (mine,) = await own(holder, actor)
    begun = holder.device.get(await holder.challenge())
    await holder.world.do(RemovePasskey, actor, mine.id)
    for answer in (begun, holder.device.get(await holder.challenge())):
        with pytest.raises(PasskeyRefused):
            await holder.finish(answer)
    with pytest.raises(UnknownPasskey):
        await holder.world.do(RemovePasskey, actor, mine.id)
    await holder.owner.log_in()
    await holder.world.settle()
    subjects = await holder.owner.subjects()
    assert "Your account has a new passkey" in subjects
    assert "A passkey of your account was removed" in subjects


async def test_nobody_names_or_removes_that_of_another(holder: Holder) -> None:
    actor = await holder.set_up()
    (mine,) = await own(holder, actor)
    bola = await Holder(Visitor(holder.world, "bola@example.org")).arrive()
    for id_ in (mine.id, PasskeyId(uuid4())):
        with pytest.raises(UnknownPasskey):
            await holder.world.do(RenamePasskey, bola, id_, "Mine")
        with pytest.raises(UnknownPasskey):
            await holder.world.do(RemovePasskey, bola, id_)
    renamed = await holder.world.do(RenamePasskey, actor, mine.id, "Amina's phone")
    assert await own(holder, actor) == [renamed]
    assert renamed.name == "Amina's phone"


async def test_an_account_has_ten_at_most(holder: Holder) -> None:
    actor = await holder.arrive()
    for n in range(TEN - 1):
        await holder.add(actor, Authenticator(), f"Phone {n}")
    begun = await holder.to_create(actor)
    assert len(begun["public_key"]["excludeCredentials"]) == TEN - 1
    await holder.add(actor)
    with pytest.raises(TooManyPasskeys):
        await holder.to_create(actor)
    with pytest.raises(TooManyPasskeys):
        await holder.keep(actor, Authenticator().create(begun))
    assert len(await own(holder, actor)) == TEN


async def test_a_registration_is_answered_once(holder: Holder) -> None:
    actor = await holder.arrive()
    begun = await holder.to_create(actor)
    await holder.keep(actor, holder.device.create(begun))
    with pytest.raises(CeremonyOver):
        await holder.keep(actor, Authenticator().create(begun))


async def test_challenges_are_forgotten_once_they_are_too_old_anyway(holder: Holder) -> None:
    world, now = holder.world, datetime.now(UTC)
    anonymous = world.pre_authentication()

    def ended(ago: timedelta) -> Ceremony:
        begun = now - ago - LIFE
        return Ceremony.begin(Purpose.LOG_IN, world.tenant_id, uuid4().bytes, at=begun)

    old, young = ended(2 * LIFE), ended(timedelta(minutes=1))

    async def spent(ceremony: Ceremony) -> bool:
        async with world.scope(anonymous) as scope:
            challenges: SpentChallenges = await scope.get(SpentChallenges)
            async with (await scope.get(Transaction))(anonymous):
                return await challenges.spend(ceremony)

    assert [await spent(old), await spent(young)] == [True, True]
    await world.do(ForgetChallenges, world.system(), "slot")
    assert [await spent(old), await spent(young)] == [True, False]
