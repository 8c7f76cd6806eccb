"""Whoever is refused at signing in is told to the log, and costs the owner nothing, on every backend."""

import logging

import pytest
from tests.application.accounts.holder import Holder
from tests.application.accounts.identity_town import (
    IdentityTown,
    town,
    town_on_memory,
    town_on_postgres,
)
from tests.application.accounts.people import Visitor
from tests.application.accounts.phone import Phone

from skillbridge.application.accounts.administration import DisableAccount, EnableAccount
from skillbridge.domain.accounts.authorization import AuthorizationOver
from skillbridge.domain.accounts.identity import AddressHasAccount, NoVerifiedAddress
from skillbridge.domain.accounts.passkey import CeremonyOver, PasskeyRefused
from skillbridge.domain.accounts.second_factor import SecondFactorNeeded
from skillbridge.domain.accounts.user import AccountDisabled

pytestmark = pytest.mark.row("C4", "A4")
__all__ = ["town", "town_on_memory", "town_on_postgres"]
AMINA = "amina@example.org"
Log = pytest.LogCaptureFixture
NEW_DEVICE = "A new device signed in to your account"


@pytest.fixture
def log(caplog: Log) -> Log:
    caplog.set_level(logging.INFO, "skillbridge")
    return caplog


def refused(log: Log) -> list[dict[str, str]]:
    """What was told of those who were refused, and forgotten here."""
    facts: tuple[str, ...] = ("provider", "user", "reason")
    found = [
        {name: str(vars(one)[name]) for name in facts if name in vars(one)}
        for one in log.records
        if one.getMessage() == "sign_in.refused"
    ]
    log.clear()
    return found


@pytest.mark.asvs("16.3.1")
async def test_a_refused_identity_is_told_with_its_provider(town: IdentityTown, log: Log) -> None:
    brought = await town.brought("github", "s")
    with pytest.raises(AuthorizationOver):
        await town.finish("github", brought, "another")
    assert refused(log) == [{"provider": "github", "reason": "AuthorizationOver"}]
    begun = await town.begin_device("s")
    with pytest.raises(AuthorizationOver):
        await town.ask(begun.handle, "another")
    assert refused(log) == [{"provider": "github", "reason": "AuthorizationOver"}]
    amina = Visitor(town.world, AMINA)
    await amina.register()
    await amina.confirm()
    with pytest.raises(AddressHasAccount):
        await town.sign_in("github")
    assert refused(log) == [{"provider": "github", "reason": "AddressHasAccount"}]
    town.beside.github.emails = []
    with pytest.raises(NoVerifiedAddress):
        await town.sign_in("github")
    assert refused(log) == [{"provider": "github", "reason": "NoVerifiedAddress"}]
    assert AMINA not in log.text


@pytest.mark.asvs("16.3.1")
async def test_a_refused_passkey_is_told_with_whose_it_is(town: IdentityTown, log: Log) -> None:
    amina = Holder(Visitor(town.world, AMINA))
    actor = await amina.set_up()
    answer = amina.device.get(await amina.challenge())
    answer["response"]["signature"] = answer["response"]["signature"][:-6] + "AAAAAA"
    with pytest.raises(PasskeyRefused):
        await amina.finish(answer)
    assert refused(log) == [{"user": str(actor.user_id), "reason": "PasskeyRefused"}]
    answer = amina.device.get(await amina.challenge())
    await amina.finish(answer)
    assert refused(log) == []
    with pytest.raises(CeremonyOver):
        await amina.finish(answer)
    assert refused(log) == [{"user": str(actor.user_id), "reason": "CeremonyOver"}]


async def test_half_of_a_log_in_is_no_refusal(town: IdentityTown, log: Log) -> None:
    amina = Visitor(town.world, AMINA)
    await amina.register()
    await amina.confirm()
    phone, holder = Phone(amina), Holder(amina)
    actor = await phone.actor()
    await town.link(actor, "github")
    await holder.add(actor)
    await phone.enrol(actor)
    await phone.confirm(actor)
    with pytest.raises(SecondFactorNeeded) as asked:
        await town.sign_in("github")
    assert refused(log) == []
    half = asked.value.challenge
    answer = holder.device.get(await holder.second_challenge(half))
    answer["response"]["signature"] = answer["response"]["signature"][:-6] + "AAAAAA"
    with pytest.raises(PasskeyRefused):
        await holder.verify(half, answer)
    assert refused(log) == [{"user": str(actor.user_id), "reason": "PasskeyRefused"}]


async def test_who_knocks_at_a_disabled_account_uses_up_no_mails_of_its_owner(
    town: IdentityTown, log: Log
) -> None:
    actor = await town.actor(await town.sign_in("github"))
    await town.world.do(DisableAccount, town.world.system(), AMINA, reason="A test")
    for _ in range(10):
        with pytest.raises(AccountDisabled):
            await town.sign_in("github")
    assert refused(log) == [{"provider": "github", "reason": "AccountDisabled"}] * 10
    await town.world.do(EnableAccount, town.world.system(), AMINA, reason="A test")
    assert (await town.actor(await town.sign_in("github"))).user_id == actor.user_id
    await town.world.settle()
    assert (await Visitor(town.world, AMINA).subjects()).count(NEW_DEVICE) == 1
