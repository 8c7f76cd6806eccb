"""Signing in, staying signed in, signing out."""

import asyncio
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import get_type_hints
from uuid import uuid4

import pytest
from argon2 import Parameters, extract_parameters
from argon2 import PasswordHasher as Argon2
from tests.application.accounts.people import HOME, PASSWORD, Visitor
from tests.support.given.world import World

from skillbridge.application import accounts, profiles
from skillbridge.application.accounts.administration import RevokeSessions
from skillbridge.application.accounts.mails import WarnOfTheft
from skillbridge.application.accounts.ports.passwords import PasswordHasher
from skillbridge.application.accounts.ports.sign_ins import RefreshTokens, SignIns
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.accounts.sessions import LogOut, RefreshSession
from skillbridge.application.accounts.views import SignedIn
from skillbridge.application.ports.access_tokens import EndedSignIns, Tokens
from skillbridge.application.ports.clock import Clock
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.sign_in import SignIn, SignInOver, TokenStolen, digest
from skillbridge.domain.accounts.user import UnknownAccount, User, WrongCredentials
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.events.accounts import SessionStolen
from skillbridge.domain.ids import SessionId, TenantId
from skillbridge.entrypoints.wiring import container

GRACE = timedelta(seconds=10)

pytestmark = pytest.mark.row("C1", "A9")
HOUR = timedelta(hours=1)


async def revoked(world: World, access_token: str) -> bool:
    claims = (await world.api.get(Tokens)).verify(access_token)
    ended: EndedSignIns = await world.api.get(EndedSignIns)
    return claims.session_id in await ended.among(claims.tenant_id, (claims.session_id,))


async def age(world: World, token: str) -> None:
    """As if the token had been used longer ago than the grace."""
    anonymous = world.pre_authentication()
    async with world.scope(anonymous) as scope:
        sign_ins: SignIns = await scope.get(SignIns)
        async with (await scope.get(Transaction))(anonymous):
            sign_in = await sign_ins.presenting(digest(token))
            assert sign_in.presented.used_at is not None
            sign_in.presented.used_at -= 2 * GRACE
            await sign_ins.save(sign_in)


@pytest.mark.asvs("6.3.8")
async def test_a_stranger_and_a_wrong_password_are_answered_alike(world: World) -> None:
    amina = Visitor(world)
    await amina.arrive()
    answers = set()
    for visitor, password in ((amina, "wrong"), (Visitor(world, email="no@b.org"), PASSWORD)):
        with pytest.raises(WrongCredentials) as caught:
            await visitor.log_in(password)
        answers.add(str(caught.value))
    assert len(answers) == 1


@pytest.mark.asvs("6.3.8")
async def test_who_registers_an_address_does_not_learn_by_its_password_whether_it_has_an_account(
    world: World,
) -> None:
    amina, nobody = Visitor(world), Visitor(world, email="nobody@b.org")
    await amina.arrive()
    answers = set()
    for visitor in (amina, nobody):
        await visitor.register("the password of a stranger")
        with pytest.raises(WrongCredentials, match="not confirmed yet: open the link") as caught:
            await visitor.log_in("the password of a stranger")
        answers.add(str(caught.value))
    assert len(answers) == 1


