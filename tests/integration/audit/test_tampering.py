"""Whatever an owner of the database does to the trail, it is found. Each by real SQL."""

import asyncpg
import pytest
from tests.conftest import Urls
from tests.integration.audit.trail import Trail
from tests.support.given.world import World

from skillbridge.adapters.anchors.file import FileAnchors
from skillbridge.application.audit.ports import Anchors
from skillbridge.application.audit.sealing import SealAudit
from skillbridge.application.audit.verification import VerifyAudit

pytestmark = [pytest.mark.row("C6", "B4"), pytest.mark.asvs("16.4.2")]

MINE = "from audit_entries where tenant_id = $1"
EDIT = {
    "the details": "details = jsonb_set(details, '{role}', '\"admin\"')",
    "who did it": "actor_id = gen_random_uuid(), actor_kind = 'person'",
    "to whom": "subject_id = gen_random_uuid()",
    "what was done": "action = 'AccountEnabled'",
    "when": "at = at + interval '1 microsecond'",
    "by which request": "request_id = 'another'",
    "by which request of the client": "correlation_id = 'another'",
    "from where": "network = '198.51.100.0/24'",
    "by which operator": "operator = 'somebody'",
    "what it is about": "category = 'configuration'",
    "when it was sealed": "sealed_at = sealed_at + interval '1 second'",
    "its seal": "hash = sha256(hash)",
}


@pytest.fixture
async def trail(world_on_postgres: World) -> Trail:
    """Ten entries, an anchor after the sixth."""
    made = Trail(world_on_postgres)
    await made.grow(6)
    await made.anchor()
    await made.grow(4)
    return made


async def test_nothing_is_wrong_with_what_nobody_touched(trail: Trail) -> None:
    verified = await trail.world.do(VerifyAudit, trail.world.system())
    assert (verified.entries, verified.last, verified.anchors) == (10, 10, 1)
    assert list(verified.findings) == []


@pytest.mark.parametrize("change", EDIT.values(), ids=EDIT)
async def test_an_entry_that_was_edited(trail: Trail, change: str) -> None:
    await trail.owner(f"update audit_entries set {change} where tenant_id = $1 and n = 8")
    found = await trail.found()
    assert found[0] == ("edited", 8)
    assert {n for _, n in found} <= {8, 9}


async def test_an_entry_that_was_dropped(trail: Trail) -> None:
    await trail.owner(f"delete {MINE} and n = 8")
    assert await trail.found() == [("missing", 8)]


async def test_the_first_entries_that_were_dropped(trail: Trail) -> None:
    await trail.owner(f"delete {MINE} and n <= 3")
    assert await trail.found() == [("missing", 1)]


async def test_an_entry_that_was_put_in(trail: Trail) -> None:
    """Beside another in its place, or in a place that was made for it."""
    again = (
        "insert into audit_entries select (jsonb_populate_record(e, jsonb_build_object("
        "'id', gen_random_uuid(), 'at', at + interval '1 microsecond'))).* {} and n = 8"
    )
    await trail.owner(again.format(MINE.replace("audit_entries", "audit_entries as e")))
    assert await trail.found() == [("twice", 8)]
    await trail.owner("update audit_entries set n = n + 1 where tenant_id = $1 and n >= 9")
    await trail.owner(
        "update audit_entries set n = 9 where (at, id) = (select at, id from audit_entries"
        " where tenant_id = $1 and n = 8 order by at desc limit 1)"
    )
    found = await trail.found()
    assert ("edited", 9) in found
    assert ("edited", 10) in found


async def test_entries_that_changed_places(trail: Trail) -> None:
    await trail.owner(
        "update audit_entries set n = 15 - n where tenant_id = $1 and n between 7 and 8"
    )
    found = await trail.found()
    assert {("edited", 7), ("edited", 8)} <= set(found)


async def test_entries_that_changed_places_with_all_but_their_places(trail: Trail) -> None:
    await trail.owner(
        "update audit_entries as e set details = other.details from audit_entries as other"
        " where e.tenant_id = $1 and other.tenant_id = $1 and e.n + other.n = 15"
        " and e.n between 7 and 8"
    )
    assert await trail.found() == [("edited", 7), ("edited", 8)]


async def test_a_tail_that_was_cut(trail: Trail) -> None:
    await trail.owner(f"delete {MINE} and n > 8")
    assert await trail.found() == [("cut", 9)]


async def test_a_tail_that_was_cut_with_what_the_sealer_remembers(trail: Trail) -> None:
    """Up to the anchor it cannot be told from a trail that has not grown; before it, it can."""
    await trail.owner(f"delete {MINE} and n > 4")
    await trail.owner(
        "update audit_heads set n = 4, hash = (select hash from audit_entries"
        " where tenant_id = $1 and n = 4) where tenant_id = $1"
    )
    assert await trail.found() == [("restored", 6)]


