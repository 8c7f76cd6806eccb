"""The audit trail on both stores: what is kept, how it is sealed, and who reads it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.support.given.world import World

from skillbridge.application.audit.ports import AuditReads
from skillbridge.application.audit.sealing import SealAudit
from skillbridge.application.audit.searching import SearchAudit
from skillbridge.application.audit.verification import VerifyAudit
from skillbridge.application.audit.views import AuditEntry, Search
from skillbridge.application.paging import Key, PageRequest
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor, Caller, Role
from skillbridge.domain.audit.entry import ActorKind
from skillbridge.domain.events.accounts import PasswordChanged, RoleGranted, VerificationRequested
from skillbridge.domain.events.event import Category, Event
from skillbridge.domain.ids import RegistrationId, UserId

pytestmark = pytest.mark.row("C6", "B4", "A9")

EVERYTHING = Search()
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CALLER = Caller("0123456789abcdef", "192.0.2.0/24")


async def told(world: World, actor: Actor, *events: Event) -> None:
    async with world.scope(actor) as scope, (await scope.get(Transaction))(actor) as tx:
        tx.emit(*events)


async def kept(world: World, asked: Search = EVERYTHING, limit: int = 50) -> Sequence[AuditEntry]:
    found: Sequence[AuditEntry] = await world.items(
        AuditReads, "search", world.system(), asked, PageRequest(limit)
    )
    return found


def granted(user_id: UserId) -> RoleGranted:
    return RoleGranted(user_id=user_id, role="mentor", reason="Was asked to help", at=NOW)


async def test_what_is_audited_is_kept_with_who_did_it_to_whom_from_where(world: World) -> None:
    person = await world.learner()
    other = await world.learner()
    actor = replace(person, request_id="the client's own", caller=CALLER)
    before = datetime.now(UTC)
    await told(world, actor, event := granted(other.user_id))
    [entry] = await kept(world)
    assert before - timedelta(minutes=1) < entry.at < before + timedelta(minutes=1)
    assert entry == AuditEntry(
        id=event.id,
        at=entry.at,
        action="RoleGranted",
        category=Category.IAM,
        actor_kind=ActorKind.PERSON,
        actor_id=person.user_id,
        subject_id=other.user_id,
        operator=None,
        network="192.0.2.0/24",
        request_id="0123456789abcdef",
        correlation_id="the client's own",
        details={"role": "mentor", "reason": "Was asked to help"},
        n=None,
    )


async def test_on_whose_behalf_is_told_apart(world: World) -> None:
    person = await world.learner()
    operator = replace(world.system(), caller=Caller(operator="amina"))
    actors = (world.system(), world.pre_authentication(), person.before_authentication, operator)
    for actor in (*actors, person):
        await told(world, actor, PasswordChanged(user_id=person.user_id, at=NOW))
    found = [
        (entry.actor_kind.value, entry.actor_id, entry.operator) for entry in await kept(world)
    ]
    assert list(reversed(found)) == [
        ("system", None, None),
        ("nobody", None, None),
        ("person", person.user_id, None),
        ("operator", None, "amina"),
        ("person", person.user_id, None),
    ]


async def test_what_is_not_audited_leaves_no_entry(world: World) -> None:
    person = await world.learner()
    await told(
        world, person, VerificationRequested(registration_id=RegistrationId(person.user_id), at=NOW)
    )
    assert await kept(world) == []


async def test_of_what_was_given_up_nothing_is_kept(world: World) -> None:
    person = await world.learner()
    async with world.scope(person) as scope:
        with suppress(ZeroDivisionError):
            async with (await scope.get(Transaction))(person) as tx:
                tx.emit(granted(person.user_id))
                raise ZeroDivisionError
    assert await kept(world) == []


async def test_a_search_finds_what_fits_newest_first_page_by_page(world: World) -> None:
    one, other = await world.learner(), await world.learner()
    for actor, subject in ((one, other), (other, one), (one, one)):
        await told(world, replace(actor, caller=CALLER), granted(subject.user_id))
    await told(world, one, PasswordChanged(user_id=one.user_id, at=NOW))
    newest, *_, oldest = everything = await kept(world)
    assert [it.action for it in everything] == ["PasswordChanged", *["RoleGranted"] * 3]
    choices = {
        Search(action="RoleGranted"): 3,
        Search(actor_id=one.user_id): 3,
        Search(subject_id=one.user_id): 3,
        Search(actor_id=one.user_id, subject_id=one.user_id): 2,
        Search(action="RoleGranted", actor_id=other.user_id): 1,
        Search(request_id=CALLER.request_id): 3,
        Search(since=newest.at): 1,
        Search(until=newest.at): 3,
        Search(since=oldest.at, until=newest.at, action="PasswordChanged"): 0,
    }
    for asked, number in choices.items():
        assert len(await kept(world, asked)) == number, asked
    walked = list[AuditEntry]()
    page: PageRequest[Key] = PageRequest(3)
    found = await world.ask(AuditReads, "search", world.system(), Search(), page)
    walked += found.items
    found = await world.ask(
        AuditReads, "search", world.system(), Search(), PageRequest(3, found.next)
    )
    assert ([*walked, *found.items], found.next) == (list(everything), None)


async def test_administrators_read_their_own_tenants_trail_and_nobody_else_any(
    world: World,
) -> None:
    admin, learner = await world.person(Role.ADMIN), await world.learner()
    moderator = await world.person(Role.MODERATOR)
    await told(world, learner, granted(learner.user_id))
    for actor, number in ((admin, 1), (learner, 0), (moderator, 0)):
        found = await world.items(AuditReads, "search", actor, Search(), PageRequest(9))
        assert len(found) == number, actor.roles


async def test_who_looks_is_seen_looking(world: World) -> None:
    admin = replace(await world.person(Role.ADMIN), caller=CALLER)
    asked = Search(action="AuditSearched", subject_id=admin.user_id)
    await world.do(SearchAudit, admin, asked, PageRequest(9))
    [entry] = await kept(world)
    assert (entry.action, entry.actor_id) == ("AuditSearched", admin.user_id)
    assert entry.details == {"asked": ["action=AuditSearched", f"subject={admin.user_id}"]}


async def test_entries_are_sealed_in_the_order_in_which_they_were_written(world: World) -> None:
    person = await world.learner()
    for _ in range(3):
        await told(world, person, granted(person.user_id), granted(person.user_id))
    assert [entry.n for entry in await kept(world)] == [None] * 6
    assert await world.do(SealAudit, world.system()) == 6
    assert await world.do(SealAudit, world.system()) == 0
    await told(world, person, granted(person.user_id))
    assert await world.do(SealAudit, world.system()) == 1
    assert [entry.n for entry in await kept(world)][::6] == [7, 1]
    verified = await world.do(VerifyAudit, world.system())
    assert (verified.entries, verified.last, list(verified.findings)) == (7, 7, [])