async def test_a_hash_of_older_parameters_is_renewed_at_log_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And while others register so much that there is no place for it, the log-in goes on."""
    amina, anonymous = Visitor(world), world.pre_authentication()
    await amina.arrive()
    weak = Argon2(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)

    async def kept(better: str | None = None) -> User:
        async with world.scope(anonymous) as scope:
            users: Users = await scope.get(Users)
            async with (await scope.get(Transaction))(anonymous):
                user = await users.owner_of(amina.email)
                if better:
                    user.password_hash = better
                    await users.save(user)
                return user

    async def no_place(*_: object, **__: object) -> str:
        raise Unavailable("too many people are registering")

    hasher: PasswordHasher = await world.api.get(PasswordHasher)
    await kept(weak)
    with monkeypatch.context() as flooded:
        flooded.setattr(type(hasher), "hash", no_place)
        await amina.log_in()
    assert (await kept()).password_hash == weak
    await asyncio.gather(amina.log_in(), amina.log_in())
    renewed = (await kept()).password_hash
    assert renewed is not None
    assert not hasher.outdated(renewed)
    await amina.log_in()


async def hash_of(world: World, email: str, changed: str = "") -> str:
    """What is kept of a password, by now of another one if that is given."""
    anonymous = world.pre_authentication()
    async with world.scope(anonymous) as scope:
        users: Users = await scope.get(Users)
        async with (await scope.get(Transaction))(anonymous):
            user = await users.owner_of(email)
            if changed:
                user.password_hash = changed
                await users.save(user)
            assert user.password_hash is not None
            return user.password_hash


async def test_a_renewed_hash_is_not_kept_over_a_password_that_changed_meanwhile(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is proved again, against the newer one, which stays."""
    amina = Visitor(world)
    await amina.arrive()
    weak = Argon2(time_cost=1, memory_cost=8192, parallelism=1)
    await hash_of(world, amina.email, weak.hash(PASSWORD))
    newer, renewed = weak.hash("another password by now"), list[str]()
    hasher = await world.api.get(PasswordHasher)
    honest = type(hasher).hash

    async def changed_meanwhile(self: PasswordHasher, password: str, *, network: str = "") -> str:
        renewed.append(password)
        await hash_of(world, amina.email, newer)
        better: str = await honest(self, password, network=network)
        return better

    with monkeypatch.context() as patch:
        patch.setattr(type(hasher), "hash", changed_meanwhile)
        with pytest.raises(WrongCredentials):
            await amina.log_in()
    assert renewed == [PASSWORD]
    assert await hash_of(world, amina.email) == newer


