"""Whether who administers has proved a second factor, where an installation wants it."""

from dataclasses import replace

import pytest
from dishka import Provider, Scope
from tests.application.accounts.people import HOME, PASSWORD, Visitor
from tests.application.accounts.phone import Phone
from tests.application.accounts.test_mailed_factor import Mailbox
from tests.support.given.world import World, memory_world

from skillbridge.application.accounts.administration import GrantRole
from skillbridge.application.accounts.personal_tokens import CreatePersonalToken
from skillbridge.application.accounts.second_factor import RemoveSecondFactor
from skillbridge.application.accounts.step_up import StepUp
from skillbridge.application.accounts.views import SignedIn, SteppedUp
from skillbridge.application.ports.access_tokens import Claims, Tokens
from skillbridge.domain.accounts.api_token import ScopeNotGiven, Wish
from skillbridge.domain.accounts.held_roles import AdministratorsRule
from skillbridge.domain.actor import Role
from skillbridge.domain.scopes import SCOPES

pytestmark = [pytest.mark.row("C2"), pytest.mark.asvs("6.3.3")]
OF_ADMINS = SCOPES[Role.ADMIN]


def wanting(need: bool) -> Provider:
    provider = Provider(scope=Scope.APP)
    provider.provide(lambda: AdministratorsRule(need), provides=AdministratorsRule)
    return provider


async def claims(world: World, tokens: SignedIn | SteppedUp) -> Claims:
    reads: Tokens = await world.api.get(Tokens)
    return reads.verify(tokens.access_token)


async def administrator(world: World) -> Phone:
    amina = Visitor(world)
    await amina.arrive()
    await world.do(GrantRole, world.system(), amina.email, Role.ADMIN, reason="Runs it")
    return Phone(amina)


@pytest.mark.memory
async def test_without_a_second_factor_an_administrator_is_a_learner_until_there_is_one() -> None:
    async with memory_world(None, wanting(True)) as world:
        phone = await administrator(world)
        signed_in = await phone.owner.log_in()
        found = await claims(world, signed_in)
        assert found.roles == {Role.LEARNER}
        assert not found.scopes & OF_ADMINS
        refreshed = await phone.owner.refresh(signed_in.refresh_token)
        assert (await claims(world, refreshed)).roles == {Role.LEARNER}

        actor = await phone.actor(signed_in)
        with pytest.raises(ScopeNotGiven):
            await world.do(CreatePersonalToken, actor, Wish("sums", ("cohorts:read",)))

        await phone.enrol(actor)
        again = await phone.owner.refresh(refreshed.refresh_token)
        assert (await claims(world, again)).roles == {Role.LEARNER}, "it is not confirmed yet"
        await phone.confirm(actor)
        last = await phone.owner.refresh(again.refresh_token)
        assert (await claims(world, last)).scopes >= OF_ADMINS
        await phone.later(actor)
        proved = await phone.verify(await phone.challenge())
        assert (await claims(world, proved)).scopes >= OF_ADMINS

        await phone.later(actor)
        await world.do(
            RemoveSecondFactor, await phone.step_up(await phone.actor(proved), phone.code())
        )
        after = await phone.owner.refresh(proved.refresh_token)
        assert (await claims(world, after)).roles == {Role.LEARNER}


@pytest.mark.memory
async def test_stepping_up_gives_no_role_back() -> None:
    """Neither to who had it before the installation wanted an app, nor to who has removed it."""
    async with memory_world(None, wanting(True)) as world:
        phone = await administrator(world)
        before = replace(
            await phone.actor(await phone.owner.log_in()),
            roles=frozenset({Role.LEARNER, Role.ADMIN}),
        )
        stepped = await world.do(StepUp, before, PASSWORD, origin=HOME)
        assert (await claims(world, stepped)).roles == {Role.LEARNER}
        mailbox = Mailbox(phone.owner)
        await mailbox.begin(await mailbox.actor(stepped))
        await mailbox.finish(await mailbox.actor(stepped))
        await mailbox.ask_to_step_up(before)
        assert (await claims(world, await mailbox.step_up(before))).roles == {Role.LEARNER}


@pytest.mark.memory
async def test_codes_by_mail_are_not_enough() -> None:
    async with memory_world(None, wanting(True)) as world:
        owner = (await administrator(world)).owner
        mailbox = Mailbox(owner)
        signed_in = await owner.log_in()
        actor = await mailbox.actor(signed_in)
        await mailbox.begin(actor)
        await mailbox.finish(actor)
        refreshed = await owner.refresh(signed_in.refresh_token)
        assert (await claims(world, refreshed)).roles == {Role.LEARNER}


@pytest.mark.memory
async def test_others_and_other_installations_are_not_asked_for_one() -> None:
    async with memory_world(None, wanting(True)) as world:
        bola = Visitor(world, email="bola@example.org")
        await bola.arrive()
        await world.do(GrantRole, world.system(), bola.email, Role.MENTOR, reason="Teaches")
        assert (await claims(world, await bola.log_in())).roles == {Role.LEARNER, Role.MENTOR}
    async with memory_world(None, wanting(False)) as world:
        phone = await administrator(world)
        assert (await claims(world, await phone.owner.log_in())).scopes >= OF_ADMINS
