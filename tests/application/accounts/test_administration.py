"""What operators do to accounts."""

import asyncio

import pytest
from tests.application.accounts.people import Visitor
from tests.support.given.matching import mentor
from tests.support.given.world import World

from skillbridge.application.accounts.administration import (
    DisableAccount,
    EnableAccount,
    GrantRole,
    RevokeRole,
    RevokeSessions,
)
from skillbridge.application.accounts.ports.users import AccountReads
from skillbridge.application.accounts.views import Account, LoggedIn
from skillbridge.application.mentors.offers import ShowMyOffer
from skillbridge.application.paging import PageRequest
from skillbridge.application.ports.access_tokens import EndedSignIns, Tokens
from skillbridge.domain.accounts.sign_in import SignInOver
from skillbridge.domain.accounts.user import AccountDisabled, UnfitReason, WrongCredentials
from skillbridge.domain.actor import Role
from skillbridge.domain.errors import Unproven

pytestmark = pytest.mark.row("C1", "C3", "A9")


async def accounts(
    world: World, words: str, after: str | None = None, limit: int = 9
) -> list[Account]:
    found = await world.items(
        AccountReads, "search", world.system(), words, PageRequest(limit, after)
    )
    return list(found)


@pytest.mark.asvs("7.4.2")
async def test_a_disabled_person_is_signed_out_and_stays_out(world: World) -> None:
    amina = Visitor(world)
    here = await amina.arrive()
    assert await world.do(DisableAccount, world.system(), amina.email, reason="A test")
    assert not await world.do(DisableAccount, world.system(), amina.email, reason="A test")
    claims = (await world.api.get(Tokens)).verify(here.access_token)
    ended: EndedSignIns = await world.api.get(EndedSignIns)
    assert await ended.among(claims.tenant_id, [claims.session_id]) == {claims.session_id}
    with pytest.raises(SignInOver):
        await amina.refresh(here.refresh_token)
    with pytest.raises(AccountDisabled):
        await amina.log_in()
    with pytest.raises(WrongCredentials):
        await amina.log_in("wrong")
    assert await world.do(EnableAccount, world.system(), amina.email, reason="A test")
    assert not await world.do(EnableAccount, world.system(), amina.email, reason="A test")
    await amina.log_in()


async def test_no_sign_in_outlives_the_disabling_that_it_raced_with(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    *done, _ = await asyncio.gather(
        *(amina.log_in() for _ in range(5)),
        world.do(DisableAccount, world.system(), amina.email, reason="A test"),
        return_exceptions=True,
    )
    for one in done:
        assert isinstance(one, LoggedIn | AccountDisabled)
        if isinstance(one, LoggedIn):
            with pytest.raises(Unproven):
                await amina.refresh(one.refresh_token)


async def test_a_role_is_given_and_taken_with_a_reason_and_the_owner_is_told(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    system, told = world.system(), []
    for use_case in (GrantRole, RevokeRole):
        assert await world.do(
            use_case, system, amina.email, Role.MODERATOR, reason="Was asked to help"
        )
        await world.settle()
        told.append((await amina.subjects())[0])
    assert told == ["Your account has another role", "Your account lost a role"]
    assert not any("Was asked" in mail.text for mail in await world.mails())


async def test_without_a_reason_nothing_changes(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    with pytest.raises(UnfitReason):
        await world.do(GrantRole, world.system(), amina.email, Role.ADMIN, reason=" ")
    for use_case in (DisableAccount, EnableAccount, RevokeSessions):
        with pytest.raises(UnfitReason):
            await world.do(use_case, world.system(), amina.email, reason=" ")
    (found,) = await accounts(world, amina.email)
    assert (found.roles, found.disabled) == ((Role.LEARNER,), False)


@pytest.mark.row("G4")
@pytest.mark.parametrize("use_case", [DisableAccount, RevokeRole])
async def test_who_may_not_mentor_takes_no_more_requests(world: World, use_case: type) -> None:
    helper = await mentor(world, skills={"python": 5})
    (found,) = await accounts(world, str(helper.user_id))
    role = [Role.MENTOR] if use_case is RevokeRole else []
    assert await world.do(use_case, world.system(), found.email, *role, reason="A test")
    await world.settle()
    assert not (await world.do(ShowMyOffer, helper)).accepting
    (now,) = await accounts(world, str(helper.user_id))
    assert (now.disabled, Role.MENTOR in now.roles) == (not role, not role)


async def test_accounts_are_found_by_address_and_name_page_by_page(world: World) -> None:
    for email, name in (("b@one.org", "Zoë"), ("a@one.org", "Bola"), ("zoe@two.org", "Ada")):
        visitor = Visitor(world, email=email)
        await visitor.register(name=name)
        await visitor.confirm()
    assert [one.email for one in await accounts(world, "ONE.org")] == ["a@one.org", "b@one.org"]
    assert [one.email for one in await accounts(world, "ZO")] == ["b@one.org", "zoe@two.org"]
    first = await accounts(world, "o", limit=2)
    rest = await accounts(world, "o", after=first[-1].email, limit=2)
    assert [one.name for one in (*first, *rest)] == ["Bola", "Zoë", "Ada"]
    assert await accounts(world, "%") == []
    stranger = await world.learner()
    assert await world.items(AccountReads, "search", stranger, "one.org", PageRequest(9)) == []
