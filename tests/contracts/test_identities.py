"""What every collection of identities, and of requests to providers, promises on every backend."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.support.given.world import World

from skillbridge.application.accounts.ports.identities import (
    AuthorizationRequests,
    Identities,
    IdentityReads,
)
from skillbridge.application.accounts.views import IdentityView
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.authorization import AuthorizationRequest
from skillbridge.domain.accounts.identity import Identity
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Forbidden
from skillbridge.domain.ids import AuthorizationId, IdentityId, UserId

pytestmark = pytest.mark.row("C4", "A9")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ISSUER, SECOND = "https://github.com", timedelta(seconds=1)


@asynccontextmanager
async def kept(world: World, port: type[Any], actor: Actor | None = None) -> AsyncIterator[Any]:
    actor = actor or world.pre_authentication()
    async with world.scope(actor) as scope:
        found = await scope.get(port)
        async with (await scope.get(Transaction))(actor):
            yield found


def identity(world: World, owner: Actor, subject: str = "1", issuer: str = ISSUER) -> Identity:
    return Identity(IdentityId(uuid4()), world.tenant_id, owner.user_id, issuer, subject, NOW)


async def add(world: World, one: Identity) -> bool:
    async with kept(world, Identities) as identities:
        added: bool = await identities.add(one)
        return added


async def test_one_is_found_by_issuer_and_subject_alone(world: World) -> None:
    amina = await world.learner()
    one = identity(world, amina)
    assert await add(world, one)
    async with kept(world, Identities) as identities:
        assert await identities.found(ISSUER, "1") == one
        for issuer, subject in ((ISSUER, "2"), (ISSUER, ""), ("https://other.test", "1")):
            assert await identities.found(issuer, subject) is None


async def test_an_identity_is_one_accounts_and_an_account_has_one_of_an_issuer(
    world: World,
) -> None:
    amina, bola = await world.learner(), await world.learner()
    first = identity(world, amina)
    assert await add(world, first)
    assert not await add(world, identity(world, bola))
    assert not await add(world, identity(world, amina, "2"))
    second = replace(identity(world, amina, "1", "https://other.test"), created_at=NOW + SECOND)
    assert await add(world, second)
    assert await add(world, identity(world, bola, "2"))
    async with kept(world, Identities) as identities:
        assert await identities.of(amina.user_id) == [first, second]
    shown = await world.ask(IdentityReads, "of", amina)
    assert list(shown) == [
        IdentityView(one.id, one.issuer, one.subject, one.created_at) for one in (first, second)
    ]


async def test_what_is_removed_is_gone_and_may_come_again(world: World) -> None:
    amina = await world.learner()
    one = identity(world, amina)
    assert await add(world, one)
    for _ in range(2):
        async with kept(world, Identities) as identities:
            await identities.remove(one.id)
    async with kept(world, Identities) as identities:
        assert await identities.found(ISSUER, "1") is None
    assert await add(world, replace(one, id=IdentityId(uuid4())))


async def test_nobody_sees_them_in_their_own_standing(world: World) -> None:
    amina = await world.learner()
    assert await add(world, identity(world, amina))
    with suppress(Forbidden):  # PostgreSQL refuses a person's login the look itself
        async with kept(world, Identities, amina) as identities:
            assert await identities.of(amina.user_id) == []
    assert list(await world.ask(IdentityReads, "of", await world.learner())) == []


def asked(world: World, user_id: UserId | None = None, **more: Any) -> AuthorizationRequest:
    made = AuthorizationRequest(
        AuthorizationId(uuid4()),
        world.tenant_id,
        "github",
        bytes(32),
        NOW,
        user_id,
        "https://a.test",
    )
    return replace(made, **more)


@pytest.mark.asvs("10.2.1")
async def test_a_request_is_taken_once_in_time_and_by_whoever_began_it(world: World) -> None:
    amina = await world.learner()
    for user_id in (None, amina.user_id):
        request = asked(world, user_id)
        async with kept(world, AuthorizationRequests) as requests:
            await requests.add(request)
            assert await requests.get(request.id) == request
        early, other = NOW - SECOND, UserId(uuid4())
        right = (request.id, "github", bytes(32), user_id)
        async with kept(world, AuthorizationRequests) as requests:
            for wrong in (
                (AuthorizationId(uuid4()), *right[1:]),
                (request.id, "campus", *right[2:]),
                (*right[:2], b"\1" * 32, user_id),
                (*right[:3], other),
                (*right[:3], None if user_id else amina.user_id),
            ):
                assert not await requests.take(*wrong, at=early)
            assert not await requests.take(*right, at=NOW)
            assert await requests.take(*right, at=early)
            assert not await requests.take(*right, at=early)
            assert await requests.get(request.id) is None


async def test_what_nobody_finished_is_forgotten_the_oldest_first(world: World) -> None:
    ends = [NOW + SECOND * n for n in (2, 0, 1, 3)]
    many = [asked(world, expires_at=end) for end in ends]
    async with kept(world, AuthorizationRequests) as requests:
        for one in many:
            await requests.add(one)
    async with kept(world, AuthorizationRequests, world.system()) as requests:
        assert await requests.forget(NOW + SECOND * 2, limit=2) == 2
        assert await requests.forget(NOW + SECOND * 2, limit=2) == 1
        assert await requests.forget(NOW + SECOND * 2, limit=2) == 0
    async with kept(world, AuthorizationRequests) as requests:
        assert [await requests.get(one.id) for one in many] == [None, None, None, many[3]]


async def test_one_at_a_time_asks_a_provider_for_it_and_no_sooner_than_agreed(world: World) -> None:
    waits = asked(world, pace=5, asked_again_at=NOW, return_to=None)
    browser = asked(world)
    async with kept(world, AuthorizationRequests) as requests:
        for one in (waits, browser):
            await requests.add(one)
        assert await requests.get(waits.id) == waits
        until = NOW + SECOND * 20
        assert not await requests.hold(waits.id, at=NOW - SECOND, until=until)
        assert await requests.hold(waits.id, at=NOW, until=until)
        assert not await requests.hold(waits.id, at=until - SECOND, until=until + SECOND)
        assert (await requests.get(waits.id)).asked_again_at == until
        await requests.let_go(waits.id, 10, until=NOW + SECOND * 10)
        slower = replace(waits, pace=10, asked_again_at=NOW + SECOND * 10)
        assert await requests.get(waits.id) == slower
        assert await requests.hold(waits.id, at=NOW + SECOND * 10, until=until)
        for other in (browser.id, AuthorizationId(uuid4())):
            assert not await requests.hold(other, at=NOW + SECOND * 99, until=until)
        assert await requests.get(browser.id) == browser
