"""What every collection of sign-ins promises, on every backend."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.support.given.world import World

from skillbridge.application.accounts.ports.sign_ins import SignInReads, SignIns
from skillbridge.application.accounts.views import Place
from skillbridge.application.paging import PageRequest
from skillbridge.application.ports.access_tokens import EndedSignIns
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.sign_in import SignIn, SignInOver, UnknownSignIn, Use, digest
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Forbidden
from skillbridge.domain.ids import SessionId, TenantId

pytestmark = pytest.mark.row("C1", "B11", "A9")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(seconds=5)


@asynccontextmanager
async def sign_ins_as(world: World, actor: Actor) -> AsyncIterator[SignIns]:
    async with world.scope(actor) as scope:
        sign_ins: SignIns = await scope.get(SignIns)
        async with (await scope.get(Transaction))(actor):
            yield sign_ins


@pytest.fixture
def foo() -> bytes:
    return digest(uuid4().hex)


@pytest.fixture
async def sign_in(world: World, foo: bytes) -> SignIn:
    owner = await world.learner()
    made = SignIn.start(SessionId(uuid4()), owner.user_id, foo, device="a phone", at=NOW)
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        await sign_ins.add(made)
    return made


async def test_a_chain_is_found_by_its_token(world: World, sign_in: SignIn, foo: bytes) -> None:
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        assert await sign_ins.presenting(foo) == sign_in


async def test_a_move_is_kept_for_both_of_its_tokens(
    world: World, sign_in: SignIn, foo: bytes
) -> None:
    bar = digest(foo.hex())
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        moved = await sign_ins.presenting(foo)
        moved.refresh((bar,), at=LATER)
        await sign_ins.save(moved)
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        assert await sign_ins.presenting(foo) == moved
        newest = await sign_ins.presenting(bar)
    assert newest.presented == moved.successor
    assert newest.successor is None
    assert newest.id == sign_in.id


async def test_revoking_is_seen_from_every_token(world: World, sign_in: SignIn, foo: bytes) -> None:
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        found = await sign_ins.presenting(foo)
        found.revoke(at=LATER)
        await sign_ins.save(found)
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        assert (await sign_ins.presenting(foo)).revoked_at == LATER
        assert await sign_ins.revoke_all(sign_in.user_id, at=LATER) == []


async def test_those_that_ended_are_told_from_those_that_live_and_from_another_tenants(
    world: World, sign_in: SignIn, foo: bytes
) -> None:
    ended: EndedSignIns = await world.api.get(EndedSignIns)
    asked = (sign_in.id, SessionId(uuid4()))
    assert await ended.among(world.tenant_id, asked) == frozenset()
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        found = await sign_ins.presenting(foo)
        found.revoke(at=LATER)
        await sign_ins.save(found)
    assert await ended.among(world.tenant_id, asked) == {sign_in.id}
    assert await ended.among(TenantId(uuid4()), asked) == frozenset()


async def test_all_living_chains_of_one_user_are_revoked(
    world: World, sign_in: SignIn, foo: bytes
) -> None:
    other = await world.learner()
    async with sign_ins_as(world, world.system()) as sign_ins:
        assert await sign_ins.revoke_all(other.user_id, at=LATER) == []
        assert await sign_ins.revoke_all(sign_in.user_id, at=LATER) == [sign_in.id]


async def test_a_person_cannot_look_tokens_up(world: World, sign_in: SignIn, foo: bytes) -> None:
    owner = Actor.person(sign_in.user_id, world.tenant_id)
    with pytest.raises((SignInOver, Forbidden)):  # the one says nothing, the other asks the login
        async with sign_ins_as(world, owner) as sign_ins:
            await sign_ins.presenting(foo)


async def test_an_unknown_token_and_another_tenants_are_the_same(
    world: World, sign_in: SignIn, foo: bytes
) -> None:
    for actor, token in (
        (world.pre_authentication(), digest("unknown")),
        (Actor.pre_authentication(TenantId(uuid4())), foo),
    ):
        async with sign_ins_as(world, actor) as sign_ins:
            with pytest.raises(SignInOver):
                await sign_ins.presenting(token)
    assert sign_in.revoked_at is None


TODAY = datetime.now(UTC)
HERE, THERE = (Use(network=name * 32) for name in (b"h", b"t"))
PHONE = Use(b"k" * 32, HERE.network)


async def started(
    world: World, owner: Actor, use: Use = HERE, *, device: str = "okhttp/4", at: datetime = TODAY
) -> SignIn:
    made = SignIn.start(
        SessionId(uuid4()), owner.user_id, digest(uuid4().hex), use, device=device, at=at
    )
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        await sign_ins.add(made)
    return made


@pytest.mark.row("Z10")
async def test_the_key_the_network_and_the_last_use_are_kept(world: World) -> None:
    made = await started(world, await world.learner(), PHONE)
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        moved = await sign_ins.presenting(made.presented.hash)
        assert moved == made
        at = TODAY + timedelta(days=1)
        moved.refresh((digest("next"),), Use(PHONE.key, THERE.network), at=at)
        await sign_ins.save(moved)
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        kept = await sign_ins.presenting(made.presented.hash)
    assert kept == moved
    assert (kept.last_used_at, kept.network) == (at, THERE.network)
    assert kept.expires_at == at + timedelta(days=14)


@pytest.mark.row("C2")
async def test_ones_own_living_sign_ins_are_listed_newest_first(world: World) -> None:
    amina, bola = await world.learner(), await world.learner()
    phone = await started(world, amina, PHONE)
    desk = await started(world, amina, THERE, device="Macintosh", at=TODAY - timedelta(days=1))
    await started(world, amina, at=TODAY - timedelta(days=15))
    await started(world, bola)
    ended = await started(world, amina)
    async with sign_ins_as(world, amina) as sign_ins:
        await sign_ins.revoke(ended.id, at=TODAY)
    asking = Actor.person(amina.user_id, world.tenant_id, session_id=desk.id)
    async with world.scope(asking) as scope:
        reads: SignInReads = await scope.get(SignInReads)
        page = await reads.newest(asking, PageRequest(1), here=[b"x" * 32, HERE.network])
        rest = await reads.newest(asking, PageRequest(9, page.next), here=[HERE.network])
    first, second = (*page.items, *rest.items)
    assert rest.next is None
    assert (first.id, first.kind, first.place, first.bound) == (phone.id, "phone", Place.HERE, True)
    assert (second.id, second.kind, second.place) == (desk.id, "computer", Place.ELSEWHERE)
    assert (first.current, second.current, second.bound) == (False, True, False)
    assert (second.device, second.created_at) == ("Macintosh", desk.created_at)
    assert (second.last_used_at, second.expires_at) == (desk.last_used_at, desk.expires_at)


@pytest.mark.row("C2")
async def test_one_ends_ones_own_sign_in_and_nobody_elses(world: World) -> None:
    amina, bola = await world.learner(), await world.learner()
    made = await started(world, amina)
    async with sign_ins_as(world, bola) as sign_ins:
        with pytest.raises(UnknownSignIn):
            await sign_ins.revoke(made.id, at=TODAY)
    async with sign_ins_as(world, amina) as sign_ins:
        with pytest.raises(UnknownSignIn):
            await sign_ins.revoke(SessionId(uuid4()), at=TODAY)
        await sign_ins.revoke(made.id, at=TODAY)
        with pytest.raises(UnknownSignIn, match="or it has ended"):
            await sign_ins.revoke(made.id, at=TODAY)
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        kept = await sign_ins.presenting(made.presented.hash)
    assert kept.revoked_at == kept.expires_at == TODAY


@pytest.mark.row("C2")
async def test_all_but_one_are_ended_and_named(world: World) -> None:
    amina = await world.learner()
    here, *others = [await started(world, amina) for _ in range(3)]
    async with sign_ins_as(world, amina) as sign_ins:
        ended = await sign_ins.revoke_all(amina.user_id, at=TODAY, but=here.id)
    assert {*ended} == {one.id for one in others}
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        assert (await sign_ins.presenting(here.presented.hash)).revoked_at is None


async def test_whether_somebody_signed_in_before_is_known_also_when_it_ended(world: World) -> None:
    amina, bola = await world.learner(), await world.learner()
    made = await started(world, amina)
    async with sign_ins_as(world, amina) as sign_ins:
        await sign_ins.revoke(made.id, at=TODAY)
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        assert await sign_ins.any_of(amina.user_id)
        assert not await sign_ins.any_of(bola.user_id)


async def test_everybodys_sign_ins_end_at_once(world: World) -> None:
    made = [await started(world, await world.learner()) for _ in range(2)]
    async with sign_ins_as(world, world.system()) as sign_ins:
        assert await sign_ins.revoke_everybodys(at=TODAY) >= 2
        assert await sign_ins.revoke_everybodys(at=TODAY) == 0
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        for one in made:
            assert (await sign_ins.presenting(one.presented.hash)).revoked_at == TODAY


async def test_what_has_ended_is_forgotten_with_its_tokens_a_few_at_once(world: World) -> None:
    amina = await world.learner()
    old = [await started(world, amina, at=TODAY - timedelta(days=99)) for _ in range(3)]
    lives = await started(world, amina)
    before = TODAY - timedelta(days=80)
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        used = await sign_ins.presenting(old[0].presented.hash)
        used.refresh((digest(uuid4().hex),), at=old[0].created_at)
        await sign_ins.save(used)
    deleted = list[int]()
    while not deleted or deleted[-1]:
        async with sign_ins_as(world, world.system()) as sign_ins:
            deleted.append(await sign_ins.forget(before, limit=2))
    assert sum(deleted) == 7, "four tokens, three sign-ins"
    assert max(deleted) <= 4
    async with sign_ins_as(world, world.pre_authentication()) as sign_ins:
        assert await sign_ins.presenting(lives.presented.hash) == lives
        for one in old:
            with pytest.raises(SignInOver):
                await sign_ins.presenting(one.presented.hash)
