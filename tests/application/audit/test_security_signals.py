"""Signals become one mail an hour, whoever floods; and what could not be kept is raised again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from structlog.testing import capture_logs
from tests.application.accounts.people import Visitor
from tests.support.given.world import World

from skillbridge.application.accounts.administration import DisableAccount
from skillbridge.application.accounts.ports.users import AccountReads, Users
from skillbridge.application.accounts.role_mails import TellOfRole
from skillbridge.application.accounts.second_step import VerifySecondFactor
from skillbridge.application.accounts.views import SentMail
from skillbridge.application.audit import verification, warning
from skillbridge.application.audit.ports import AuditReads, SignalReads
from skillbridge.application.audit.sealing import SealAudit
from skillbridge.application.audit.searching import CountSignals
from skillbridge.application.audit.views import AuditEntry, Search
from skillbridge.application.audit.warning import SignalTheft, WarnOfSignals, WarnOfWaitingSignals
from skillbridge.application.audit.watching import WatchAudit
from skillbridge.application.paging import PageRequest
from skillbridge.application.ports.sightings import Sightings
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.security_signals import SecuritySignals
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.user import WrongCredentials
from skillbridge.domain.actor import Actor, Caller, Role
from skillbridge.domain.errors import Forbidden, Unavailable
from skillbridge.domain.events.accounts import RoleGranted, SessionStolen
from skillbridge.domain.events.audit import SecuritySignalRaised
from skillbridge.domain.ids import EventId, SessionId, UserId

pytestmark = [pytest.mark.row("C6", "A9"), pytest.mark.asvs("16.3.3")]

GUESSED = 15
BOSS, LONG_AGO = "boss@example.org", datetime(2020, 1, 1, tzinfo=UTC)
KEPT = 20


async def kept(world: World, action: str = "SecuritySignalRaised") -> Sequence[AuditEntry]:
    found: Sequence[AuditEntry] = await world.items(
        AuditReads, "search", world.system(), Search(action=action), PageRequest(100)
    )
    return found


async def mails(world: World) -> list[SentMail]:
    """To administrators, the oldest first."""
    await world.settle()
    return [mail for mail in await world.mails() if "security signal" in mail.subject][::-1]


async def stolen(world: World, actor: Actor | None = None) -> None:
    """A signal of an account of its own."""
    by = actor or world.pre_authentication()
    async with world.scope(by) as scope:
        signals: SecuritySignals = await scope.get(SecuritySignals)
        await signals.stolen(by, UserId(uuid4()), EventId(uuid4()))


async def test_a_burst_is_one_mail_and_what_follows_within_the_hour_another_that_counts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.person(Role.ADMIN, email=BOSS)
    await stolen(world)
    (first,) = await mails(world)
    assert (first.to, first.subject) == (BOSS, "A security signal")
    for _ in range(5):
        await stolen(world)
    for _ in range(3):
        await world.do(WarnOfWaitingSignals, world.system())
        assert len(await mails(world)) == 1, "at most one an hour"
    monkeypatch.setattr(warning, "TOLD_EVERY", timedelta(0))
    await world.do(WarnOfWaitingSignals, world.system())
    _, second = await mails(world)
    assert second.subject == "5 security signals"
    assert "5 times: A credential was used by two parties (token-theft)" in second.text
    await world.do(WarnOfWaitingSignals, world.system())
    assert len(await mails(world)) == 2, "each signal is in one mail"


async def test_what_was_sealed_before_it_was_told_is_told_all_the_same(world: World) -> None:
    """Signals are counted by their place in the chain, whoever gave it to them."""
    await world.person(Role.ADMIN, email=BOSS)
    await stolen(world)
    await world.do(SealAudit, world.system())
    assert [mail.to for mail in await mails(world)] == [BOSS]


async def test_a_flood_of_subjects_fills_neither_the_trail_nor_a_mailbox(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.person(Role.ADMIN, email=BOSS)
    caplog.clear()
    for _ in range(10 * KEPT):
        await stolen(world)
    assert len(await kept(world)) == KEPT
    lines = [vars(it) for it in caplog.records if it.message == "signal.raised"]
    assert Counter(it["kept"] for it in lines) == {True: KEPT, False: 9 * KEPT}
    assert all(it["levelname"] == "WARNING" and it["signal"] == "token-theft" for it in lines)
    assert len({it["user"] for it in lines}) == 10 * KEPT, "what no trail keeps, the log has"
    assert len(await mails(world)) == 1
    everybody = await world.ask(SignalReads, "counts", world.system(), LONG_AGO)
    assert [(one.kind, one.raised) for one in everybody] == [("token-theft", KEPT)]


async def test_one_subject_is_one_signal_however_often_it_comes(world: World) -> None:
    anonymous, session, user = world.pre_authentication(), SessionId(uuid4()), UserId(uuid4())
    async with world.scope(anonymous) as scope:
        signals: SecuritySignals = await scope.get(SecuritySignals)
        for _ in range(200):
            await signals.without_key(anonymous, session, user)
    (entry,) = await kept(world)
    assert (entry.subject_id, entry.details["kind"]) == (user, "key-missing")


async def test_administrators_who_may_sign_in_are_told_and_nobody_else(world: World) -> None:
    for role, email in ((Role.ADMIN, BOSS), (Role.ADMIN, "gone@example.org")):
        await world.person(role, email=email)
    await world.do(DisableAccount, world.system(), "gone@example.org", reason="left")
    for role in (Role.MODERATOR, Role.MENTOR):
        await world.person(role)
    found = await world.ask(AccountReads, "administrators", world.system(), limit=9)
    assert [one.email for one in found] == [BOSS]
    await stolen(world)
    assert {mail.to for mail in await mails(world)} == {BOSS}


async def test_the_oldest_of_very_many_administrators_are_told(world: World) -> None:
    for number in range(3):
        await world.person(Role.ADMIN, email=f"boss{number}@example.org")
    found = await world.ask(AccountReads, "administrators", world.system(), limit=2)
    assert [one.email for one in found] == ["boss0@example.org", "boss1@example.org"]


async def test_the_reaction_to_a_theft_may_run_twice(world: World) -> None:
    event = SessionStolen(user_id=(await world.learner()).user_id, at=datetime.now(UTC))
    for _ in range(2):
        await world.do(SignalTheft, world.system(), event)
    assert len(await kept(world)) == 1
    again = SessionStolen(user_id=event.user_id, at=datetime.now(UTC))
    await world.do(SignalTheft, world.system(), again)
    assert len(await kept(world)) == 1, "one a day of one account, however many of its sign-ins"


async def test_the_reaction_to_a_signal_may_run_twice(world: World) -> None:
    await world.person(Role.ADMIN, email=BOSS)
    await stolen(world)
    event = SecuritySignalRaised(
        kind="token-theft", severity="high", threshold=1, window_seconds=1, at=datetime.now(UTC)
    )
    for _ in range(2):
        await world.do(WarnOfSignals, world.system(), event)
    assert len(await kept(world, "AdministratorsWarned")) == 1
    assert len(await mails(world)) == 1


async def test_what_could_not_be_kept_is_raised_by_the_next_and_the_refusal_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    anonymous, user = world.pre_authentication(), UserId(uuid4())

    def away(*_: Any, **__: Any) -> Any:
        raise Unavailable("the database is away")

    async with world.scope(anonymous) as scope:
        signals: SecuritySignals = await scope.get(SecuritySignals)
        broken = replace(signals, transaction=away)
        await broken.stolen(anonymous, user, EventId(uuid4()))
        assert await kept(world) == []
        await signals.stolen(anonymous, user, EventId(uuid4()))
    assert len(await kept(world)) == 1


async def test_who_did_it_stands_beside_whom_it_is_about(world: World) -> None:
    """The pre-authentication principal writes it on behalf of whoever asked, and a service is nobody."""
    person = replace(await world.learner(), caller=Caller("ab" * 16, "192.0.2.0/24"))
    service = Actor.service(world.tenant_id, SessionId(uuid4()))
    for actor in (person, service, world.system()):
        async with world.scope(actor) as scope:
            signals: SecuritySignals = await scope.get(SecuritySignals)
            for _ in range(3):
                await signals.database_refused(actor)
    reasons = [it.details["reason"] for it in await kept(world)][::-1]
    assert reasons == ["", f"token {service.session_id}", ""]
    found = [
        (it.actor_kind.value, it.actor_id, it.subject_id, it.network) for it in await kept(world)
    ]
    assert found[::-1] == [
        ("person", person.user_id, person.user_id, "192.0.2.0/24"),
        ("nobody", None, None, None),
        ("system", None, None, None),
    ]


async def test_who_counts_signals_is_seen_counting_and_sees_their_own_tenant(world: World) -> None:
    admin, learner = await world.person(Role.ADMIN), await world.learner()
    await stolen(world)
    found = await world.do(CountSignals, admin, LONG_AGO)
    assert [(one.kind, one.raised) for one in found] == [("token-theft", 1)]
    assert found[0].newest == (await kept(world))[0].at
    (looked,) = await kept(world, "AuditSearched")
    assert looked.details["asked"][0] == "action=SecuritySignalRaised"
    assert await world.ask(SignalReads, "counts", learner, LONG_AGO) == []
    later = datetime.now(UTC) + timedelta(days=1)
    assert await world.ask(SignalReads, "counts", admin, later) == []


async def test_a_log_in_that_is_right_looks_at_no_sighting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is let in costs nothing: not one question more."""
    sightings = await world.api.get(Sightings)
    asked = Counter[str]()

    async def sight(name: str, **_: Any) -> bool:
        asked[name] += 1
        return False

    monkeypatch.setattr(type(sightings), "sight", lambda _, name, **more: sight(name, **more))
    amina = Visitor(world)
    tokens = await amina.arrive()
    await amina.refresh(tokens.refresh_token)
    assert not asked


