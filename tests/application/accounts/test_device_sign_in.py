"""Signing in and linking by a code that is typed in at GitHub, on every backend."""

import asyncio

import httpx
import pytest
from tests.application.accounts.identity_town import (
    IdentityTown,
    stale,
    town,
    town_on_memory,
    town_on_postgres,
)
from tests.application.accounts.people import HOME, Visitor
from tests.application.accounts.phone import Phone
from tests.support.identities.github_double import Typed

from skillbridge.application.accounts.administration import DisableAccount
from skillbridge.application.accounts.device_sign_in import BeginDeviceLink, LinkByDevice
from skillbridge.application.accounts.own_sign_ins import EndSession
from skillbridge.application.accounts.ports.identities import IdentityReads, ProviderAway
from skillbridge.application.accounts.second_step import VerifySecondFactor
from skillbridge.application.accounts.views import CodeBegun
from skillbridge.domain.accounts.authorization import AuthorizationOver
from skillbridge.domain.accounts.device_flow import (
    AskedTooSoon,
    AuthorizationDenied,
    AuthorizationPending,
    NoDeviceFlow,
)
from skillbridge.domain.accounts.identity import AddressHasAccount, UnknownProvider
from skillbridge.domain.accounts.second_factor import SecondFactorNeeded
from skillbridge.domain.accounts.sign_in import SignInOver
from skillbridge.domain.accounts.user import AccountDisabled
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import StepUpNeeded

pytestmark = pytest.mark.row("C4")
__all__ = ["town", "town_on_memory", "town_on_postgres"]
TOKEN = "/login/oauth/access_token"


def questions(town: IdentityTown) -> int:
    return town.beside.github.asked.count(TOKEN)


def typed(town: IdentityTown, begun: CodeBegun) -> Typed:
    (found,) = (
        one for one in town.beside.github.devices.values() if one.user_code == begun.user_code
    )
    return found


async def linked(town: IdentityTown, actor: Actor) -> list[str]:
    return [one.subject for one in await town.world.ask(IdentityReads, "of", actor)]


async def registered(town: IdentityTown, email: str = "bola@example.org") -> Actor:
    bola = Visitor(town.world, email)
    await bola.register()
    await bola.confirm()
    return await Phone(bola).actor()


async def test_a_code_that_was_typed_in_signs_the_same_person_in_as_a_browser(
    town: IdentityTown,
) -> None:
    begun = await town.begin_device("s")
    assert begun.verification_uri == f"{town.beside.github.url}/login/device"
    assert (begun.interval, begun.expires_in) == (5, 600)
    await town.wait(begun.handle)
    with pytest.raises(AuthorizationPending) as waits:
        await town.ask(begun.handle, "s")
    assert waits.value.retry_after == 5
    town.beside.github.type_in(begun.user_code)
    await town.wait(begun.handle)
    first = await town.actor(await town.ask(begun.handle, "s"))
    assert (await town.actor(await town.sign_in("github"))).user_id == first.user_id


@pytest.mark.asvs("10.2.1")
async def test_what_was_begun_is_finished_once(town: IdentityTown) -> None:
    begun = await town.begin_device("s")
    town.beside.github.type_in(begun.user_code)
    await town.wait(begun.handle)
    await town.ask(begun.handle, "s")
    asked = questions(town)
    assert await town.wait(begun.handle) is None
    with pytest.raises(AuthorizationOver):
        await town.ask(begun.handle, "s")
    assert questions(town) == asked


async def test_only_the_app_that_began_is_told(town: IdentityTown) -> None:
    begun = await town.begin_device("the app's")
    town.beside.github.type_in(begun.user_code)
    await town.wait(begun.handle)
    for secret in ("", "the thief's"):
        with pytest.raises(AuthorizationOver):
            await town.ask(begun.handle, secret)
    bola = await registered(town)
    with pytest.raises(AuthorizationOver):
        await town.world.do(LinkByDevice, bola, "github", begun.handle)
    assert questions(town) == 0
    await town.ask(begun.handle, "the app's")


@pytest.mark.parametrize("place", [4, 30, 47, 70, -1])
async def test_a_handle_that_was_turned_opens_nothing(town: IdentityTown, place: int) -> None:
    begun = await town.begin_device("s")
    other = "AB"[begun.handle[place] == "A"]
    if place == -1:  # its last bits may be padding
        turned = begun.handle[:-6] + other * 6
    else:
        turned = begun.handle[:place] + other + begun.handle[place + 1 :]
    with pytest.raises(AuthorizationOver):
        await town.ask(turned, "s")
    assert questions(town) == 0


@pytest.mark.parametrize("handle", ["", "sbh_", "x", "é", "sbh_" + "A" * 90, "=" * 50])
async def test_what_is_no_handle_of_ours_begins_nothing(town: IdentityTown, handle: str) -> None:
    with pytest.raises(AuthorizationOver):
        await town.ask(handle, "s")


async def test_the_secret_of_the_code_is_shown_to_nobody(town: IdentityTown) -> None:
    begun = await town.begin_device("s")
    (secret,) = town.beside.github.devices
    assert secret not in repr(begun)
    waiting = await town.wait(begun.handle)
    assert secret not in repr(waiting)


