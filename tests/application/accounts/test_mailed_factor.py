"""Codes by mail as second factor."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from tests.application.accounts.people import HOME, PASSWORD, Visitor
from tests.application.accounts.phone import Phone
from tests.application.accounts.test_sign_in_codes import another, said
from tests.support.given.world import World

from skillbridge.application.accounts.ports.proofs import ProofSecrets
from skillbridge.application.accounts.second_factor import RemoveSecondFactor
from skillbridge.application.accounts.sent_factor import BeginMailedFactor, FinishMailedFactor
from skillbridge.application.accounts.sent_second_step import (
    BeginMailedSecondFactor,
    FinishMailedSecondFactor,
)
from skillbridge.application.accounts.sent_step_up import BeginMailedStepUp, FinishMailedStepUp
from skillbridge.application.accounts.views import LoggedIn, RecoveryCodes, SteppedUp
from skillbridge.domain.accounts.one_time_proof import CodeRefused, OneTimeProof
from skillbridge.domain.accounts.second_factor import (
    ChallengeOver,
    FactorKind,
    NoSecondFactor,
    NotByMail,
    SameMailbox,
    SecondFactorActive,
    SecondFactorNeeded,
    WrongCode,
)
from skillbridge.domain.accounts.sign_in import SignInOver
from skillbridge.domain.accounts.user import WrongPassword
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import StepUpNeeded
from skillbridge.domain.errors import TooMany

pytestmark = pytest.mark.row("C2")

NEW = "brown ladder sings at noon"
MAILS_ASKED = 4


@dataclass
class Mailbox:
    """What somebody does who chose codes by mail; every step goes through a use case."""

    owner: Visitor

    @property
    def world(self) -> World:
        return self.owner.world

    async def newest(self) -> str:
        return (await self.owner.codes())[0]

    async def actor(self, tokens: LoggedIn | SteppedUp) -> Actor:
        return await Phone(self.owner).actor(tokens)

    async def begin(self, actor: Actor, password: str = PASSWORD) -> None:
        await self.world.do(BeginMailedFactor, actor, password, origin=HOME)
        await self.world.settle()

    async def finish(self, actor: Actor, code: str | None = None) -> RecoveryCodes:
        found: RecoveryCodes = await self.world.do(
            FinishMailedFactor, actor, code or await self.newest()
        )
        await self.world.settle()
        return found

    async def set_up(self) -> tuple[Actor, RecoveryCodes]:
        """Signed in, and a proof of after it counts: what was shown before removes it no more."""
        actor = await self.actor(await self.owner.arrive())
        await self.begin(actor)
        kept = await self.finish(actor)
        return await Phone(self.owner).step_up(actor, kept.codes[-1]), kept

    async def challenge(self, password: str = PASSWORD) -> str:
        with pytest.raises(SecondFactorNeeded) as refused:
            await self.owner.log_in(password)
        assert refused.value.kind is FactorKind.MAIL
        return refused.value.challenge

    async def ask(self, challenge: str) -> None:
        anonymous = self.world.pre_authentication()
        await self.world.do(BeginMailedSecondFactor, anonymous, challenge, origin=HOME)
        await self.world.settle()

    async def verify(self, challenge: str, code: str | None = None) -> LoggedIn:
        found: LoggedIn = await self.world.do(
            *(FinishMailedSecondFactor, self.world.pre_authentication(), challenge),
            code or await self.newest(),
            origin=HOME,
        )
        return found

    async def ask_to_step_up(self, actor: Actor) -> None:
        await self.world.do(BeginMailedStepUp, actor, origin=HOME)
        await self.world.settle()

    async def step_up(
        self, actor: Actor, code: str | None = None, password: str = PASSWORD
    ) -> SteppedUp:
        found: SteppedUp = await self.world.do(
            FinishMailedStepUp, actor, password, code or await self.newest(), origin=HOME
        )
        return found


@pytest.fixture
def amina(world: World) -> Visitor:
    return Visitor(world)


async def test_who_chose_codes_by_mail_is_asked_for_one(amina: Visitor) -> None:
    mailbox = Mailbox(amina)
    other = await amina.arrive()
    actor = await mailbox.actor(await amina.log_in())
    await mailbox.begin(actor)
    await amina.log_in()
    assert len((await mailbox.finish(actor)).codes) == 10
    with pytest.raises(SignInOver):
        await amina.refresh(other.refresh_token)
    challenge = await mailbox.challenge()
    await mailbox.ask(challenge)
    code = await mailbox.newest()
    signed = await mailbox.verify(challenge, code)
    assert said(signed) == (["email", "pwd"], "aal2")
    with pytest.raises(CodeRefused):
        await mailbox.verify(challenge, code)
    assert "Your account has a second factor now" in await amina.subjects()


async def test_nobody_has_it_who_did_not_choose_it(amina: Visitor) -> None:
    phone, mailbox = Phone(amina), Mailbox(amina)
    actor, _ = await phone.set_up()
    challenge = await phone.challenge()
    with pytest.raises(NotByMail):
        await mailbox.ask(challenge)
    with pytest.raises(NotByMail):
        await mailbox.ask_to_step_up(actor)
    with pytest.raises(SecondFactorActive):
        await mailbox.begin(actor)
    assert await amina.codes() == []


@pytest.mark.asvs("6.6.1")
async def test_a_mail_is_never_both_factors(amina: Visitor) -> None:
    mailbox = Mailbox(amina)
    _, recovery = await mailbox.set_up()
    by_mail = await amina.ask_for_code()
    with pytest.raises(SecondFactorNeeded) as refused:
        await amina.sign_in_by_code(by_mail)
    half = refused.value.challenge
    with pytest.raises(SameMailbox):
        await mailbox.ask(half)
    challenge = await mailbox.challenge()
    await mailbox.ask(challenge)
    with pytest.raises(CodeRefused):
        await mailbox.verify(half)
    assert said(await Phone(amina).verify(half, recovery.codes[0])) == (["email", "otp"], "aal2")


@pytest.mark.asvs("6.4.3", "6.6.1")
async def test_a_password_that_a_mail_set_is_no_first_factor_beside_a_mail(
    amina: Visitor,
) -> None:
    """Until a recovery code was given: who reads the mailbox alone does not get in."""
    mailbox = Mailbox(amina)
    _, recovery = await mailbox.set_up()
    before = await mailbox.challenge()
    await mailbox.ask(before)
    await amina.forgot()
    await amina.reset(password=NEW)
    with pytest.raises(ChallengeOver):
        await mailbox.ask(before)
    challenge = await mailbox.challenge(NEW)
    with pytest.raises(SameMailbox, match="recovery codes"):
        await mailbox.ask(challenge)
    await Phone(amina).verify(challenge, recovery.codes[0])
    again = await mailbox.challenge(NEW)
    await mailbox.ask(again)
    await mailbox.verify(again)


@pytest.mark.asvs("6.2.3")
async def test_it_is_set_up_by_password_and_fresh_proof(amina: Visitor) -> None:
    mailbox = Mailbox(amina)
    actor = await mailbox.actor(await amina.arrive())
    with pytest.raises(WrongPassword):
        await mailbox.begin(actor, "not the password")
    stale = Actor.person(actor.user_id, actor.tenant_id, actor.roles, actor.session_id)
    await mailbox.begin(stale)
    with pytest.raises(StepUpNeeded):
        await mailbox.finish(stale)
    with pytest.raises(CodeRefused):
        await mailbox.finish(actor, another(await mailbox.newest()))
    await mailbox.finish(actor)


@pytest.mark.asvs("7.5.1")
async def test_it_is_removed_with_a_fresh_proof_of_password_and_code(amina: Visitor) -> None:
    mailbox, phone = Mailbox(amina), Phone(amina)
    actor, _ = await mailbox.set_up()
    stale = Actor.person(actor.user_id, actor.tenant_id, actor.roles, actor.session_id)
    with pytest.raises(StepUpNeeded):
        await mailbox.world.do(RemoveSecondFactor, stale)
    await mailbox.ask_to_step_up(stale)
    code = await mailbox.newest()
    with pytest.raises(WrongPassword):
        await mailbox.step_up(stale, code, "not the password")
    with pytest.raises(WrongCode):
        await phone.step_up(stale, PASSWORD)
    with pytest.raises(CodeRefused):
        await mailbox.step_up(stale, another(code))
    fresh = await mailbox.step_up(stale, code)
    with pytest.raises(CodeRefused):
        await mailbox.step_up(stale, code)
    await mailbox.world.do(
        RemoveSecondFactor, await mailbox.actor(LoggedIn(fresh.access_token, "", 0, device=""))
    )
    await amina.log_in()
    with pytest.raises(NoSecondFactor):
        await mailbox.ask_to_step_up(actor)


@pytest.mark.asvs("6.6.2")
async def test_a_code_for_one_thing_is_none_for_another(amina: Visitor) -> None:
    mailbox = Mailbox(amina)
    actor, _ = await mailbox.set_up()
    challenge = await mailbox.challenge()
    await mailbox.ask(challenge)
    to_log_in = await mailbox.newest()
    await mailbox.ask_to_step_up(actor)
    to_step_up = await mailbox.newest()
    with pytest.raises(CodeRefused):
        await mailbox.verify(challenge, to_step_up)
    with pytest.raises(CodeRefused):
        await mailbox.step_up(actor, to_log_in)
    await mailbox.verify(challenge, to_log_in)
    await mailbox.step_up(actor, to_step_up)


@pytest.mark.asvs("6.6.2")
async def test_a_code_finishes_the_half_alone_that_asked_for_it(amina: Visitor) -> None:
    """Neither an earlier nor a later half, and guesses there use up none of its tries."""
    mailbox = Mailbox(amina)
    await mailbox.set_up()
    earlier, mine, later = [await mailbox.challenge() for _ in range(3)]
    assert len({earlier, mine, later}) == 3
    await mailbox.ask(mine)
    code = await mailbox.newest()
    for half in (earlier, later):
        with pytest.raises(CodeRefused):
            await mailbox.verify(half, code)
    await mailbox.ask(mine)
    await mailbox.verify(mine, code)
    with pytest.raises(ChallengeOver):
        await mailbox.ask(mine)


async def test_of_many_who_ask_at_once_for_one_half_each_is_answered(amina: Visitor) -> None:
    mailbox = Mailbox(amina)
    await mailbox.set_up()
    challenge = await mailbox.challenge()
    await asyncio.gather(*(mailbox.ask(challenge) for _ in range(MAILS_ASKED - 1)))
    await mailbox.verify(challenge)


async def test_a_challenge_serves_no_more_once_it_was_removed(amina: Visitor) -> None:
    mailbox = Mailbox(amina)
    actor, _ = await mailbox.set_up()
    challenge = await mailbox.challenge()
    await mailbox.ask(challenge)
    await mailbox.world.do(RemoveSecondFactor, actor)
    with pytest.raises(ChallengeOver):
        await mailbox.verify(challenge)
    with pytest.raises(ChallengeOver):
        await mailbox.ask(challenge)


@pytest.mark.asvs("6.6.3")
async def test_of_two_hundred_guesses_at_once_five_are_looked_at(
    amina: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = Mailbox(amina)
    await mailbox.set_up()
    challenge = await mailbox.challenge()
    await mailbox.ask(challenge)
    looked: list[str] = []

    def is_code(_: Any, typed: str, proof: OneTimeProof) -> bool:
        looked.append(typed)
        return False

    monkeypatch.setattr(type(await amina.world.api.get(ProofSecrets)), "is_code", is_code)
    guesses = (mailbox.verify(challenge, f"{n:08}") for n in range(200))
    found = await asyncio.gather(*guesses, return_exceptions=True)
    assert {type(one) for one in found} == {CodeRefused, TooMany}
    assert len(looked) == 5


async def test_the_owner_is_told_of_wrong_codes_after_the_right_password(amina: Visitor) -> None:
    mailbox = Mailbox(amina)
    await mailbox.set_up()
    challenge = await mailbox.challenge()
    await mailbox.ask(challenge)
    right = await mailbox.newest()
    for _ in range(3):
        with pytest.raises(CodeRefused):
            await mailbox.verify(challenge, another(right))
    await amina.world.settle()
    assert "Somebody who knows your password was asked for a code" in await amina.subjects()


async def test_words_of_an_app_are_not_told_to_who_has_none(amina: Visitor) -> None:
    mailbox = Mailbox(amina)
    await mailbox.set_up()
    with pytest.raises(WrongCode, match="/v1/auth/second-factor/email/begin") as refused:
        await Phone(amina).verify(await mailbox.challenge(), "123456")
    assert "authenticator" not in str(refused.value)


async def test_of_many_who_type_one_code_at_once_one_signs_in(amina: Visitor) -> None:
    mailbox = Mailbox(amina)
    await mailbox.set_up()
    challenge = await mailbox.challenge()
    await mailbox.ask(challenge)
    code = await mailbox.newest()
    found = await asyncio.gather(
        *(mailbox.verify(challenge, code) for _ in range(4)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in found) == ["CodeRefused"] * 3 + ["LoggedIn"]


async def test_mails_are_bounded_and_who_asks_is_told(amina: Visitor) -> None:
    mailbox = Mailbox(amina)
    await mailbox.set_up()
    challenge = await mailbox.challenge()
    for _ in range(MAILS_ASKED - 1):
        await mailbox.ask(challenge)
    with pytest.raises(TooMany):
        await mailbox.ask(challenge)
    await mailbox.verify(challenge)
