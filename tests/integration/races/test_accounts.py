"""Signing in, staying signed in and being signed out, all at once."""

import asyncpg
import pytest
from argon2 import PasswordHasher as Argon2
from tests.application.accounts.people import PASSWORD, Visitor
from tests.application.accounts.test_own_sign_ins import bearer_of
from tests.conftest import Urls
from tests.integration.races.locks import needs
from tests.support.given.world import World
from tests.support.timing.racing import race

from skillbridge.adapters.postgres.accounts.writes import PostgresSignIns, PostgresUsers
from skillbridge.adapters.postgres.engine.database import Connection
from skillbridge.adapters.postgres.profiles.writes import PostgresProfiles
from skillbridge.application.accounts.administration import (
    DisableAccount,
    GrantRole,
    RevokeRole,
    RevokeSessions,
)
from skillbridge.application.accounts.own_sign_ins import EndOtherSessions, EndSession
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.accounts.sessions import LogOut
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.profiles.changes import AmendProfile
from skillbridge.application.profiles.ports import ProfileReads
from skillbridge.domain.accounts.registration import LinkOutdated
from skillbridge.domain.accounts.sign_in import SignInOver, TokenStolen
from skillbridge.domain.accounts.user import WrongCredentials
from skillbridge.domain.actor import Role

pytestmark = pytest.mark.row("C1", "B9")

SIGN_INS = "select count(*) from sign_ins where tenant_id = $1"


async def is_over(amina: Visitor, *tokens: str) -> None:
    for token in tokens:
        with pytest.raises(SignInOver):
            await amina.refresh(token)


