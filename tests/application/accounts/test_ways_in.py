"""Operators take away what an account opens with, never silently, on every backend."""

import pytest
from tests.application.accounts.holder import Holder
from tests.application.accounts.identity_town import (
    IdentityTown,
    town,
    town_on_memory,
    town_on_postgres,
)
from tests.application.accounts.people import HOME, Visitor

from skillbridge.application.accounts.passkeys import RenamePasskey
from skillbridge.application.accounts.passwords import ByLink, RequestPasswordReset, ResetPassword
from skillbridge.application.accounts.ports.identities import IdentityReads
from skillbridge.application.accounts.ports.passkeys import PasskeyReads
from skillbridge.application.accounts.sessions import RefreshSession
from skillbridge.application.accounts.ways_in import RemovePasskeyOf, UnlinkIdentityOf
from skillbridge.domain.accounts.identity import AddressHasAccount
from skillbridge.domain.accounts.passkey import PasskeyRefused
from skillbridge.domain.accounts.sign_in import SignInOver
from skillbridge.domain.accounts.user import UnfitReason, UnknownAccount
from skillbridge.domain.accounts.ways_in import UnknownWayIn

pytestmark = pytest.mark.row("C4")
__all__ = ["town", "town_on_memory", "town_on_postgres"]
AMINA, WHY = "amina@example.org", "the owner called, ticket 812"


@pytest.mark.parametrize("called", ["name", "issuer"])
async def test_an_identity_goes_even_the_last_and_its_owner_is_told(
    town: IdentityTown, called: str
) -> None:
    tokens = await town.sign_in("github")
    actor = await town.actor(tokens)
    system, github = town.world.system(), town.beside.github.url
    which = github if called == "issuer" else "github"
    await town.world.do(UnlinkIdentityOf, system, AMINA, which, reason=WHY)
    assert await town.world.ask(IdentityReads, "of", actor) == []
    anonymous = town.world.pre_authentication()
    with pytest.raises(SignInOver):
        await town.world.do(RefreshSession, anonymous, tokens.refresh_token, origin=HOME)
    with pytest.raises(AddressHasAccount):
        await town.sign_in("github")
    await town.world.settle()
    (mail,) = (one for one in await town.world.mails() if "A way to sign in" in one.subject)
    assert mail.to == AMINA
    assert github in mail.text
    assert "Those who run this installation" in mail.text
    assert "ticket" not in mail.text
    amina = Visitor(town.world, AMINA)
    await town.world.do(RequestPasswordReset, anonymous, AMINA, origin=HOME)
    await town.world.settle()
    answer = ByLink((await amina.links())[0])
    await town.world.do(ResetPassword, anonymous, answer, amina.password, origin=HOME)
    await amina.log_in()


async def test_a_passkey_goes_and_the_others_stay(town: IdentityTown) -> None:
    amina = Holder(Visitor(town.world, AMINA))
    actor = await amina.set_up()
    other = Holder(amina.owner)
    kept = await other.add(actor, name="laptop")
    await town.link(actor, "github")
    system = town.world.system()
    await town.world.do(RemovePasskeyOf, system, AMINA, "My phone", reason=WHY)
    assert [one.id for one in await town.world.ask(PasskeyReads, "of", actor)] == [kept.id]
    assert len(await town.world.ask(IdentityReads, "of", actor)) == 1
    with pytest.raises(PasskeyRefused):
        await amina.log_in()
    await other.log_in()
    await town.world.settle()
    (mail,) = (one for one in await town.world.mails() if "A passkey of your" in one.subject)
    assert "Those who run this installation" in mail.text
    await town.world.do(RemovePasskeyOf, system, AMINA, str(kept.id), reason=WHY)
    assert await town.world.ask(PasskeyReads, "of", actor) == []


async def test_whoever_names_a_passkey_by_the_id_of_another_saves_neither(
    town: IdentityTown,
) -> None:
    holder = Holder(Visitor(town.world))
    actor = await holder.arrive()
    first, second = await holder.add(actor), await Holder(holder.owner).add(actor)
    for one, other in ((first, second), (second, first)):
        await town.world.do(RenamePasskey, actor, one.id, str(other.id))
    for one in (first, second):
        await town.world.do(
            *(RemovePasskeyOf, town.world.system(), holder.owner.email, str(one.id)),
            reason="Somebody else's",
        )
    assert not await town.world.ask(PasskeyReads, "of", actor)


async def test_what_is_not_clear_is_told_and_nothing_is_done(town: IdentityTown) -> None:
    amina = Holder(Visitor(town.world, AMINA))
    actor = await amina.set_up()
    await Holder(amina.owner).add(actor)
    await town.link(actor, "github")
    system, github = town.world.system(), town.beside.github.url
    for use_case, which, told in (
        (UnlinkIdentityOf, "https://gitlab.test", "github"),
        (UnlinkIdentityOf, "", "github"),
        (RemovePasskeyOf, "My phone", "My phone"),
        (RemovePasskeyOf, github, "My phone"),
    ):
        with pytest.raises(UnknownWayIn, match=told):
            await town.world.do(use_case, system, AMINA, which, reason=WHY)
    with pytest.raises(UnknownAccount):
        await town.world.do(UnlinkIdentityOf, system, "x@example.org", github, reason=WHY)
    for reason in ("", "  ", "x", "x" * 201):
        with pytest.raises(UnfitReason):
            await town.world.do(UnlinkIdentityOf, system, AMINA, github, reason=reason)
    assert len(await town.world.ask(IdentityReads, "of", actor)) == 1
    assert len(await town.world.ask(PasskeyReads, "of", actor)) == 2
    await amina.log_in()