async def test_wrong_codes_count_as_wrong_passwords_of_the_account_do(world: World) -> None:
    anonymous, amina = world.pre_authentication(), Visitor(world)
    await amina.arrive()
    for number in range(GUESSED - 5):
        with pytest.raises(WrongCredentials):
            await amina.log_in("wrong", origin=Origin(f"198.51.100.{number}"))
    async with world.scope(anonymous) as scope:
        second_step: VerifySecondFactor = await scope.get(VerifySecondFactor)
        users, transaction = await scope.get(Users), await scope.get(Transaction)
        async with transaction(anonymous, read_only=True):
            user = await users.with_email(amina.email)
        for number in range(5):
            assert await kept(world) == [], number
            await second_step.tell_of_guesses(anonymous, user)
    (entry,) = await kept(world)
    assert (entry.subject_id, entry.details["kind"]) == (user.id, "guessing")


async def test_what_the_database_refuses_a_worker_is_a_signal_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: Any) -> None:
        error = Forbidden("this is not yours to change")
        error.by_database = True
        raise error

    monkeypatch.setattr(TellOfRole, "__call__", refused)
    system, learner = world.system(), await world.learner()
    async with world.scope(system) as scope, (await scope.get(Transaction))(system) as tx:
        tx.emit(
            RoleGranted(
                user_id=learner.user_id, role="mentor", reason="helps", at=datetime.now(UTC)
            )
        )
    with capture_logs():
        await world.settle()
    (entry,) = await kept(world)
    assert (entry.details["kind"], entry.actor_kind) == ("database-refused", "system")


async def test_an_entry_that_waits_for_its_seal_is_no_broken_trail(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After every worker was away it waits for a second; who verifies by hand is told of it."""
    monkeypatch.setattr(verification, "PATIENCE", -timedelta(days=1))
    await stolen(world)
    found = await world.do(WatchAudit, world.system())
    assert [one.fault.value for one in found.findings] == ["waiting"]
    assert [it.details["kind"] for it in await kept(world)] == ["token-theft"]
