"""What is taken from an account between the halves of a log-in stops it, on every backend."""

import pytest
from tests.application.accounts.holder import Holder
from tests.application.accounts.identity_town import (
    IdentityTown,
    town,
    town_on_memory,
    town_on_postgres,
)
from tests.application.accounts.people import HOME, Visitor
from tests.application.accounts.phone import Phone
from tests.application.accounts.test_mailed_factor import Mailbox

from skillbridge.application.accounts.own_identities import UnlinkIdentity
from skillbridge.application.accounts.passkeys import RemovePasskey
from skillbridge.application.accounts.ports.identities import IdentityReads
from skillbridge.application.accounts.second_step import VerifySecondFactor
from skillbridge.application.accounts.views import LoggedIn
from skillbridge.domain.accounts.passkey import PasskeyRefused
from skillbridge.domain.accounts.second_factor import ChallengeOver, SameMailbox, SecondFactorNeeded
from skillbridge.domain.actor import Actor

pytestmark = pytest.mark.row("C4")
__all__ = ["town", "town_on_memory", "town_on_postgres"]


class Amina:
    """With a password, GitHub, her campus, a second factor and a passkey."""

    def __init__(self, town: IdentityTown) -> None:
        self.town = town
        self.visitor = Visitor(town.world, "amina@example.org")
        self.phone, self.holder = Phone(self.visitor), Holder(self.visitor)

    async def arrive(self) -> "Amina":
        self.actor: Actor = await self.holder.arrive()
        for provider in ("github", "campus"):
            await self.town.link(self.actor, provider)
        self.passkey = await self.holder.add(self.actor)
        await self.phone.enrol(self.actor)
        self.codes = list((await self.phone.confirm(self.actor)).codes)
        self.actor = await self.phone.step_up(self.actor, self.codes.pop())
        return self

    async def half(self, provider: str = "github") -> str:
        with pytest.raises(SecondFactorNeeded) as asked:
            await (self.town.sign_in(provider) if provider else self.visitor.log_in())
        return asked.value.challenge

    async def by_code(self, half: str) -> LoggedIn:
        anonymous = self.town.world.pre_authentication()
        found: LoggedIn = await self.town.world.do(
            VerifySecondFactor, anonymous, half, self.codes.pop(), origin=HOME
        )
        return found

    async def by_passkey(self, half: str) -> LoggedIn:
        asked = await self.holder.second_challenge(half)
        return await self.holder.verify(half, self.holder.device.get(asked))

    async def unlink(self, provider: str) -> None:
        await unlink(self.town, self.actor, provider)


async def unlink(town: IdentityTown, actor: Actor, provider: str) -> None:
    double = town.double(provider)
    issuer = getattr(double, "issuer", None) or getattr(double, "url", "")
    listed = await town.world.ask(IdentityReads, "of", actor)
    (one,) = (one for one in listed if one.issuer == issuer)
    await town.world.do(UnlinkIdentity, actor, one.id)


async def test_an_identity_that_was_unlinked_is_no_half_of_a_log_in(town: IdentityTown) -> None:
    amina = await Amina(town).arrive()
    by_github, by_campus, by_password = [await amina.half(it) for it in ("github", "campus", "")]
    await amina.unlink("github")
    for second in (amina.by_code, amina.by_passkey):
        with pytest.raises(ChallengeOver):
            await second(by_github)
        for half in (by_campus, by_password):
            await second(half)


async def test_a_mailed_code_is_no_half_beside_an_identity(town: IdentityTown) -> None:
    """Whoever reads the mailbox may be signed in there by it."""
    mailbox = Mailbox(Visitor(town.world, "amina@example.org"))
    actor, kept = await mailbox.set_up()
    await mailbox.ask_to_step_up(actor)
    actor = await mailbox.actor(await mailbox.step_up(actor))
    await town.link(actor, "github")
    with pytest.raises(SecondFactorNeeded) as asked:
        await town.sign_in("github")
    with pytest.raises(SameMailbox):
        await mailbox.ask(asked.value.challenge)
    anonymous = town.world.pre_authentication()
    await town.world.do(
        VerifySecondFactor, anonymous, asked.value.challenge, kept.codes[0], origin=HOME
    )


async def test_what_was_linked_anew_is_another(town: IdentityTown) -> None:
    amina = await Amina(town).arrive()
    half = await amina.half()
    await amina.unlink("github")
    await town.link(amina.actor, "github")
    with pytest.raises(ChallengeOver):
        await amina.by_code(half)
    await amina.by_code(await amina.half())


async def test_a_passkey_that_was_removed_is_no_second_half(town: IdentityTown) -> None:
    amina = await Amina(town).arrive()
    half = await amina.half()
    answer = amina.holder.device.get(await amina.holder.second_challenge(half))
    await town.world.do(RemovePasskey, amina.actor, amina.passkey.id)
    with pytest.raises(PasskeyRefused):
        await amina.holder.verify(half, answer)
    await amina.by_code(half)
