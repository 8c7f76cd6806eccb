"""Signing in, staying signed in, signing out."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from argon2 import PasswordHasher as Argon2
from tests.application.accounts.people import PASSWORD, Visitor
from tests.given import World

from skillbridge.application.accounts import sessions
from skillbridge.application.accounts.administration import RevokeSessions
from skillbridge.application.accounts.letters import WarnOfTheft
from skillbridge.application.accounts.ports import (
    EndedSignIns,
    PasswordHasher,
    SignIns,
    Tokens,
    Users,
)
from skillbridge.application.accounts.sessions import LogOut, RefreshSession
from skillbridge.application.ports import Transaction
from skillbridge.domain.accounts.sign_in import GRACE, Origin, SignInOver, TokenStolen, digest
from skillbridge.domain.accounts.user import EmailNotVerified, User, WrongCredentials
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import NotFound, TooMany
from skillbridge.domain.events import SessionStolen
from skillbridge.domain.ids import TenantId

pytestmark = pytest.mark.row("C1")


async def revoked(world: World, access_token: str) -> bool:
    claims = (await world.api.get(Tokens)).verify(access_token)
    ended: EndedSignIns = await world.api.get(EndedSignIns)
    return claims.session_id in await ended.among(claims.tenant_id, (claims.session_id,))


async def age(world: World, token: str) -> None:
    """As if the token had been used longer ago than the grace."""
    door = world.doorkeeper()
    async with world.scope(door) as scope:
        sign_ins: SignIns = await scope.get(SignIns)
        async with (await scope.get(Transaction))(door):
            sign_in = await sign_ins.presenting(digest(token))
            assert sign_in.presented.used_at is not None
            sign_in.presented.used_at -= 2 * GRACE
            await sign_ins.save(sign_in)


async def test_a_stranger_and_a_wrong_password_are_answered_alike(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    answers = set()
    for visitor, password in ((amina, "wrong"), (Visitor(world, email="no@b.org"), PASSWORD)):
        with pytest.raises(WrongCredentials) as caught:
            await visitor.log_in(password)
        answers.add(str(caught.value))
    assert answers == {"the e-mail address or the password is wrong"}


async def test_only_the_right_password_learns_that_the_address_is_not_proved(world: World) -> None:
    amina = Visitor(world)
    await amina.register()
    with pytest.raises(WrongCredentials):
        await amina.log_in("wrong")
    with pytest.raises(EmailNotVerified, match="open the link"):
        await amina.log_in()


async def test_ten_attempts_on_an_account_from_anywhere(world: World) -> None:
    amina = Visitor(world)
    for n in range(10):
        with pytest.raises(WrongCredentials):
            await amina.log_in(origin=Origin(f"192.0.2.{n}"))
    with pytest.raises(TooMany) as caught:
        await amina.log_in(origin=Origin("192.0.2.99"))
    assert 0 < caught.value.retry_after <= 31


async def test_a_carriers_address_may_try_many_accounts_but_not_any_number(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "NETWORK_ATTEMPTS", 12)
    for n in range(12):
        with pytest.raises(WrongCredentials):
            await Visitor(world, email=f"a{n}@example.org").log_in()
    with pytest.raises(TooMany):
        await Visitor(world, email="another@example.org").log_in()


async def test_a_hash_of_older_parameters_is_renewed_at_log_in(world: World) -> None:
    amina, door = Visitor(world), world.doorkeeper()
    await amina.arrive()
    weak = Argon2(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)

    async def kept(better: str | None = None) -> User:
        async with world.scope(door) as scope:
            users: Users = await scope.get(Users)
            async with (await scope.get(Transaction))(door):
                user = await users.owner_of(amina.email)
                if better:
                    user.password_hash = better
                    await users.save(user)
                return user

    await kept(weak)
    await asyncio.gather(amina.log_in(), amina.log_in())
    hasher: PasswordHasher = await world.api.get(PasswordHasher)
    assert not hasher.outdated((await kept()).password_hash)
    await amina.log_in()


async def test_tokens_are_passed_on(world: World) -> None:
    amina = Visitor(world)
    first = await amina.arrive()
    second = await amina.refresh(first.refresh_token)
    third = await amina.refresh(second.refresh_token)
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    tokens: Tokens = await world.api.get(Tokens)
    sessions = {tokens.verify(s.access_token).session_id for s in (first, second, third)}
    assert len(sessions) == 1


async def test_a_lost_response_is_repeated(world: World) -> None:
    amina = Visitor(world)
    foo = await amina.arrive()
    bar = await amina.refresh(foo.refresh_token)
    again = await amina.refresh(foo.refresh_token)
    assert again.refresh_token == bar.refresh_token
    await amina.refresh(bar.refresh_token)


async def test_a_theft_ends_everything_and_the_owner_is_warned(world: World) -> None:
    amina = Visitor(world)
    foo = await amina.arrive()
    bar = await amina.refresh(foo.refresh_token)
    baz = await amina.refresh(bar.refresh_token)
    await age(world, foo.refresh_token)
    with pytest.raises(TokenStolen, match="log in again"):
        await amina.refresh(foo.refresh_token)
    for token in (foo, bar, baz):
        with pytest.raises(SignInOver):
            await amina.refresh(token.refresh_token)
    assert await revoked(world, baz.access_token)
    await world.settle()
    assert (await amina.subjects())[0] == "We ended one of your sign-ins"
    await amina.log_in()


async def test_a_warning_repeated_is_one_mail(world: World) -> None:
    amina = Visitor(world)
    foo = await amina.arrive()
    await amina.refresh(foo.refresh_token)
    await age(world, foo.refresh_token)
    with pytest.raises(TokenStolen):
        await amina.refresh(foo.refresh_token)
    await world.settle()
    before = await amina.subjects()
    claims = (await world.api.get(Tokens)).verify(foo.access_token)
    event = SessionStolen(user_id=claims.user_id, at=datetime.now(UTC))
    for _ in range(2):
        await world.do(WarnOfTheft, world.system(), event)
    assert len(await amina.subjects()) == len(before) + 1


async def test_twenty_refreshes_at_once_find_one_successor(world: World) -> None:
    amina = Visitor(world)
    foo = await amina.arrive()
    answers = await asyncio.gather(*(amina.refresh(foo.refresh_token) for _ in range(20)))
    assert len({answer.refresh_token for answer in answers}) == 1
    await amina.refresh(answers[0].refresh_token)
    if world.admin is not None:
        counted = await world.admin.fetchrow(
            "select count(distinct sign_in_id), count(*) from refresh_tokens where tenant_id = $1",
            world.tenant_id,
        )
        assert tuple(counted or ()) == (1, 3)


async def test_only_hashes_are_kept(world: World) -> None:
    if world.admin is None:
        pytest.skip("about what the database holds")
    amina = Visitor(world)
    signed_in = await amina.arrive()
    rows = await world.admin.fetch(
        "select t::text as row from refresh_tokens t where tenant_id = $1"
        " union all select s::text from sign_ins s where tenant_id = $1",
        world.tenant_id,
    )
    assert rows
    assert all(signed_in.refresh_token not in row["row"] for row in rows)


async def test_logging_out_ends_the_sign_in_and_only_that(world: World) -> None:
    amina = Visitor(world)
    here = await amina.arrive()
    there = await amina.log_in()
    for _ in range(2):
        await world.do(LogOut, world.doorkeeper(), here.refresh_token)
    await world.do(LogOut, world.doorkeeper(), "never a token")
    with pytest.raises(SignInOver):
        await amina.refresh(here.refresh_token)
    assert await revoked(world, here.access_token)
    assert not await revoked(world, there.access_token)
    await amina.refresh(there.refresh_token)


async def test_an_operator_ends_every_sign_in_of_an_account(world: World) -> None:
    amina = Visitor(world)
    signed_in = [await amina.arrive(), await amina.log_in()]
    assert await world.do(RevokeSessions, world.system(), amina.email) == 2
    assert await world.do(RevokeSessions, world.system(), amina.email) == 0
    for one in signed_in:
        assert await revoked(world, one.access_token)
        with pytest.raises(SignInOver):
            await amina.refresh(one.refresh_token)
    with pytest.raises(NotFound):
        await world.do(RevokeSessions, world.system(), "nobody@example.org")


async def test_a_token_of_another_tenant_is_no_token(world: World) -> None:
    signed_in = await Visitor(world).arrive()
    with pytest.raises(SignInOver):
        await world.do(RefreshSession, Actor.doorkeeper(TenantId(uuid4())), signed_in.refresh_token)
