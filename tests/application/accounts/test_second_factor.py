"""A second factor: set up, asked for, lost and removed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.application.accounts.people import HOME, PASSWORD, Visitor
from tests.application.accounts.phone import Phone
from tests.support.given.world import World

from skillbridge.application.accounts.addresses import RequestAddressChange
from skillbridge.application.accounts.administration import (
    DisableAccount,
    RemoveSecondFactorOf,
    RevokeSessions,
)
from skillbridge.application.accounts.passwords import ChangePassword
from skillbridge.application.accounts.ports.second_factors import (
    Challenges,
)
from skillbridge.application.accounts.second_factor import (
    RemoveSecondFactor,
    ReplaceRecoveryCodes,
)
from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.domain.accounts.second_factor import (
    Challenge,
    ChallengeOver,
    NoSecondFactor,
    SecondFactorActive,
    WrongCode,
)
from skillbridge.domain.accounts.sign_in import KeyMissing, SignInOver
from skillbridge.domain.accounts.user import AccountDisabled, WrongPassword
from skillbridge.domain.authentication import StepUpNeeded
from skillbridge.domain.errors import TooMany
from skillbridge.domain.ids import ProofId

pytestmark = pytest.mark.row("C2")


@pytest.fixture
def phone(world: World) -> Phone:
    return Phone(Visitor(world))


async def test_a_code_is_asked_for_once_one_was_confirmed(phone: Phone) -> None:
    actor = await phone.actor(await phone.owner.arrive())
    await phone.enrol(actor)
    await phone.owner.log_in()
    await phone.confirm(actor)
    await phone.later(actor)
    signed_in = await phone.verify(await phone.challenge())
    assert (await phone.actor(signed_in)).user_id == actor.user_id


async def test_setting_one_up_ends_every_other_sign_in(phone: Phone) -> None:
    own = await phone.owner.arrive()
    other = await phone.owner.log_in()
    actor = await phone.actor(own)
    await phone.enrol(actor)
    await phone.confirm(actor)
    with pytest.raises(SignInOver):
        await phone.owner.refresh(other.refresh_token)
    await phone.owner.refresh(own.refresh_token)


async def test_another_app_takes_the_place_of_one_that_was_not_confirmed(phone: Phone) -> None:
    actor = await phone.actor(await phone.owner.arrive())
    await phone.enrol(actor)
    older = phone.code()
    await phone.enrol(actor)
    if older != phone.code():
        with pytest.raises(WrongCode):
            await phone.confirm(actor, older)
    await phone.confirm(actor)


async def test_one_that_counts_is_not_replaced(phone: Phone) -> None:
    actor, _ = await phone.set_up()
    with pytest.raises(SecondFactorActive):
        await phone.enrol(actor)
    with pytest.raises(SecondFactorActive):
        await phone.confirm(actor)


async def test_nothing_is_confirmed_that_was_not_set_up(phone: Phone) -> None:
    phone.secret = "A" * 32
    with pytest.raises(NoSecondFactor):
        await phone.confirm(await phone.actor(await phone.owner.arrive()))


@pytest.mark.asvs("6.5.1")
async def test_a_code_is_good_once_at_a_log_in(phone: Phone) -> None:
    await phone.set_up()
    challenge, code = await phone.challenge(), phone.code()
    await phone.verify(challenge, code)
    for again in (challenge, await phone.challenge()):
        with pytest.raises(WrongCode):
            await phone.verify(again, code)


@pytest.mark.asvs("6.5.1")
async def test_a_recovery_code_is_good_once_and_the_owner_is_told(phone: Phone) -> None:
    _, recovery = await phone.set_up()
    one = recovery.codes[0]
    typed = f"{one[:4]}-{one[4:8]} {one[8:]}".lower()
    await phone.verify(await phone.challenge(), typed)
    with pytest.raises(WrongCode):
        await phone.verify(await phone.challenge(), one)
    await phone.world.settle()
    mails = {mail.subject: mail.text for mail in await phone.world.mails()}
    told = mails["A recovery code was used"]
    assert "9 are left" in told
    assert one not in told


@pytest.mark.asvs("6.6.3")
async def test_wrong_codes_are_few_and_those_of_others_are_not_counted(phone: Phone) -> None:
    await phone.set_up()
    challenge = await phone.challenge()
    for _ in range(5):
        with pytest.raises(WrongCode):
            await phone.verify(challenge, "wrong")
    for code in ("wrong", phone.code()):
        with pytest.raises(TooMany):
            await phone.verify(challenge, code)
    other = Phone(Visitor(phone.world, "bola@example.org"))
    await other.set_up()
    await other.verify(await other.challenge())


async def test_a_challenge_is_over_once_the_account_is_another(phone: Phone) -> None:
    actor, _ = await phone.set_up()
    challenge = await phone.challenge()
    await phone.world.do(RemoveSecondFactor, actor)
    with pytest.raises(ChallengeOver):
        await phone.verify(challenge)


@pytest.mark.parametrize("challenge", ["", "sbc_", "sbc_" + "A" * 118, "\ud800", "sbc_é"])
async def test_what_is_no_challenge_of_ours_is_over(phone: Phone, challenge: str) -> None:
    with pytest.raises(ChallengeOver):
        await phone.verify(challenge, "123456")


async def test_a_disabled_account_is_told_so_once_both_factors_were_shown(phone: Phone) -> None:
    await phone.set_up()
    challenge = await phone.challenge()
    await phone.world.do(DisableAccount, phone.world.system(), phone.owner.email, reason="A test")
    with pytest.raises(AccountDisabled):
        await phone.verify(challenge)


async def test_a_refresh_carries_no_proof_on(phone: Phone) -> None:
    tokens = await phone.owner.arrive()
    assert (await phone.actor(tokens)).proved_at is not None
    refreshed = await phone.owner.refresh(tokens.refresh_token)
    claims = (await phone.world.api.get(Tokens)).verify(refreshed.access_token)
    assert claims.proved_at is None


@pytest.mark.asvs("7.5.1")
@pytest.mark.parametrize("use_case", [RemoveSecondFactor, ReplaceRecoveryCodes])
async def test_what_a_thief_would_do_first_wants_a_proof_of_right_now(
    phone: Phone, use_case: type
) -> None:
    actor, _ = await phone.set_up()
    assert actor.proved_at is not None
    older = replace(actor, proved_at=actor.proved_at - timedelta(minutes=11))
    for unproved in (replace(actor, proved_at=None), older):
        with pytest.raises(StepUpNeeded):
            await phone.world.do(use_case, unproved)
        with pytest.raises(StepUpNeeded):
            await phone.enrol(unproved)
        with pytest.raises(StepUpNeeded):
            await phone.confirm(unproved)
    stepped_up = await phone.step_up(older, phone.code())
    await phone.world.do(use_case, stepped_up)


async def test_the_password_alone_is_no_proof_for_an_account_with_a_second_factor(
    phone: Phone,
) -> None:
    actor, _ = await phone.set_up()
    with pytest.raises(WrongCode):
        await phone.step_up(actor, PASSWORD)


async def test_setting_one_up_wants_the_password(phone: Phone) -> None:
    """Or else whoever has a stolen access token shuts its owner out."""
    actor = await phone.actor(await phone.owner.arrive())
    phone.owner.password = "not the password"
    with pytest.raises(WrongPassword):
        await phone.enrol(actor)


async def test_nothing_goes_on_after_the_sign_in_has_ended(phone: Phone) -> None:
    """As a request that was let in before the end came."""
    tokens = await phone.owner.arrive()
    actor = await phone.actor(tokens)
    await phone.enrol(actor)
    await phone.world.do(RevokeSessions, phone.world.system(), phone.owner.email, reason="A test")
    another = "seven quiet herons at noon"
    for late in (
        phone.enrol(actor),
        phone.confirm(actor),
        phone.step_up(actor, PASSWORD),
        phone.world.do(ReplaceRecoveryCodes, actor),
        phone.world.do(RemoveSecondFactor, actor),
        phone.world.do(ChangePassword, actor, PASSWORD, another, origin=HOME),
        phone.world.do(RequestAddressChange, actor, "b@example.org", PASSWORD, origin=HOME),
        phone.enrol(replace(actor, session_id=None)),
    ):
        with pytest.raises(SignInOver):
            await late


async def test_an_operator_removes_what_shuts_an_owner_out(phone: Phone) -> None:
    await phone.set_up()
    signed_in = await phone.verify(await phone.challenge())
    remove = phone.world.do(
        RemoveSecondFactorOf, phone.world.system(), phone.owner.email, reason="A test"
    )
    assert await remove is True
    with pytest.raises(SignInOver):
        await phone.owner.refresh(signed_in.refresh_token)
    await phone.owner.log_in()
    again = phone.world.do(
        RemoveSecondFactorOf, phone.world.system(), phone.owner.email, reason="A test"
    )
    assert await again is False
    await phone.world.settle()
    assert "Your account has no second factor any more" in await phone.owner.subjects()


async def test_what_was_never_confirmed_shuts_nobody_out_and_is_not_removed(phone: Phone) -> None:
    tokens = await phone.owner.arrive()
    await phone.enrol(await phone.actor(tokens))
    remove = phone.world.do(
        RemoveSecondFactorOf, phone.world.system(), phone.owner.email, reason="A test"
    )
    assert await remove is False
    await phone.owner.refresh(tokens.refresh_token)


async def test_halves_of_log_ins_use_up_no_mail_about_devices(phone: Phone) -> None:
    await phone.set_up()
    for _ in range(5):
        await phone.challenge()
        with pytest.raises((WrongCode, TooMany)):
            await phone.verify(await phone.challenge(), "wrong")
    limit = await phone.world.api.get(RateLimit)
    user = (await phone.user()).id
    left = await limit.spend(f"new-device:{user}", limit=8, per=timedelta(hours=1))
    assert left.remaining >= 8 - 3, "of the two log-ins that started, and this one"


async def test_its_owner_is_told_once_a_day_that_wrong_codes_follow_the_right_password(
    phone: Phone,
) -> None:
    """Not of one or two, which are mistakes; nor of what never came so far."""
    await phone.set_up()
    told = "Somebody who knows your password was asked for a code"
    for number in range(4):
        await phone.world.settle()
        assert (await phone.owner.subjects()).count(told) == (number > 2)
        with pytest.raises(WrongCode):
            await phone.verify(await phone.challenge(), "wrong")
    for _ in range(3):
        with pytest.raises((WrongCode, TooMany)):
            await phone.verify(await phone.challenge(), "wrong")
    await phone.world.settle()
    assert (await phone.owner.subjects()).count(told) == 1


async def test_the_key_of_the_first_half_is_proved_in_the_second(phone: Phone) -> None:
    await phone.set_up()
    user = await phone.user()
    bound = Challenge.of(ProofId(uuid4()), user, b"k" * 32, at=datetime.now(UTC))
    written = (await phone.world.api.get(Challenges)).written(bound)
    assert (await phone.world.api.get(Challenges)).read(written) == bound
    with pytest.raises(KeyMissing):
        await phone.verify(written)


async def test_without_a_second_factor_the_password_is_the_proof(phone: Phone) -> None:
    actor = replace(await phone.actor(await phone.owner.arrive()), proved_at=None)
    with pytest.raises(WrongPassword):
        await phone.step_up(actor, "not the password")
    await phone.enrol(await phone.step_up(actor, PASSWORD))


async def test_wrong_passwords_at_a_step_up_are_few(phone: Phone) -> None:
    actor = await phone.actor(await phone.owner.arrive())
    for _ in range(10):
        with pytest.raises(WrongPassword):
            await phone.step_up(actor, "not the password")
    with pytest.raises(TooMany):
        await phone.step_up(actor, PASSWORD)


@pytest.mark.asvs("7.5.1")
async def test_a_proof_of_before_it_was_set_up_removes_nothing(phone: Phone) -> None:
    """That was of the password alone; so whoever has the token of that log-in takes nothing away."""
    before = await phone.actor(await phone.owner.arrive())
    await phone.enrol(before)
    await phone.confirm(before)
    assert before.proved_at is not None
    before = replace(before, proved_at=before.proved_at - timedelta(seconds=2))
    for use_case in (RemoveSecondFactor, ReplaceRecoveryCodes):
        with pytest.raises(StepUpNeeded):
            await phone.world.do(use_case, before)
    await phone.later(before)
    await phone.world.do(RemoveSecondFactor, await phone.step_up(before, phone.code()))


async def test_once_it_is_removed_the_password_is_enough(phone: Phone) -> None:
    actor, _ = await phone.set_up()
    for _ in range(2):
        await phone.world.do(RemoveSecondFactor, actor)
    await phone.owner.log_in()
    with pytest.raises(NoSecondFactor):
        await phone.world.do(ReplaceRecoveryCodes, actor)


async def test_new_recovery_codes_are_good_and_older_ones_are_not(phone: Phone) -> None:
    actor, older = await phone.set_up()
    newer = await phone.world.do(ReplaceRecoveryCodes, actor)
    with pytest.raises(WrongCode):
        await phone.verify(await phone.challenge(), older.codes[0])
    await phone.verify(await phone.challenge(), newer.codes[0])


@pytest.mark.asvs("6.3.7")
async def test_its_owner_is_told_of_every_change(phone: Phone) -> None:
    actor, _ = await phone.set_up()
    await phone.world.do(ReplaceRecoveryCodes, actor)
    await phone.world.do(RemoveSecondFactor, actor)
    await phone.world.settle()
    assert set(await phone.owner.subjects()) >= {
        "Your account has a second factor now",
        "Your account has new recovery codes",
        "Your account has no second factor any more",
    }


async def test_an_account_with_a_second_factor_changes_its_password_by_a_fresh_proof(
    phone: Phone,
) -> None:
    actor, _ = await phone.set_up()
    another = "seven quiet herons at noon"
    unproved = replace(actor, proved_at=None)
    with pytest.raises(StepUpNeeded):
        await phone.world.do(ChangePassword, unproved, PASSWORD, another, origin=HOME)
    with pytest.raises(StepUpNeeded):
        await phone.world.do(RequestAddressChange, unproved, "b@example.org", PASSWORD, origin=HOME)
    proved = await phone.step_up(unproved, phone.code())
    await phone.world.do(ChangePassword, proved, PASSWORD, another, origin=HOME)
    phone.owner.password = another
    await phone.later(actor)
    await phone.verify(await phone.challenge())
