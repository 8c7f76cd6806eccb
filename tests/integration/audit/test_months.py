"""Partitions of the trail: months come before they are needed, and go as a whole when their term is over."""

from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from tests.conftest import Urls
from tests.integration.audit.trail import Trail
from tests.support.given.world import World

from skillbridge.application.audit.anchoring import KeepAuditMonths
from skillbridge.application.audit.ports import Months
from skillbridge.application.audit.verification import VerifyAudit
from skillbridge.application.audit.views import Search
from skillbridge.application.ports.transaction import Transaction

pytestmark = pytest.mark.row("B6", "C6")

MONTHS = """select c.relname from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
    where i.inhparent = 'audit_entries'::regclass order by 1"""


async def months(admin: asyncpg.Connection) -> list[str]:
    return [row[0].removeprefix("audit_entries_") for row in await admin.fetch(MONTHS)]


async def prepared(world: World, today: date, ahead: int) -> None:
    actor = world.system()
    async with world.scope(actor) as scope:
        kept, transaction = await scope.get(Months), await scope.get(Transaction)
        async with transaction(actor):
            await kept.prepare(today, ahead)


async def retired(world: World, before: date) -> list[str]:
    actor = world.system()
    async with world.scope(actor) as scope:
        kept, transaction = await scope.get(Months), await scope.get(Transaction)
        async with transaction(actor):
            return [name.removeprefix("audit_entries_") for name in await kept.retire(before)]


@pytest.fixture
async def trail(world_on_postgres: World) -> Trail:
    return Trail(world_on_postgres)


async def test_months_come_before_they_are_needed(trail: Trail) -> None:
    await prepared(trail.world, date(2031, 11, 30), 3)
    made = ["2031_11", "2031_12", "2032_01", "2032_02"]
    assert [name for name in await months(trail.admin) if name[:4] in {"2031", "2032"}] == made
    await prepared(trail.world, date(2031, 12, 1), 2)
    assert [name for name in await months(trail.admin) if name[:4] in {"2031", "2032"}] == made
    for name in made:
        await trail.admin.execute(f"drop table audit_entries_{name}")


async def test_the_clock_finds_everything_done_already(trail: Trail) -> None:
    before = await months(trail.admin)
    await trail.world.do(KeepAuditMonths, trail.world.system())
    assert await months(trail.admin) == before
    now = datetime.now(UTC)
    assert {f"{now:%Y_%m}", "other"} <= set(before)
    assert len(before) >= 5


async def test_what_no_month_takes_is_kept_and_its_month_stays_there(trail: Trail) -> None:
    await trail.grow(1)
    await trail.owner("update audit_entries set at = '2032-06-15' where tenant_id = $1")
    await prepared(trail.world, date(2032, 6, 1), 0)
    assert "2032_06" not in await months(trail.admin)
    assert await trail.admin.fetchval(
        "select count(*) from audit_entries_other where tenant_id = $1", trail.world.tenant_id
    )
    await trail.owner("delete from audit_entries where tenant_id = $1")


async def an_old_month(trail: Trail, name: str = "2020_02") -> None:
    """Three entries of then, and two of today."""
    year, month = map(int, name.split("_"))
    await prepared(trail.world, date(year, month, 1), 0)
    await trail.write(3)
    await trail.owner(
        "update audit_entries set at = make_timestamptz($2, $3, 9, 9, 0, 0, 'UTC') where tenant_id = $1",
        *(year, month),
    )
    await trail.grow(2)


async def test_a_month_goes_when_its_term_is_over_and_the_chain_still_verifies(
    trail: Trail,
) -> None:
    await an_old_month(trail)
    assert await retired(trail.world, date(2020, 2, 29)) == [], "not yet over"
    assert await retired(trail.world, date(2020, 3, 1)) == ["2020_02"]
    assert "2020_02" not in await months(trail.admin)
    verified = await trail.world.do(VerifyAudit, trail.world.system())
    assert (verified.entries, verified.last, list(verified.findings)) == (2, 5, [])
    await trail.grow(1)
    verified = await trail.world.do(VerifyAudit, trail.world.system())
    assert (verified.entries, verified.last, list(verified.findings)) == (4, 7, [])
    asked = Search(action="AuditRetired")
    [entry] = await trail.entries(asked)
    assert (entry.details["through"], entry.n) == (3, 6)


async def test_who_drops_a_month_without_saying_so_is_found(trail: Trail) -> None:
    await an_old_month(trail, "2020_04")
    await trail.admin.execute("drop table audit_entries_2020_04")
    assert await trail.found() == [("missing", 1)]


async def test_a_month_that_holds_what_has_no_seal_stays(trail: Trail) -> None:
    await an_old_month(trail, "2020_05")
    await trail.write(1)
    await trail.owner(
        "update audit_entries set at = '2020-05-20' where tenant_id = $1 and n is null"
    )
    assert await retired(trail.world, date(2021, 1, 1)) == []
    await trail.admin.execute("drop table audit_entries_2020_05")


async def test_whatever_is_asked_two_years_are_kept(trail: Trail) -> None:
    recent = datetime.now(UTC) - timedelta(days=400)
    await an_old_month(trail, f"{recent:%Y_%m}")
    assert await retired(trail.world, date(2100, 1, 1)) == []
    assert await trail.found() == []
    await trail.admin.execute(f"drop table audit_entries_{recent:%Y_%m}")


@pytest.mark.parametrize("login", ["app", "auth"])
async def test_only_workers_make_and_retire_months(urls: Urls, login: str) -> None:
    connection = await asyncpg.connect(getattr(urls, login))
    for sql in ("app.prepare_audit('2031-01-01', 1)", "app.retire_audit('2031-01-01')"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"select {sql}")
    await connection.close()