async def test_two_who_ask_at_once_are_one_question(town: IdentityTown) -> None:
    begun = await town.begin_device("s")
    town.beside.github.type_in(begun.user_code)
    await town.wait(begun.handle)
    ends = await asyncio.gather(
        *(town.ask(begun.handle, "s") for _ in range(4)), return_exceptions=True
    )
    assert questions(town) == 1
    assert sum(not isinstance(one, BaseException) for one in ends) == 1
    assert {type(one) for one in ends if isinstance(one, BaseException)} <= {
        AskedTooSoon,
        AuthorizationOver,
    }


async def test_whoever_asks_too_soon_is_told_how_long_to_wait(town: IdentityTown) -> None:
    begun = await town.begin_device("s")
    with pytest.raises(AskedTooSoon) as early:
        await town.ask(begun.handle, "s")
    assert 0 < early.value.retry_after <= 5
    assert questions(town) == 0


async def test_a_provider_that_wants_less_is_asked_less(town: IdentityTown) -> None:
    begun = await town.begin_device("s")
    typed(town, begun).said = "slow_down"
    for pace in (10, 15, 20):
        await town.wait(begun.handle)
        with pytest.raises(AuthorizationPending) as waits:
            await town.ask(begun.handle, "s")
        assert waits.value.retry_after == pace
    with pytest.raises(AskedTooSoon) as early:
        await town.ask(begun.handle, "s")
    assert 15 < early.value.retry_after <= 20


async def test_a_provider_that_is_away_is_asked_less_and_the_code_waits(town: IdentityTown) -> None:
    begun = await town.begin_device("s")
    town.beside.github.type_in(begun.user_code)
    town.beside.github.answers = lambda _: httpx.Response(503)
    await town.wait(begun.handle)
    with pytest.raises(ProviderAway):
        await town.ask(begun.handle, "s")
    town.beside.github.answers = lambda _: None
    waiting = await town.wait(begun.handle)
    assert waiting is not None
    assert waiting.pace == 10
    await town.ask(begun.handle, "s")


@pytest.mark.parametrize(
    ("error", "refused"),
    [
        ("access_denied", AuthorizationDenied),
        ("expired_token", AuthorizationOver),
        ("incorrect_device_code", AuthorizationOver),
    ],
)
async def test_a_no_ends_it(town: IdentityTown, error: str, refused: type[Exception]) -> None:
    begun = await town.begin_device("s")
    typed(town, begun).said = error
    await town.wait(begun.handle)
    with pytest.raises(refused):
        await town.ask(begun.handle, "s")
    assert await town.wait(begun.handle) is None


async def test_afterwards_everything_is_as_after_a_browser(town: IdentityTown) -> None:
    bola = await registered(town, "amina@example.org")
    begun = await town.begin_device("s")
    town.beside.github.type_in(begun.user_code)
    await town.wait(begun.handle)
    with pytest.raises(AddressHasAccount):
        await town.ask(begun.handle, "s")
    await town.link(bola, "github")
    await town.world.do(DisableAccount, town.world.system(), "amina@example.org", reason="A test")
    begun = await town.begin_device("s")
    town.beside.github.type_in(begun.user_code)
    await town.wait(begun.handle)
    with pytest.raises(AccountDisabled):
        await town.ask(begun.handle, "s")


async def test_a_second_factor_is_asked_for(town: IdentityTown) -> None:
    amina = Visitor(town.world, "amina@example.org")
    await amina.register()
    await amina.confirm()
    phone = Phone(amina)
    actor = await phone.actor()
    await town.link(actor, "github")
    await phone.enrol(actor)
    codes = await phone.confirm(actor)
    begun = await town.begin_device("s")
    town.beside.github.type_in(begun.user_code)
    await town.wait(begun.handle)
    with pytest.raises(SecondFactorNeeded) as asked:
        await town.ask(begun.handle, "s")
    await town.world.do(
        VerifySecondFactor,
        town.world.pre_authentication(),
        asked.value.challenge,
        codes.codes[0],
        origin=HOME,
    )


async def test_linking_wants_a_fresh_proof_and_its_own_living_sign_in(town: IdentityTown) -> None:
    bola, thief = await registered(town), await registered(town, "thief@example.org")
    with pytest.raises(StepUpNeeded):
        await town.world.do(BeginDeviceLink, stale(bola), "github")
    begun: CodeBegun = await town.world.do(BeginDeviceLink, bola, "github")
    town.beside.github.type_in(begun.user_code)
    await town.wait(begun.handle)
    with pytest.raises(AuthorizationOver):
        await town.world.do(LinkByDevice, thief, "github", begun.handle)
    with pytest.raises(AuthorizationOver):
        await town.ask(begun.handle, "")
    await town.world.do(LinkByDevice, bola, "github", begun.handle)
    assert await linked(town, bola) == ["583231"]
    assert (await town.actor(await town.sign_in("github"))).user_id == bola.user_id
    later: CodeBegun = await town.world.do(BeginDeviceLink, thief, "github")
    town.beside.github.user["id"] = 7
    town.beside.github.type_in(later.user_code)
    await town.wait(later.handle)
    await town.world.do(EndSession, thief, thief.session_id)
    with pytest.raises(SignInOver):
        await town.world.do(LinkByDevice, thief, "github", later.handle)
    assert await linked(town, thief) == []


async def test_who_gives_no_codes_is_not_asked(town: IdentityTown) -> None:
    with pytest.raises(NoDeviceFlow):
        await town.begin_device("s", "campus")
    with pytest.raises(UnknownProvider):
        await town.begin_device("s", "gitlab")
    begun = await town.begin_device("s")
    with pytest.raises(NoDeviceFlow):
        await town.ask(begun.handle, "s", "campus")