@pytest.mark.asvs("6.3.8")
async def test_each_log_in_compares_one_hash_of_the_same_cost_also_of_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has an account, only a registration, or nothing: no answer comes sooner."""
    known, waiting = Visitor(world), Visitor(world, email="waiting@example.org")
    await known.arrive()
    await waiting.register()
    cost = extract_parameters(await hash_of(world, known.email))
    compared = list[Parameters]()
    honest = Argon2.verify

    def counted(self: Argon2, kept: str, password: str) -> bool:
        compared.append(extract_parameters(kept))
        return bool(honest(self, kept, password))

    monkeypatch.setattr(Argon2, "verify", counted)
    for visitor in (known, waiting, Visitor(world, email="nobody@example.org")):
        compared.clear()
        with pytest.raises(WrongCredentials):
            await visitor.log_in("wrong")
        assert compared == [cost], visitor.email


async def test_tokens_are_passed_on(world: World) -> None:
    amina = Visitor(world)
    first = await amina.arrive()
    second = await amina.refresh(first.refresh_token)
    third = await amina.refresh(second.refresh_token)
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    tokens: Tokens = await world.api.get(Tokens)
    sessions = {tokens.verify(s.access_token).session_id for s in (first, second, third)}
    assert len(sessions) == 1


@pytest.mark.row("Z10")
async def test_a_lost_response_is_repeated(world: World) -> None:
    amina = Visitor(world)
    foo = await amina.arrive()
    bar = await amina.refresh(foo.refresh_token)
    again = await amina.refresh(foo.refresh_token)
    assert again.refresh_token == bar.refresh_token
    await amina.refresh(bar.refresh_token)


@pytest.mark.row("Z10")
@pytest.mark.asvs("10.4.5")
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


@pytest.mark.row("Z10")
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
        await world.do(LogOut, world.pre_authentication(), here.refresh_token)
    await world.do(LogOut, world.pre_authentication(), "never a token")
    with pytest.raises(SignInOver):
        await amina.refresh(here.refresh_token)
    assert await revoked(world, here.access_token)
    assert not await revoked(world, there.access_token)
    await amina.refresh(there.refresh_token)


@pytest.mark.asvs("7.4.5")
async def test_an_operator_ends_every_sign_in_of_an_account(world: World) -> None:
    amina = Visitor(world)
    signed_in = [await amina.arrive(), await amina.log_in()]
    assert await world.do(RevokeSessions, world.system(), amina.email, reason="A test") == 2
    assert await world.do(RevokeSessions, world.system(), amina.email, reason="A test") == 0
    for one in signed_in:
        assert await revoked(world, one.access_token)
        with pytest.raises(SignInOver):
            await amina.refresh(one.refresh_token)
    with pytest.raises(UnknownAccount):
        await world.do(RevokeSessions, world.system(), "nobody@example.org", reason="A test")


async def test_a_token_finds_its_tenant_by_itself(world: World) -> None:
    """Whatever tenant was named, or none: to refresh as well as to log out."""
    amina, elsewhere = Visitor(world), Actor.pre_authentication(TenantId(uuid4()))
    first = await amina.arrive()
    second: SignedIn = await world.do(RefreshSession, elsewhere, first.refresh_token, origin=HOME)
    await world.do(LogOut, elsewhere, second.refresh_token)
    with pytest.raises(SignInOver):
        await amina.refresh(second.refresh_token)
    assert await revoked(world, first.access_token)


async def test_a_token_that_names_another_tenant_is_no_token_there(world: World) -> None:
    token = (await Visitor(world).arrive()).refresh_token
    tokens: RefreshTokens = await world.api.get(RefreshTokens)
    elsewhere = TenantId(uuid4())
    moved = urlsafe_b64encode(elsewhere.bytes).decode().rstrip("=")[:21] + token[25:]
    assert tokens.tenant_of(f"sbr_{moved}") not in {None, world.tenant_id}
    with pytest.raises(SignInOver):
        await world.do(RefreshSession, world.pre_authentication(), f"sbr_{moved}", origin=HOME)


async def test_a_token_of_before_they_named_tenants_goes_on_by_the_tenant_that_is_named(
    world: World,
) -> None:
    amina, anonymous, old = Visitor(world), world.pre_authentication(), "sbr_" + "A" * 43
    await amina.arrive()
    async with world.scope(anonymous) as scope:
        users, sign_ins = await scope.get(Users), await scope.get(SignIns)
        async with (await scope.get(Transaction))(anonymous) as tx:
            owner = await users.owner_of(amina.email)
            id_ = SessionId(uuid4())
            await sign_ins.add(
                SignIn.start(id_, owner.id, digest(old), device="", at=await tx.now())
            )
    newer = await amina.refresh(old)
    assert (await amina.refresh(old)).refresh_token == newer.refresh_token
    await world.do(LogOut, Actor.pre_authentication(TenantId(uuid4())), newer.refresh_token)
    with pytest.raises(SignInOver):
        await amina.refresh(newer.refresh_token)


@pytest.fixture(params=[-HOUR, HOUR])
def clock_off(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the world is made, which keeps the clock that it finds."""
    monkeypatch.setattr(container, "_now", lambda: datetime.now(UTC) + request.param)


async def test_a_process_whose_clock_is_off_measures_no_life_by_it(
    clock_off: None,
    world: World,
) -> None:
    """The grace of a used token, the life of a sign-in and of a link: by the database's clock."""
    amina = Visitor(world)
    foo = await amina.arrive()
    await amina.refresh(foo.refresh_token)
    again = await amina.refresh(foo.refresh_token)
    await age(world, foo.refresh_token)
    with pytest.raises(TokenStolen):
        await amina.refresh(foo.refresh_token)
    with pytest.raises(SignInOver):
        await amina.refresh(again.refresh_token)
    bola = Visitor(world, email="bola@example.org")
    await bola.register()
    await bola.confirm()


def test_no_use_case_of_accounts_measures_a_life_by_its_own_clock() -> None:
    """A process's clock only dates what happened."""
    kinds = (*accounts.USE_CASES, *profiles.USE_CASES)
    fields = {kind.__name__: get_type_hints(kind).values() for kind in kinds}
    dating = {name for name, types in fields.items() if Clock in types}
    asking = {"BeginPasskeyLogin", "BeginPasskeySecondFactor", "BeginPasskeyStepUp"}
    assert dating - asking == {"UpdateProfile", "AmendProfile"}