@needs("app.lock_sign_in")
async def test_a_log_out_during_a_refresh_is_the_last_word(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = Visitor(world)
    token = (await amina.arrive()).refresh_token
    out = world.do(LogOut, world.pre_authentication(), token)
    refresh, log_out = await race(admin, amina.refresh(token), PostgresSignIns.presenting, out)
    assert log_out.error is None
    await is_over(amina, token, refresh.value.refresh_token)


@needs("app.lock_sign_in")
async def test_a_refresh_during_a_log_out_brings_nothing_back(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = Visitor(world)
    token = (await amina.arrive()).refresh_token
    out = world.do(LogOut, world.pre_authentication(), token)
    _, refresh = await race(admin, out, PostgresSignIns.presenting, amina.refresh(token))
    assert isinstance(refresh.error, SignInOver)
    await is_over(amina, token)


@needs("app.lock_sign_in")
async def test_a_disabled_account_keeps_no_sign_in_that_was_being_refreshed(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = Visitor(world)
    token = (await amina.arrive()).refresh_token
    disable = world.do(DisableAccount, world.system(), amina.email, reason="A test")
    refresh, end = await race(admin, amina.refresh(token), PostgresSignIns.presenting, disable)
    assert end.value is True
    await is_over(amina, token, refresh.value.refresh_token)


@needs("app.lock_sign_in")
async def test_a_theft_that_is_noticed_during_a_refresh_ends_what_it_refreshed(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = Visitor(world)
    stolen = (await amina.arrive()).refresh_token
    token = (await amina.refresh(stolen)).refresh_token
    await admin.execute(
        "update refresh_tokens set used_at = used_at - interval '1 hour' where tenant_id = $1",
        world.tenant_id,
    )
    refresh, replay = await race(
        admin, amina.refresh(token), PostgresSignIns.presenting, amina.refresh(stolen)
    )
    assert isinstance(replay.error, TokenStolen)
    await is_over(amina, token, refresh.value.refresh_token)


async def test_two_refreshes_of_one_token_find_one_successor(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = Visitor(world)
    token = (await amina.arrive()).refresh_token
    first, second = await race(
        admin, amina.refresh(token), PostgresSignIns.presenting, amina.refresh(token)
    )
    assert first.value.refresh_token == second.value.refresh_token
    await amina.refresh(first.value.refresh_token)


@pytest.mark.row("C2")
@needs("app.lock_sign_in")
@pytest.mark.parametrize("by", [EndSession, EndOtherSessions])
async def test_a_sign_in_that_its_owner_ends_is_not_refreshed_back(
    by: type, world: World, admin: asyncpg.Connection
) -> None:
    amina = Visitor(world)
    lost, here = await amina.arrive(), await amina.log_in()
    token, who = lost.refresh_token, await bearer_of(world, here.access_token)
    other = (await bearer_of(world, lost.access_token)).session_id
    end = world.do(by, who, *([other] if by is EndSession else []))
    refresh, ended = await race(admin, amina.refresh(token), PostgresSignIns.presenting, end)
    assert ended.error is None
    await is_over(amina, token, refresh.value.refresh_token)
    await amina.refresh(here.refresh_token)


@needs("app.lock_sign_in")
async def test_a_role_that_is_taken_away_during_a_refresh_is_not_in_what_lives_on(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = Visitor(world)
    token = (await amina.arrive()).refresh_token
    await world.do(GrantRole, world.system(), amina.email, Role.MODERATOR, reason="A test")
    revoke = world.do(RevokeRole, world.system(), amina.email, Role.MODERATOR, reason="A test")
    refresh, revoked = await race(admin, amina.refresh(token), PostgresUsers.find, revoke)
    assert revoked.value is True
    await is_over(amina, token, refresh.value.refresh_token)


async def test_a_token_that_is_forgotten_while_it_is_presented_is_over(
    world: World, admin: asyncpg.Connection, urls: Urls
) -> None:
    """Between the lock on its sign-in and the look at its tokens, of which one batch deletes some."""
    amina = Visitor(world)
    token = (await amina.arrive()).refresh_token
    clock = await asyncpg.connect(urls.admin)
    forget = clock.execute("delete from refresh_tokens where tenant_id = $1", world.tenant_id)
    refresh, forgotten = await race(admin, amina.refresh(token), Connection.row, forget)
    await clock.close()
    assert (forgotten.error, forgotten.waited) == (None, False)
    assert isinstance(refresh.error, SignInOver)


@needs("app.lock_account")
async def test_a_disabled_account_keeps_no_sign_in_that_was_being_started(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = Visitor(world)
    await amina.arrive()
    disable = world.do(DisableAccount, world.system(), amina.email, reason="A test")
    log_in, end = await race(admin, amina.log_in(), PostgresUsers.get, disable)
    assert end.value is True
    await is_over(amina, log_in.value.refresh_token)


@needs("app.lock_account", "app.lock_account_of")
async def test_whoever_ends_all_sign_ins_ends_the_one_that_was_being_started(
    world: World, admin: asyncpg.Connection
) -> None:
    """On a known device: for a new one the account itself is written, which holds it, too."""
    amina = Visitor(world)
    device = (await amina.arrive()).device
    revoke = world.do(RevokeSessions, world.system(), amina.email, reason="A test")
    starting = amina.log_in(device=device)
    log_in, revoked = await race(admin, starting, PostgresSignIns.add, revoke)
    assert revoked.value == 2
    await is_over(amina, log_in.value.refresh_token)


@needs("app.lock_account_of")
async def test_two_operators_at_once_both_have_their_way(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = Visitor(world)
    await amina.arrive()
    grant = world.do(GrantRole, world.system(), amina.email, Role.ADMIN, reason="A test")
    revoke = world.do(RevokeRole, world.system(), amina.email, Role.ADMIN, reason="A test")
    granted, revoked = await race(admin, grant, PostgresUsers.owner_of, revoke)
    assert (granted.value, revoked.value) == (True, True)


@needs("profiles.writes.LOCK_PROFILE")
async def test_two_amendments_of_a_profile_are_both_kept(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = await world.learner()
    bio = world.do(AmendProfile, amina, {"bio": "From Kano."}, skills={})
    country = world.do(AmendProfile, amina, {"country": "NG"}, skills={})
    first, second = await race(admin, bio, PostgresProfiles.get, country)
    assert (first.error, second.error) == (None, None)
    me = await world.ask(ProfileReads, "me", amina)
    assert (me.bio, me.country) == ("From Kano.", "NG")


async def kept(world: World, amina: Visitor, hashed: str) -> None:
    """Another hash is in the account, as after a change of the password."""
    anonymous = world.pre_authentication()
    async with world.scope(anonymous) as scope:
        users: Users = await scope.get(Users)
        async with (await scope.get(Transaction))(anonymous):
            user = await users.owner_of(amina.email)
            user.password_hash = hashed
            await users.save(user)


async def test_a_password_that_is_changed_while_it_is_proved_opens_nothing(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = Visitor(world)
    await amina.arrive()
    change = kept(world, amina, Argon2(time_cost=1, memory_cost=8192).hash("another"))
    log_in, changed = await race(admin, amina.log_in(), PostgresUsers.with_email, change)
    assert changed.error is None
    assert isinstance(log_in.error, WrongCredentials)
    assert await admin.fetchval(SIGN_INS, world.tenant_id) == 1, "of before the change"


async def test_a_hash_that_another_log_in_renews_is_the_same_password(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = Visitor(world)
    await amina.arrive()
    await kept(world, amina, Argon2(time_cost=1, memory_cost=8192).hash(PASSWORD))
    ends = await race(admin, amina.log_in(), PostgresUsers.with_email, amina.log_in())
    assert [end.error for end in ends] == [None, None]
    assert await admin.fetchval(SIGN_INS, world.tenant_id) == 3


async def test_a_link_opened_twice_at_once_makes_one_account(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = Visitor(world)
    await amina.register()
    ends = await race(admin, amina.confirm(), PostgresUsers.add, amina.confirm())
    assert [end.error for end in ends] == [None, None]
    await amina.log_in()


async def test_of_two_links_of_one_address_opened_at_once_one_makes_the_account(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = Visitor(world)
    await amina.register()
    await amina.register("brown ladder sings at noon")
    later, earlier = await amina.links()
    one, other = amina.confirm(earlier), amina.confirm(later, "brown ladder sings at noon")
    first, second = await race(admin, one, PostgresUsers.add, other)
    assert first.error is None
    assert isinstance(second.error, LinkOutdated)
    await amina.log_in()


async def test_of_a_strangers_link_and_ones_own_opened_at_once_with_ones_password_both_are_good(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = Visitor(world)
    await amina.register("brown ladder sings at noon", "Mallory")
    await amina.register()
    own, strangers = await amina.links()
    ends = await race(admin, amina.confirm(strangers), PostgresUsers.add, amina.confirm(own))
    assert [end.error for end in ends] == [None, None]
    await amina.log_in()
    with pytest.raises(WrongCredentials):
        await amina.log_in("brown ladder sings at noon")
