"""Statements say whose rows they mean: all of them, and one that does not is seen."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Uuid, bindparam, delete, exists, insert, select, update
from sqlalchemy.sql.expression import ClauseElement
from tools import statements

from skillbridge.adapters import postgres
from skillbridge.adapters.postgres.engine.clauses import ACTOR, here, mine, own
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.adapters.postgres.notifications.tables import notices
from skillbridge.adapters.postgres.profiles.tables import profiles
from skillbridge.adapters.postgres.progress.tables import completions
from skillbridge.adapters.postgres.roadmaps.tables import roadmaps

pytestmark = pytest.mark.row("B2", "B11")

_named = bindparam("id", type_=Uuid)
_other = profiles.alias("other")
PLANTED: dict[str, tuple[ClauseElement, set[tuple[str, str]]]] = {
    "mine": (select(notices).where(mine(notices)), set()),
    "own": (update(roadmaps).where(own(roadmaps), roadmaps.c.id == _named).values(title=""), set()),
    "anybody's": (select(notices).where(here(notices)), {("notices", "owner")}),
    "of any tenant": (
        select(notices).where(notices.c.user_id == ACTOR),
        {("notices", "tenant")},
    ),
    "of the tenant, by a comparison within": (
        select(notices).where(
            exists().where(here(notices), notices.c.user_id == ACTOR).correlate(None)
        ),
        {("notices", "tenant"), ("notices", "owner")},
    ),
    "joined from any tenant": (
        select(notices, _other.c.name)
        .join(_other, _other.c.user_id == notices.c.user_id)
        .where(mine(notices)),
        {("profiles", "tenant")},
    ),
    "within, of any tenant": (
        select(roadmaps.c.id, select(completions.c.module_id)
               .where(completions.c.roadmap_id == roadmaps.c.id).scalar_subquery())
        .where(mine(roadmaps)),
        {("completions", "tenant"), ("completions", "owner")},
    ),
    "gone in any tenant": (delete(notices), {("notices", "tenant"), ("notices", "owner")}),
    "changed in any tenant": (
        update(notices).where(notices.c.user_id == ACTOR).values(read_at=None),
        {("notices", "tenant")},
    ),
    "into no tenant": (insert(completions).values(module_id="", roadmap_id=_named), {("completions", "tenant")}),
}  # fmt: skip


def test_every_statement_names_the_tenant_and_the_owner() -> None:
    assert statements.nameless() == []


@pytest.mark.parametrize("excused", statements.OF_NOBODY)
def test_what_is_excused_has_to_be(excused: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(statements.OF_NOBODY, excused)
    assert {found.partition(":")[0] for found in statements.nameless()} == {excused}


@pytest.mark.parametrize("planted", PLANTED)
def test_one_that_names_none_is_seen(planted: str) -> None:
    statement, missing = PLANTED[planted]
    assert set(statements.unnamed(Query(statement))) == missing


def test_what_reads_locks_nothing() -> None:
    package = Path(postgres.__path__[0])
    found = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if path.name in {"reads.py", "learners.py", "pool.py"}
        and re.search(r"with_for_update|advisory|app\.lock_", path.read_text())
    }
    assert found == set()
