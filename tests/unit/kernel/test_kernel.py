"""The kernel that every context shares."""

from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from uuid import uuid4

import pytest

from skillbridge.domain import events
from skillbridge.domain.actor import NOBODY, Actor, PrincipalKind, Role
from skillbridge.domain.errors import Conflict, Faults, Invalid, SeveralFaults, TooMany, Unavailable
from skillbridge.domain.events.accounts import EmailVerified
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.names import EVENTS
from skillbridge.domain.ids import TenantId, UserId
from skillbridge.domain.level import Level
from skillbridge.domain.lifecycle import IllegalMove, Lifecycle
from skillbridge.domain.scopes import SCOPES, scopes_of

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    GONE = "gone"


LIFE = Lifecycle(
    Door,
    {
        "shut": ({Door.OPEN}, Door.SHUT),
        "open": ({Door.SHUT}, Door.OPEN),
        "remove": ({Door.OPEN, Door.SHUT}, Door.GONE),
    },
)


def test_a_verb_leads_where_the_table_says() -> None:
    assert LIFE.after("shut", Door.OPEN) is Door.SHUT
    assert LIFE.after("remove", Door.SHUT) is Door.GONE


def test_an_illegal_verb_names_the_possible_ones() -> None:
    with pytest.raises(IllegalMove, match=r"cannot open what is open: you can shut$"):
        LIFE.after("open", Door.OPEN, among=("open", "shut"))
    with pytest.raises(IllegalMove, match="not yours to move"):
        LIFE.after("open", Door.OPEN, among=("open",))
    with pytest.raises(Conflict, match="nothing can change it now"):
        LIFE.after("open", Door.GONE, among=("open", "shut"))


@pytest.mark.row("C3")
def test_a_person_has_what_each_of_their_roles_allows() -> None:
    assert scopes_of(frozenset()) == frozenset()
    assert scopes_of(frozenset({Role.LEARNER})) == SCOPES[Role.LEARNER]
    both = scopes_of(frozenset({Role.LEARNER, Role.MENTOR}))
    assert both == SCOPES[Role.LEARNER] | SCOPES[Role.MENTOR]


@pytest.mark.row("C3")
def test_pre_authentication_and_system_are_nobody_and_have_no_role() -> None:
    tenant = TenantId(uuid4())
    anonymous, system = Actor.pre_authentication(tenant), Actor.system(tenant, request_id="r")
    assert (anonymous.user_id, anonymous.roles, anonymous.principal_kind) == (
        NOBODY,
        frozenset(),
        PrincipalKind.PRE_AUTHENTICATION,
    )
    assert (system.user_id, system.roles, system.principal_kind) == (
        NOBODY,
        frozenset(),
        PrincipalKind.SYSTEM,
    )
    assert system.request_id == "r"


def test_two_events_are_equal_when_they_tell_the_same() -> None:
    user = UserId(uuid4())
    one, other = EmailVerified(user_id=user, at=AT), EmailVerified(user_id=user, at=AT)
    assert one == other
    assert one.id != other.id


def leaves(kind: type[Event]) -> set[type[Event]]:
    below = {leaf for sub in kind.__subclasses__() for leaf in leaves(sub)}
    return below or {kind}


def test_every_event_is_listed_by_its_name() -> None:
    shared_shapes = {"MatchEvent", "CohortRunEvent"}  # not events of their own
    names = {kind.__name__ for kind in leaves(Event) if kind.__module__.startswith(events.__name__)}
    assert names - shared_shapes == EVENTS.keys()
    assert list(EVENTS) == sorted(EVENTS)
    assert all(name == kind.__name__ for name, kind in EVENTS.items())


def test_events_hold_nothing_that_erasing_a_person_would_have_to_find() -> None:
    personal = {"email", "name", "phone", "password", "token"}
    for kind in EVENTS.values():
        assert not personal & {field.name for field in fields(kind)}, kind.__name__


def test_errors_carry_what_their_kind_needs() -> None:
    assert Invalid("wrong", field="goal").field == "goal"
    assert Invalid("wrong").field is None
    assert Invalid("wrong").faults[0].field is None
    assert TooMany("wait", retry_after=3).retry_after == 3
    assert Unavailable("away").retry_after == 5


def test_levels_are_in_order() -> None:
    assert [level.rank for level in Level] == [0, 1, 2]


def refuse(error: Invalid) -> None:
    raise error


def test_every_check_speaks_before_one_refuses() -> None:
    faults = Faults()
    with faults.noted():
        refuse(Invalid("no goal", field="goal"))
    with faults.noted("skills", "a/b", 3):
        refuse(SeveralFaults([Invalid("not a skill"), Invalid("no level")]))
    faults.unless(True, Invalid("nobody says this"))
    faults.unless(False, Invalid("too few"))
    with pytest.raises(SeveralFaults, match="no goal; not a skill; no level; too few") as caught:
        faults.refuse()
    named = [fault.field for fault in caught.value.faults]
    assert named == ["goal", "skills/a~1b/3", "skills/a~1b/3", None]


def test_a_single_fault_stays_what_it_is_and_none_is_none() -> None:
    faults = Faults()
    faults.refuse()
    only = Invalid("no goal", field="goal")
    faults.unless(False, only)
    with pytest.raises(Invalid) as caught:
        faults.refuse()
    assert caught.value is only


def test_what_is_no_fault_of_the_request_is_not_collected() -> None:
    with pytest.raises(TooMany), Faults().noted():
        raise TooMany("wait", retry_after=3)
