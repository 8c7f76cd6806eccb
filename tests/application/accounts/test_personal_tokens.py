"""Personal access tokens, through the use cases: what ends them, and what does not make one."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.application.accounts.people import HOME, PASSWORD, Visitor
from tests.support.given.world import World

from skillbridge.application.accounts.administration import (
    DisableAccount,
    GrantRole,
    RevokeEverySession,
    RevokeRole,
    RevokeSessions,
)
from skillbridge.application.accounts.own_sign_ins import EndOtherSessions, EndSession
from skillbridge.application.accounts.personal_tokens import (
    CreatePersonalToken,
    ForgetApiTokens,
    RevokePersonalToken,
)
from skillbridge.application.accounts.ports.api_tokens import ApiTokenReads
from skillbridge.application.accounts.views import NewApiToken
from skillbridge.application.ports.api_tokens import ApiTokenText, HeldTokens
from skillbridge.domain.accounts.api_token import TooManyTokens, UnknownToken, Wish
from skillbridge.domain.accounts.sign_in import SignInOver
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.authentication import StepUpNeeded
from skillbridge.domain.ids import SessionId

pytestmark = pytest.mark.row("C3")

NEW = "brown ladder sings at noon"
WISH = Wish("laptop", ("roadmaps:read",))


class Maker(Visitor):
    """Somebody who has just shown who they are."""

    async def come(self) -> Actor:
        actor = await self.signed_in(await self.arrive())
        return replace(actor, proved_at=datetime.now(UTC))

    async def make(self, actor: Actor, wish: Wish = WISH) -> NewApiToken:
        made: tuple[NewApiToken, SessionId | None] = await self.world.do(
            CreatePersonalToken, actor, wish
        )
        return made[0]

    async def lives(self, token: NewApiToken) -> bool:
        text: ApiTokenText = await self.world.api.get(ApiTokenText)
        held: HeldTokens = await self.world.api.get(HeldTokens)
        return await held.holding(text.read(token.token)) is not None


async def test_a_token_is_known_by_itself_alone(world: World) -> None:
    amina = Maker(world)
    token = await amina.make(await amina.come())
    assert await amina.lives(token)


@pytest.mark.parametrize("ago", [None, timedelta(minutes=10, seconds=5)])
async def test_who_has_not_shown_lately_who_they_are_makes_none(
    world: World, ago: timedelta | None
) -> None:
    amina = Maker(world)
    actor = await amina.come()
    at = None if ago is None else datetime.now(UTC) - ago
    with pytest.raises(StepUpNeeded):
        await amina.make(replace(actor, proved_at=at))


async def test_whose_sign_in_has_ended_makes_none(world: World) -> None:
    """Also when the request was let in before the end."""
    amina = Maker(world)
    actor = await amina.come()
    assert actor.session_id
    await world.do(EndSession, actor, actor.session_id)
    with pytest.raises(SignInOver):
        await amina.make(actor)
    with pytest.raises(SignInOver):
        await amina.make(replace(actor, session_id=None))


async def test_one_revokes_ones_own_alone(world: World) -> None:
    amina = Maker(world)
    token = await amina.make(await amina.come())
    stranger = await world.learner()
    with pytest.raises(UnknownToken):
        await world.do(RevokePersonalToken, stranger, "laptop")
    assert await amina.lives(token)


async def test_a_token_is_forgotten_a_day_after_its_end(world: World) -> None:
    amina = Maker(world)
    actor = await amina.come()
    token = await amina.make(actor)
    await world.do(RevokePersonalToken, actor, "laptop")
    await world.do(ForgetApiTokens, world.system(), "now")
    assert not await amina.lives(token)
    assert await world.ask(ApiTokenReads, "of", actor) == []


async def _reset(amina: Maker, _: Actor) -> None:
    await amina.forgot()
    await amina.reset(password=NEW)


async def _changed(amina: Maker, actor: Actor) -> None:
    await amina.change_password(actor, PASSWORD, NEW)


async def _disabled(amina: Maker, _: Actor) -> None:
    await amina.world.do(DisableAccount, amina.world.system(), amina.email, reason="A test")


async def _revoked(amina: Maker, _: Actor) -> None:
    assert (
        await amina.world.do(RevokeSessions, amina.world.system(), amina.email, reason="A test")
        == 2
    )


async def _everybodys(amina: Maker, _: Actor) -> None:
    await amina.world.do(RevokeEverySession, amina.world.system())


async def _role_taken(amina: Maker, _: Actor) -> None:
    system = amina.world.system()
    await amina.world.do(GrantRole, system, amina.email, Role.MODERATOR, reason="A test")
    await amina.world.do(RevokeRole, system, amina.email, Role.MODERATOR, reason="A test")


Ends = Callable[[Maker, Actor], Awaitable[None]]


@pytest.mark.parametrize("ends", [_reset, _changed, _disabled, _revoked, _everybodys, _role_taken])
async def test_what_shuts_everybody_out_shuts_out_programs(world: World, ends: Ends) -> None:
    amina = Maker(world)
    actor = await amina.come()
    token = await amina.make(actor)
    await ends(amina, actor)
    assert not await amina.lives(token)


async def test_ending_other_sign_ins_leaves_tokens(world: World) -> None:
    """They are listed and revoked by themselves."""
    amina = Maker(world)
    actor = await amina.come()
    token = await amina.make(actor)
    await amina.log_in(origin=HOME)
    await world.do(EndOtherSessions, actor)
    assert await amina.lives(token)


async def test_there_are_twenty_at_most_and_a_revoked_one_makes_room(world: World) -> None:
    amina = Maker(world)
    actor = await amina.come()
    for number in range(20):
        await amina.make(actor, replace(WISH, name=f"n-{number}"))
    with pytest.raises(TooManyTokens):
        await amina.make(actor)
    await world.do(RevokePersonalToken, actor, "n-7")
    await amina.make(actor)
