"""The declaration of sealed columns and the database's catalogue agree."""

import asyncpg
import pytest

from skillbridge.application.sealed_columns import SEALED_COLUMNS

pytestmark = pytest.mark.row("C5")
COLUMNS = """
    select table_name, column_name, data_type from information_schema.columns
    where table_schema = 'public'
"""
UNIQUE = """
    select c.relname, a.attname from pg_index as i
    join pg_class as c on c.oid = i.indrelid
    join pg_attribute as a on a.attrelid = c.oid and a.attnum = i.indkey[0]
    where i.indisunique and i.indnkeyatts = 1 and i.indpred is null
"""


async def test_every_column_that_is_called_sealed_is_declared_and_every_declared_one_is_there(
    admin: asyncpg.Connection,
) -> None:
    there = {(row[0], row[1]): row[2] for row in await admin.fetch(COLUMNS)}
    called = {
        place for place in there if place[1].startswith("sealed_") and place[1] != "sealed_at"
    }
    assert called == {(one.table, one.column) for one in SEALED_COLUMNS}
    for one in SEALED_COLUMNS:
        assert there[one.table, one.column] == "bytea"
        assert there[one.table, one.row] == "uuid"
        assert (one.table, "tenant_id") in there
        if one.index is not None:
            assert there[one.table, one.index] == "bytea"


async def test_a_row_of_each_is_named_by_a_unique_key(admin: asyncpg.Connection) -> None:
    unique = {tuple(row) for row in await admin.fetch(UNIQUE)}
    assert {(one.table, one.row) for one in SEALED_COLUMNS} <= unique


async def test_the_worker_may_move_each(admin: asyncpg.Connection) -> None:
    for one in SEALED_COLUMNS:
        for column in filter(None, (one.column, one.index)):
            for right in ("select", "update"):
                asked = "select has_column_privilege('skillbridge_worker', $1::text, $2::text, $3)"
                assert await admin.fetchval(asked, one.table, column, right)
