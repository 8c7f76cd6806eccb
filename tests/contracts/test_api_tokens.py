"""What every collection of programs' tokens promises, on every backend."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.support.given.world import World

from skillbridge.application.accounts.administration import DisableAccount
from skillbridge.application.accounts.ports.api_tokens import ApiTokenReads, ApiTokens
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.accounts.views import ApiTokenView
from skillbridge.application.ports.access_tokens import EndedSignIns
from skillbridge.application.ports.api_tokens import Held, HeldTokens, ParsedToken
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.api_token import ApiToken, digest
from skillbridge.domain.actor import NOBODY, Actor, PrincipalKind, Role
from skillbridge.domain.errors import Forbidden
from skillbridge.domain.ids import ApiTokenId, SessionId, TenantId, UserId

pytestmark = pytest.mark.row("C3", "B11")

NOW = datetime.now(UTC).replace(microsecond=0)
LATER = NOW + timedelta(days=2)


def a_token(user_id: UserId, name: str = "laptop", secret: str | None = None) -> ApiToken:
    return ApiToken(
        ApiTokenId(uuid4()),
        user_id,
        name,
        digest(secret or str(uuid4())),
        frozenset({"roadmaps:read", "badges:read"}),
        NOW,
        NOW + timedelta(days=7),
    )


@asynccontextmanager
async def kept(world: World, actor: Actor | None = None) -> AsyncIterator[ApiTokens]:
    actor = actor or world.pre_authentication()
    async with world.scope(actor) as scope:
        tokens: ApiTokens = await scope.get(ApiTokens)
        async with (await scope.get(Transaction))(actor):
            yield tokens


async def added(world: World, *tokens: ApiToken) -> None:
    """Those of services by operators."""
    for token in tokens:
        async with kept(world, world.system() if token.user_id is None else None) as those:
            await those.add(token)


async def held(world: World, token: ApiToken, tenant_id: TenantId | None = None) -> Held | None:
    port: HeldTokens = await world.api.get(HeldTokens)
    return await port.holding(ParsedToken(tenant_id or world.tenant_id, token.hash))


async def listed(world: World, actor: Actor) -> Sequence[ApiTokenView]:
    found: Sequence[ApiTokenView] = await world.ask(ApiTokenReads, "of", actor)
    return found


async def test_what_was_added_lives_until_its_end(world: World) -> None:
    amina, bola = await world.learner(), await world.learner()
    hers, another = a_token(amina.user_id), a_token(amina.user_id, "phone")
    await added(world, hers, another, a_token(bola.user_id))
    async with kept(world) as tokens:
        living = await tokens.living(amina.user_id, at=NOW)
        assert {one.id: one for one in living} == {hers.id: hers, another.id: another}
        assert await tokens.living(amina.user_id, at=hers.expires_at) == []


async def test_one_is_ended_by_its_name_once(world: World) -> None:
    amina, bola = await world.learner(), await world.learner()
    hers, kept_one, strange = (
        a_token(amina.user_id),
        a_token(amina.user_id, "phone"),
        a_token(bola.user_id),
    )
    await added(world, hers, kept_one, strange)
    async with kept(world) as tokens:
        assert await tokens.end(amina.user_id, "laptop", at=LATER) == hers.id
        assert await tokens.end(amina.user_id, "laptop", at=LATER) is None
        assert await tokens.end(amina.user_id, "tablet", at=LATER) is None
        assert [one.id for one in await tokens.living(amina.user_id, at=NOW)] == [kept_one.id]
        assert [one.id for one in await tokens.living(bola.user_id, at=NOW)] == [strange.id]
    await added(world, a_token(amina.user_id))


async def test_all_of_a_person_are_ended(world: World) -> None:
    amina, bola = await world.learner(), await world.learner()
    hers = [a_token(amina.user_id), a_token(amina.user_id, "phone")]
    await added(world, *hers, a_token(bola.user_id))
    async with kept(world) as tokens:
        ended = await tokens.end_all(amina.user_id, at=LATER)
        assert set(ended) == {one.id for one in hers}
        assert await tokens.end_all(amina.user_id, at=LATER) == []
        assert len(await tokens.living(bola.user_id, at=NOW)) == 1


async def test_the_system_ends_those_of_everybody(world: World) -> None:
    amina, bola = await world.learner(), await world.learner()
    await added(world, a_token(amina.user_id), a_token(bola.user_id))
    async with kept(world, world.system()) as tokens:
        assert await tokens.end_everybodys(at=NOW) == 2
        assert await tokens.end_everybodys(at=NOW) == 0


async def test_what_has_ended_is_forgotten_the_oldest_first(world: World) -> None:
    amina = await world.learner()
    ended, run_out, living = (
        a_token(amina.user_id),
        replace(a_token(amina.user_id, "phone"), expires_at=LATER),
        a_token(amina.user_id, "tablet"),
    )
    await added(world, ended, run_out, living)
    async with kept(world) as tokens:
        await tokens.end(amina.user_id, "laptop", at=NOW)
    async with kept(world, world.system()) as tokens:
        assert await tokens.forget(NOW - timedelta(seconds=1), limit=9) == 0
        assert await tokens.forget(LATER, limit=1) == 1
    assert await ended_ids(world, ended) == frozenset()
    async with kept(world, world.system()) as tokens:
        assert await tokens.forget(LATER, limit=9) == 1
        assert await tokens.forget(LATER, limit=9) == 0
    assert await held(world, living) is not None


async def ended_ids(world: World, *tokens: ApiToken) -> frozenset[SessionId]:
    port: EndedSignIns = await world.api.get(EndedSignIns)
    return await port.among(world.tenant_id, [SessionId(one.id) for one in tokens])


async def test_what_was_ended_is_told_as_an_ended_sign_in_is(world: World) -> None:
    amina = await world.learner()
    hers, another = a_token(amina.user_id), a_token(amina.user_id, "phone")
    await added(world, hers, another)
    assert await ended_ids(world, hers, another) == frozenset()
    async with kept(world) as tokens:
        await tokens.end(amina.user_id, "laptop", at=NOW)
    assert await ended_ids(world, hers, another) == {hers.id}


async def test_who_holds_a_token_is_known_with_the_roles_of_now(world: World) -> None:
    amina = await world.person(Role.LEARNER, Role.ADMIN)
    hers = a_token(amina.user_id)
    await added(world, hers)
    found = await held(world, hers)
    assert found is not None
    claims = found.claims
    assert (claims.user_id, claims.tenant_id) == (amina.user_id, world.tenant_id)
    assert (claims.session_id, claims.only) == (SessionId(hers.id), hers.scopes)
    assert claims.roles == {Role.LEARNER, Role.ADMIN}
    assert claims.expires_at == hers.expires_at
    assert claims.proved_at is None
    assert found.last_used_at is None


async def test_nobody_holds_what_was_ended_is_unknown_or_another_tenants(world: World) -> None:
    amina = await world.learner()
    hers, ended = a_token(amina.user_id), a_token(amina.user_id, "phone")
    await added(world, hers, ended)
    async with kept(world) as tokens:
        await tokens.end(amina.user_id, "phone", at=NOW)
    assert await held(world, ended) is None
    assert await held(world, a_token(amina.user_id)) is None
    assert await held(world, hers, TenantId(uuid4())) is None


async def test_nobody_holds_the_token_of_a_disabled_account(world: World) -> None:
    amina = await world.learner()
    hers = a_token(amina.user_id)
    await added(world, hers)
    async with world.scope(world.system()) as scope:
        users: Users = await scope.get(Users)
        async with (await scope.get(Transaction))(world.system()):
            email = (await users.peek(amina.user_id)).email
    await world.do(DisableAccount, world.system(), email, reason="A test")
    assert await held(world, hers) is None
    await added(world, late := a_token(amina.user_id))
    assert await held(world, late) is None


def of_service(name: str = "sums") -> ApiToken:
    return replace(a_token(UserId(uuid4()), name), user_id=None)


async def test_a_tenants_own_are_apart_from_those_of_people(world: World) -> None:
    amina = await world.learner()
    hers, sums = a_token(amina.user_id, "sums"), of_service()
    await added(world, hers, sums)
    async with kept(world, world.system()) as tokens:
        assert list(await tokens.living_of_services(at=NOW)) == [sums]
        assert await tokens.living_of_services(at=sums.expires_at) == []
        assert await tokens.end_all(amina.user_id, at=NOW) == [hers.id]
        assert await tokens.end_of_service("other", at=NOW) is None
        assert await tokens.end_of_service("sums", at=NOW) == sums.id
        assert await tokens.end_of_service("sums", at=NOW) is None
        assert await tokens.living_of_services(at=NOW) == []
    await added(world, of_service())


async def test_who_holds_a_tenants_own_is_a_service(world: World) -> None:
    sums = of_service()
    await added(world, sums)
    found = await held(world, sums)
    assert found is not None
    claims = found.claims
    assert (claims.user_id, claims.roles) == (NOBODY, frozenset())
    assert claims.principal_kind is PrincipalKind.SERVICE
    assert claims.only == sums.scopes


async def test_the_operator_sees_a_tenants_own_by_name(world: World) -> None:
    amina = await world.learner()
    await added(world, of_service("z"), of_service("a"), a_token(amina.user_id))
    found: Sequence[ApiTokenView] = await world.ask(ApiTokenReads, "of_services", world.system())
    assert [one.name for one in found] == ["a", "z"]
    assert [one.name for one in await listed(world, amina)] == ["laptop"]


async def test_a_use_is_kept_once_a_minute(world: World) -> None:
    amina = await world.learner()
    hers, another = a_token(amina.user_id), a_token(amina.user_id, "phone")
    await added(world, hers, another)
    port: HeldTokens = await world.api.get(HeldTokens)
    for seconds, expected in ((0, 0), (59, 0), (60, 60), (30, 60)):
        at = NOW + timedelta(seconds=seconds)
        await port.used(world.tenant_id, hers.id, at=at)
        found = await held(world, hers)
        assert found is not None
        assert found.last_used_at == NOW + timedelta(seconds=expected), seconds
    untouched = await held(world, another)
    assert untouched is not None
    assert untouched.last_used_at is None
    await port.used(world.tenant_id, ApiTokenId(uuid4()), at=NOW)


async def test_its_owner_sees_those_that_live_by_name(world: World) -> None:
    amina, bola = await world.learner(), await world.learner()
    ended = a_token(amina.user_id, "old")
    run_out = replace(a_token(amina.user_id, "out"), expires_at=NOW - timedelta(days=1))
    await added(world, a_token(amina.user_id, "phone"), a_token(amina.user_id), ended, run_out)
    async with kept(world) as tokens:
        await tokens.end(amina.user_id, "old", at=NOW)
    first, second = await listed(world, amina)
    assert (first.name, second.name) == ("laptop", "phone")
    assert first.scopes == ("badges:read", "roadmaps:read")
    assert await listed(world, bola) == []


async def test_nobody_sees_one_in_their_own_standing(world: World) -> None:
    amina = await world.learner()
    await added(world, a_token(amina.user_id))
    for who in (amina, await world.learner()):
        with suppress(Forbidden):  # PostgreSQL refuses a person's login the look itself
            async with kept(world, who) as tokens:
                assert await tokens.living(amina.user_id, at=NOW) == []