async def test_a_backup_that_was_restored(trail: Trail) -> None:
    """It knows nothing of what came after it; the anchor does."""
    for table in ("audit_entries", "audit_heads"):
        await trail.admin.execute(
            f"create temporary table kept_{table} as select * from {table} where tenant_id = $1",
            trail.world.tenant_id,
        )
    await trail.grow(2)
    await trail.anchor()
    for table in ("audit_entries", "audit_heads"):
        await trail.owner(f"delete from {table} where tenant_id = $1")
        await trail.owner(f"insert into {table} select * from kept_{table} where tenant_id = $1")
    assert await trail.found() == [("restored", 12)]
    await trail.grow(5)
    assert await trail.found() == [("rewritten", 12)], (
        "it has grown past the anchor by other entries"
    )


async def test_a_chain_that_was_made_anew(trail: Trail) -> None:
    """With right seals from the first entry to the head: only the anchor knows."""
    await trail.owner(
        "update audit_entries set subject_id = gen_random_uuid() where tenant_id = $1 and n = 3"
    )
    await trail.owner(
        "update audit_entries set n = null, hash = null, sealed_at = null where tenant_id = $1"
    )
    await trail.owner("delete from audit_heads where tenant_id = $1")
    await trail.world.do(SealAudit, trail.world.system())
    assert await trail.found() == [("rewritten", 6)]


async def test_an_anchor_that_was_changed_or_made_by_somebody_else(trail: Trail) -> None:
    anchors = await trail.world.worker.get(Anchors)
    assert isinstance(anchors, FileAnchors)
    text = anchors.path.read_text()
    for other in (text.replace('"n":6', '"n":7'), "{}\n", "no JSON\n"):
        anchors.path.write_text(other)
        assert await trail.found() == [("forged", 0)], other
    anchors.path.write_text(text + text[: len(text) // 2])
    assert await trail.found() == [], "half a line, as where the power went"


async def test_an_entry_that_waits_for_its_seal_too_long(trail: Trail) -> None:
    await trail.write(1)
    assert await trail.found() == []
    await trail.owner(
        "update audit_entries set at = at - interval '1 hour' where tenant_id = $1 and n is null"
    )
    assert await trail.found() == [("waiting", 11)]


async def test_the_trails_of_two_tenants_are_two_chains(trail: Trail) -> None:
    """An entry that was moved to another tenant is missing in one and strange in the other."""
    other = await trail.admin.fetchval(
        "insert into tenants (id, slug, name) values (gen_random_uuid(), $1, 'Other') returning id",
        f"o-{trail.world.tenant_id.hex}",
    )
    await trail.owner(
        "update audit_entries set tenant_id = $2 where tenant_id = $1 and n = 8", other
    )
    assert await trail.found() == [("missing", 8)]


@pytest.mark.asvs("16.4.2")
@pytest.mark.parametrize("login", ["app", "auth", "worker"])
@pytest.mark.parametrize(
    "sql",
    [
        "update audit_entries set action = 'Nothing' where n is not null",
        "update audit_entries set n = 1, hash = sha256(''), sealed_at = now() where n is not null",
        "delete from audit_entries",
        "truncate audit_entries",
        "alter table audit_entries disable trigger all",
        "drop table audit_entries",
        "update audit_entries_other set n = 1",
        "set session_replication_role = replica",
    ],
)
async def test_no_login_of_ours_changes_what_was_written(
    trail: Trail, urls: Urls, login: str, sql: str
) -> None:
    connection = await asyncpg.connect(getattr(urls, login))
    try:
        async with connection.transaction():
            for name, value in (("tenant_id", str(trail.world.tenant_id)), ("standing", "system")):
                await connection.execute("select set_config($1, $2, true)", f"app.{name}", value)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(sql)
    finally:
        await connection.close()
    assert await trail.found() == []


async def test_even_a_superuser_meets_the_triggers_first(trail: Trail) -> None:
    for sql in (
        "update audit_entries set action = 'Nothing'",
        "delete from audit_entries",
        "truncate audit_entries",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="never changed"):
            await trail.admin.execute(sql)
    assert await trail.found() == []


async def test_a_worker_that_seals_wrongly_is_found(trail: Trail) -> None:
    """Its login may write a seal where there is none: it cannot make it fit the chain."""
    await trail.write(1)
    await trail.owner(
        "update audit_entries set n = 11, hash = sha256('made up'), sealed_at = now()"
        " where tenant_id = $1 and n is null"
    )
    assert await trail.found() == [("edited", 11), ("rewritten", 10)]
