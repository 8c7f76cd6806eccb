"""One's own sign-ins: seen, ended, told of, and forgotten."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.application.accounts.people import HOME, Visitor
from tests.application.accounts.test_families import days_pass
from tests.application.accounts.test_sessions import revoked
from tests.support.given.world import World

from skillbridge.application.accounts.administration import GrantRole, RevokeRole
from skillbridge.application.accounts.mails import WarnOfNewDevice
from skillbridge.application.accounts.own_sign_ins import (
    EndOtherSessions,
    EndSession,
    ForgetSignIns,
)
from skillbridge.application.accounts.ports.sign_ins import Networks, SignInReads
from skillbridge.application.accounts.sessions import LogOut
from skillbridge.application.accounts.views import SignInView
from skillbridge.application.paging import PageRequest
from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.domain.accounts.sign_in import Origin, SignInOver, UnknownSignIn
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.events.accounts import DeviceSignedIn

pytestmark = pytest.mark.row("C2")
NEW_DEVICE = "A new device signed in to your account"
ELSEWHERE = Origin("198.51.100.9", "Mozilla/5.0 (Windows NT 10.0)")


async def bearer_of(world: World, access_token: str) -> Actor:
    claims = (await world.api.get(Tokens)).verify(access_token)
    return Actor.person(claims.user_id, claims.tenant_id, session_id=claims.session_id)


async def listed(world: World, who: Actor, origin: Origin = HOME) -> list[SignInView]:
    networks: Networks = await world.api.get(Networks)
    here = networks.marks(who.user_id, origin.network)
    page: Any = await world.ask(SignInReads, "newest", who, PageRequest(50), here=here)
    return list(page.items)


async def test_a_sign_in_says_where_it_was_used_last_as_far_as_that_is_kept(world: World) -> None:
    amina = Visitor(world)
    first = await amina.arrive()
    who = await bearer_of(world, first.access_token)
    (seen,) = await listed(world, who)
    assert (seen.current, seen.place, seen.device) == (True, "here", "Firefox on a bus")
    (seen,) = await listed(world, who, ELSEWHERE)
    assert seen.place == "elsewhere"
    await amina.refresh(first.refresh_token, origin=ELSEWHERE)
    (later,) = await listed(world, who)
    assert later.place == "elsewhere"
    assert later.created_at == seen.created_at < later.last_used_at


async def test_no_address_is_kept_and_one_network_of_two_people_is_not_told(world: World) -> None:
    if world.admin is None:
        pytest.skip("about what the database holds")
    for email in ("amina@example.org", "bola@example.org"):
        await Visitor(world, email=email).arrive()
    rows = await world.admin.fetch(
        "select network, s::text as whole from sign_ins s where tenant_id = $1", world.tenant_id
    )
    assert len({row["network"] for row in rows}) == 2
    assert all("192.0.2.7" not in row["whole"] for row in rows)


@pytest.mark.asvs("7.5.2")
async def test_one_of_ones_own_is_ended_with_its_access_tokens(world: World) -> None:
    amina = Visitor(world)
    lost, here = await amina.arrive(), await amina.log_in()
    who, other = (
        await bearer_of(world, here.access_token),
        await bearer_of(world, lost.access_token),
    )
    await world.do(EndSession, who, other.session_id)
    assert await revoked(world, lost.access_token)
    with pytest.raises(SignInOver):
        await amina.refresh(lost.refresh_token)
    with pytest.raises(UnknownSignIn):
        await world.do(EndSession, who, other.session_id)
    await amina.refresh(here.refresh_token)
    assert [one.id for one in await listed(world, who)] == [who.session_id]


@pytest.mark.asvs("7.5.2")
async def test_all_others_are_ended_and_the_one_that_asks_goes_on(world: World) -> None:
    amina, bola = Visitor(world), Visitor(world, email="bola@example.org")
    others = [await amina.arrive(), await amina.log_in()]
    here, hers = await amina.log_in(), await bola.arrive()
    who = await bearer_of(world, here.access_token)
    assert len(await world.do(EndOtherSessions, who)) == 2
    assert await world.do(EndOtherSessions, who) == []
    for one in others:
        assert await revoked(world, one.access_token)
    await amina.refresh(here.refresh_token)
    await bola.refresh(hers.refresh_token)


@pytest.mark.asvs("8.3.2")
async def test_a_role_that_is_taken_away_ends_what_was_signed_in_with_it(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    await world.do(GrantRole, world.system(), amina.email, Role.MODERATOR, reason="A test")
    with_role = await amina.log_in()
    assert not await world.do(RevokeRole, world.system(), amina.email, Role.MENTOR, reason="A test")
    assert not await revoked(world, with_role.access_token), "they had not that one"
    assert await world.do(RevokeRole, world.system(), amina.email, Role.MODERATOR, reason="A test")
    assert await revoked(world, with_role.access_token)
    without = (await world.api.get(Tokens)).verify((await amina.log_in()).access_token)
    assert without.roles == {Role.LEARNER}


async def told(amina: Visitor) -> int:
    await amina.world.settle()
    return (await amina.subjects()).count(NEW_DEVICE)


async def test_a_new_device_is_told_by_mail_but_not_the_first_of_a_new_account(
    world: World,
) -> None:
    amina = Visitor(world)
    first = await amina.arrive()
    assert await told(amina) == 0
    await amina.log_in(device=first.device)
    assert await told(amina) == 0, "this one is known"
    await amina.log_in(origin=ELSEWHERE)
    assert await told(amina) == 1
    mail = next(mail for mail in await world.mails() if mail.subject == NEW_DEVICE)
    assert "a computer that your account did not know" in mail.text
    assert " UTC, " in mail.text
    assert "choose another password" in mail.text
    for secret in ("Windows", "198.51", "sbr_", "sbd_", "http"):
        assert secret not in mail.text


async def test_after_ones_sign_ins_are_forgotten_a_log_in_is_still_news(world: World) -> None:
    if world.admin is None:
        pytest.skip("an account of long ago is made in the database")
    amina = Visitor(world)
    await amina.register()
    await amina.confirm()
    await world.admin.execute(
        "update users set email_verified_at = now() - interval '1 day' where tenant_id = $1",
        world.tenant_id,
    )
    await amina.log_in()
    assert await told(amina) == 1


async def test_who_has_the_password_cannot_flood_its_owner_nor_a_stranger_keep_them_unwarned(
    world: World,
) -> None:
    amina = Visitor(world)
    await amina.arrive()
    for _ in range(10):
        await amina.register()
    for number in range(10):
        await amina.log_in()
        assert await told(amina) == min(number + 1, 7), "the first log-in has had one of the eight"


async def test_a_warning_of_a_device_repeated_is_one_mail(world: World) -> None:
    amina = Visitor(world)
    who = await bearer_of(world, (await amina.arrive()).access_token)
    event = DeviceSignedIn(user_id=who.user_id, device="phone", at=datetime.now(UTC))
    for _ in range(2):
        await world.do(WarnOfNewDevice, world.system(), event)
    assert await told(amina) == 1


@pytest.mark.asvs("14.2.7")
async def test_a_sign_in_is_forgotten_a_day_after_its_end(world: World) -> None:
    amina = Visitor(world)
    out, here = await amina.arrive(), await amina.log_in()
    await world.do(LogOut, world.pre_authentication(), out.refresh_token)
    await world.do(ForgetSignIns, world.system(), "slot")
    assert await revoked(world, out.access_token), "its access tokens may live for minutes"
    await days_pass(world, out.refresh_token, 1)
    await world.do(ForgetSignIns, world.system(), "slot")
    assert not await revoked(world, out.access_token), "nothing is kept of it"
    with pytest.raises(SignInOver):
        await amina.refresh(out.refresh_token)
    await amina.refresh(here.refresh_token)
