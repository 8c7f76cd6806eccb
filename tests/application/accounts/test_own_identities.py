"""Linking an identity to an account that is there, and taking it away again, on every backend."""

import asyncio

import pytest
from tests.application.accounts.identity_town import (
    IdentityTown,
    stale,
    town,
    town_on_memory,
    town_on_postgres,
)
from tests.application.accounts.people import Visitor
from tests.application.accounts.phone import Phone

from skillbridge.application.accounts.own_identities import (
    BeginLink,
    LinkIdentity,
    UnlinkIdentity,
)
from skillbridge.application.accounts.own_sign_ins import EndSession
from skillbridge.application.accounts.ports.identities import IdentityReads
from skillbridge.application.accounts.views import Begun, IdentityView
from skillbridge.domain.accounts.authorization import AuthorizationOver
from skillbridge.domain.accounts.identity import IdentityTaken, ProviderLinked, UnknownIdentity
from skillbridge.domain.accounts.sign_in import SignInOver
from skillbridge.domain.accounts.ways_in import LastWayIn
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import StepUpNeeded

pytestmark = pytest.mark.row("C4")
__all__ = ["town", "town_on_memory", "town_on_postgres"]


async def registered(town: IdentityTown, email: str = "bola@example.org") -> Actor:
    bola = Visitor(town.world, email)
    await bola.register()
    await bola.confirm()
    return await Phone(bola).actor()


async def linked(town: IdentityTown, actor: Actor) -> list[IdentityView]:
    return list(await town.world.ask(IdentityReads, "of", actor))


async def test_what_is_linked_signs_in_and_its_owner_is_told(town: IdentityTown) -> None:
    bola = await registered(town)
    for _ in range(2):
        await town.link(bola, "github")
    assert (await town.actor(await town.sign_in("github"))).user_id == bola.user_id
    (one,) = await linked(town, bola)
    await town.world.do(UnlinkIdentity, bola, one.id)
    await town.world.settle()
    mails = [mail for mail in await town.world.mails() if mail.to == "bola@example.org"]
    told = [mail for mail in mails if town.beside.github.url in mail.text]
    assert [mail.subject for mail in reversed(told)] == [
        "Your account can be signed in to another way",
        "A way to sign in was removed",
    ]
    assert await linked(town, bola) == []


async def test_linking_wants_a_fresh_proof_and_a_living_sign_in(town: IdentityTown) -> None:
    bola = await registered(town)
    with pytest.raises(StepUpNeeded):
        await town.world.do(BeginLink, stale(bola), "github")
    begun: Begun = await town.world.do(BeginLink, bola, "github")
    brought = town.beside.github.visit(begun.authorization_url)
    await town.world.do(EndSession, bola, bola.session_id)
    with pytest.raises(SignInOver):
        await town.world.do(LinkIdentity, bola, "github", brought["state"], brought["code"])
    with pytest.raises(SignInOver):
        await town.world.do(BeginLink, bola, "github")
    assert await linked(town, bola) == []


async def test_only_the_sign_in_that_began_links(town: IdentityTown) -> None:
    """A victim who is sent to a thief's link gives the thief nothing, nor takes anything."""
    bola, thief = await registered(town), await registered(town, "thief@example.org")
    begun: Begun = await town.world.do(BeginLink, thief, "github")
    brought = town.beside.github.visit(begun.authorization_url)
    other = await Phone(Visitor(town.world, "thief@example.org")).actor()
    for who in (bola, other):
        with pytest.raises(AuthorizationOver):
            await town.world.do(LinkIdentity, who, "github", brought["state"], brought["code"])
    with pytest.raises(AuthorizationOver):
        await town.finish("github", brought, "")
    sign_in = await town.brought("github", "s")
    with pytest.raises(AuthorizationOver):
        await town.world.do(LinkIdentity, bola, "github", sign_in["state"], sign_in["code"])
    assert await linked(town, bola) == await linked(town, thief) == []


async def test_an_identity_of_another_account_is_not_told_whose(town: IdentityTown) -> None:
    await town.sign_in("github")
    bola = await registered(town)
    with pytest.raises(IdentityTaken) as refused:
        await town.link(bola, "github")
    assert "amina" not in str(refused.value).lower()


async def test_a_provider_is_linked_once(town: IdentityTown) -> None:
    bola = await registered(town)
    await town.link(bola, "github")
    town.beside.github.user["id"] = 7
    with pytest.raises(ProviderLinked):
        await town.link(bola, "github")
    await town.link(bola, "campus")
    assert len(await linked(town, bola)) == 2


async def test_the_last_way_in_stays(town: IdentityTown) -> None:
    amina = await town.actor(await town.sign_in("github"))
    (github,) = await linked(town, amina)
    with pytest.raises(LastWayIn):
        await town.world.do(UnlinkIdentity, amina, github.id)
    await town.link(amina, "campus")
    await town.world.do(UnlinkIdentity, amina, github.id)
    (campus,) = await linked(town, amina)
    with pytest.raises(LastWayIn):
        await town.world.do(UnlinkIdentity, amina, campus.id)


async def test_two_at_once_do_not_take_both_ways_away(town: IdentityTown) -> None:
    amina = await town.actor(await town.sign_in("github"))
    await town.link(amina, "campus")
    ends = await asyncio.gather(
        *(town.world.do(UnlinkIdentity, amina, one.id) for one in await linked(town, amina)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in ends) == ["LastWayIn", "NoneType"]
    assert len(await linked(town, amina)) == 1


async def test_unlinking_wants_a_fresh_proof_and_ones_own(town: IdentityTown) -> None:
    amina = await town.actor(await town.sign_in("github"))
    (github,) = await linked(town, amina)
    bola = await registered(town)
    with pytest.raises(UnknownIdentity):
        await town.world.do(UnlinkIdentity, bola, github.id)
    with pytest.raises(StepUpNeeded):
        await town.world.do(UnlinkIdentity, stale(amina), github.id)
    await town.world.do(EndSession, amina, amina.session_id)
    with pytest.raises(SignInOver):
        await town.world.do(UnlinkIdentity, amina, github.id)
    assert await linked(town, amina) == [github]
