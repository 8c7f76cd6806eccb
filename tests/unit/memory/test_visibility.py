"""Both stores show the same rows: one matrix says whose, and the memory reads PostgreSQL's policies."""

import re
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from tests.integration.walls.test_sql import ACTORS, MATRIX, SYSTEM

from skillbridge.adapters.memory.store import Store, Table
from skillbridge.adapters.memory.visibility import RULES, policies
from skillbridge.adapters.migrations import migrations
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.ids import SessionId, TenantId, UserId
from skillbridge.domain.matching.match import MatchStatus

pytestmark = pytest.mark.row("A9", "B11")

HERE, ABROAD = TenantId(uuid4()), TenantId(uuid4())
AMINA, NEIGHBOUR, FOREIGNER, SEEKER = (UserId(uuid4()) for _ in range(4))
BY_NAME = (
    *(Actor.person(AMINA, HERE), Actor.person(NEIGHBOUR, HERE), Actor.person(FOREIGNER, ABROAD)),
    *(Actor.person(AMINA, ABROAD), None),
    *(Actor.pre_authentication(HERE), Actor.pre_authentication(ABROAD), None),
    Actor.service(HERE, SessionId(uuid4())),
)
WHO = {name: who for name, who in zip(ACTORS, BY_NAME, strict=True) if who is not None}
"""Not the two who deceive a login or say nothing to it: within a process there is none."""
NO_TENANTS = {"alembic_version", "tenants", "processes", "job_tallies"}
FOUND = {
    *("users", "sign_ins", "refresh_tokens", "registrations", "one_time_proofs", "second_factors"),
    *(
        "passkeys",
        "spent_challenges",
        "api_tokens",
        "identities",
        "authorization_requests",
        "phones",
    ),
}
"""What signing in finds by functions in PostgreSQL, where its login reads no table."""
TABLES = sorted(MATRIX.keys() - NO_TENANTS)


def person(user_id: UserId, *roles: Role, **more: Any) -> SimpleNamespace:
    """Any row that is this person's, under each name that a column has for it."""
    return SimpleNamespace(
        id=user_id, user_id=user_id, learner_id=user_id, mentor_id=None, roles=set(roles), **more
    )


def town(table: str) -> Store:
    """Amina mentors, the neighbour administers, and a cohort's rows are nobody's own."""
    store = Store()
    hers = SEEKER if table in {"cohort_runs", "placements"} else AMINA
    offer = SimpleNamespace(accepting=True)
    store.rows = {
        (HERE, "users"): {NEIGHBOUR: person(NEIGHBOUR, Role.ADMIN)},
        (HERE, "mentors"): {AMINA: person(AMINA, offer=offer)},
    }
    if table == "avatars":
        store.rows[HERE, "profiles"] = {AMINA: person(AMINA)}
    store.rows.setdefault((HERE, table), {})["hers"] = person(hers)
    return store


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", WHO)
def test_a_person_sees_what_the_matrix_says(table: str, name: str) -> None:
    may = MATRIX[table][ACTORS.index(name)]
    if WHO[name] == Actor.pre_authentication(HERE) and table in FOUND:
        may += "s"
    assert ("hers" in Table(town(table), WHO[name], table)) is ("s" in may)


@pytest.mark.parametrize("table", TABLES)
def test_the_system_sees_what_the_matrix_says(table: str) -> None:
    seen = "hers" in Table(town(table), Actor.system(HERE), table)
    assert seen is ("s" in SYSTEM[table]), (
        "the policy shows the system these rows and no grant does, or the other way round"
    )
    assert "hers" not in Table(town(table), Actor.system(ABROAD), table)


def test_a_table_without_a_policy_shows_nothing() -> None:
    assert not Table(town("thank_yous"), Actor.system(HERE), "thank_yous")


def test_what_is_not_shown_is_not_deleted() -> None:
    store = town("roadmaps")
    with pytest.raises(KeyError):
        del Table(store, WHO["neighbour"], "roadmaps")["hers"]
    assert store.rows[HERE, "roadmaps"]


@pytest.mark.parametrize("status", MatchStatus)
@pytest.mark.parametrize("learner_first", [True, False])
def test_each_side_sees_the_others_profile_until_the_match_is_over(
    status: MatchStatus, *, learner_first: bool
) -> None:
    pair = (SEEKER, FOREIGNER) if learner_first else (FOREIGNER, SEEKER)
    store = Store()
    store.rows = {
        (HERE, "profiles"): {SEEKER: person(SEEKER), NEIGHBOUR: person(NEIGHBOUR)},
        (HERE, "matches"): {
            1: SimpleNamespace(learner_id=pair[0], mentor_id=pair[1], status=status)
        },
    }
    seen = {SEEKER} if status in {MatchStatus.REQUESTED, MatchStatus.ACTIVE} else set()
    assert set(Table(store, Actor.person(FOREIGNER, HERE), "profiles")) == seen
    assert SEEKER not in Table(store, Actor.person(AMINA, HERE), "profiles")


@pytest.mark.parametrize("side", ["learner_id", "mentor_id"])
def test_administrators_see_the_profiles_of_the_placed_and_no_others(side: str) -> None:
    store = Store()
    placement = SimpleNamespace(**{"learner_id": None, "mentor_id": None, side: SEEKER})
    store.rows = {
        (HERE, "users"): {NEIGHBOUR: person(NEIGHBOUR, Role.ADMIN)},
        (HERE, "profiles"): {SEEKER: person(SEEKER), AMINA: person(AMINA)},
        (HERE, "placements"): {1: placement},
    }
    assert set(Table(store, WHO["neighbour"], "profiles")) == {SEEKER}
    assert SEEKER not in Table(store, WHO["owner"], "profiles")


def test_every_policy_for_reading_is_known_here() -> None:
    text = (migrations() / "sql" / "current" / "policies.sql").read_text()
    rows = re.findall(r"^ +\('(\w+)', '\w+', '(?:select|all)',", text, re.MULTILINE)
    assert rows
    assert len(rows) == sum(len(found) for found in policies().values())
    own = dict(re.findall(r"^create policy (\w+) on (\w+) for (?:select|all)", text, re.MULTILINE))
    ours = {name: table for table, rules in RULES.items() for name in rules}
    databases_own = {"system_writes": "tenants"} | dict.fromkeys(
        ("tenant_finds", "triggers_write"), "mentor_documents"
    )
    assert own == ours | databases_own
