"""`python -m tools.statements`: whether each statement of the PostgreSQL adapters says whose rows it means.

Each part of a statement that reads or changes a table says of which tenant, and of a table whose rows
belong to people, whose. The policies ask the same; neither leans on the other.
"""

import pkgutil
import re
import sys
from collections.abc import Iterator
from importlib import import_module

from sqlalchemy import Delete, FromClause, Insert, Join, Select, Table, Update
from sqlalchemy.sql.elements import BinaryExpression, ColumnClause
from sqlalchemy.sql.selectable import Alias, SelectBase
from sqlalchemy.sql.visitors import ExternallyTraversible

from skillbridge.adapters import postgres
from skillbridge.adapters.postgres.engine.statements import Pages, Query
from skillbridge.adapters.postgres.tables import metadata

WITHIN = f"{postgres.__name__}."
INSERTED = re.compile(r"INSERT INTO (\w+) \(([^)]*)\)")
OF_ALL_TENANTS = {
    "audit.unsealed": "the sealer asks of which tenants something waits, and only the worker's login reads so much",
    "kernel.jobs": "the ledger of jobs is one for all tenants, and only the worker's login reads it",
}
"""Modules whose statements name no tenant, and why."""
OF_NOBODY = {
    "accounts.writes.REVOKE_EVERYBODYS": "the system ends everybody's",
    "accounts.writes.FORGET_TOKENS": "the system asks for everybody's",
    "accounts.writes.FORGET_SIGN_INS": "the system asks for everybody's",
    "matching.writes.OVERDUE": "the system asks for everybody's",
    "ranking.reads.PAGE": "the system asks for everybody's",
    "ranking.writes.FORGET": "the system asks for everybody's",
    "uploads.reads.OWNER": "whoever may see the profile, which the policy asks of those of profiles",
}
"""Statements that name no owner, and why."""


def statements() -> Iterator[tuple[str, Query]]:
    """Each that a module has made, by the name of the first that has it."""
    seen: set[int] = set()
    for module in pkgutil.walk_packages(postgres.__path__, WITHIN):
        for name, value in vars(import_module(module.name)).items():
            for query in _queries(value):
                if id(query) not in seen:
                    seen.add(id(query))
                    yield f"{module.name.removeprefix(WITHIN)}.{name}", query


def _queries(value: object) -> Iterator[Query]:
    if isinstance(value, Query):
        yield value
    elif isinstance(value, Pages):
        yield from (value.first, value.following)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _queries(one)


def unnamed(query: Query) -> Iterator[tuple[str, str]]:
    """Tables of which a part of the statement names no tenant, or no owner."""
    for table, columns in INSERTED.findall(query.sql):
        if "tenant_id" in metadata.tables[table].c and "tenant_id" not in columns:
            yield table, "tenant"
    yield from _parts(query.statement, frozenset())


def _parts(
    statement: ExternallyTraversible, around: frozenset[FromClause]
) -> Iterator[tuple[str, str]]:
    here = around
    if isinstance(statement, Select | Update | Delete):
        tables, conditions = _read(statement)
        for rows in set(tables) - around:
            table = rows.element if isinstance(rows, Alias) else rows
            if isinstance(table, Table) and "tenant_id" in table.c:
                compared = set(_compared(rows, conditions))
                if "tenant_id" not in compared:
                    yield table.name, "tenant"
                owners = set(table.info.get("owners", ()))
                if owners and not owners & compared:
                    yield table.name, "owner"
        here = around | frozenset(tables)
    for part in _children(statement):
        yield from _parts(part, here)


def _read(
    statement: "Select[tuple[object, ...]] | Update | Delete",
) -> tuple[list[FromClause], list[ExternallyTraversible]]:
    """The tables that it reads or changes, and the conditions on their rows."""
    conditions = [] if statement.whereclause is None else [statement.whereclause]
    if not isinstance(statement, Select):
        return [statement.table], list(conditions)
    tables, waiting = [], list(statement.get_final_froms())
    while waiting:
        rows = waiting.pop()
        if isinstance(rows, Join):
            waiting += [rows.left, rows.right]
            conditions.append(rows.onclause)  # type: ignore[arg-type]  # each of ours has one
        else:
            tables.append(rows)
    return tables, list(conditions)


def _compared(rows: FromClause, conditions: list[ExternallyTraversible]) -> Iterator[str]:
    """The columns of these rows that are compared with something, here and in no part within."""
    waiting = list(conditions)
    while waiting:
        part = waiting.pop()
        if isinstance(part, SelectBase):
            continue
        if isinstance(part, BinaryExpression):
            sides = (part.left, part.right)
            yield from (
                side.name for side in sides if isinstance(side, ColumnClause) and side.table is rows
            )
        waiting += list(part.get_children())


def _children(statement: ExternallyTraversible) -> Iterator[ExternallyTraversible]:
    """The statements just within."""
    waiting = list(statement.get_children())
    while waiting:
        part = waiting.pop()
        if isinstance(part, Select | Update | Delete | Insert):
            yield part
        else:
            waiting += list(part.get_children())


def nameless() -> list[str]:
    """What no exception excuses."""
    return [
        f"{name}: no {what} of {table}"
        for name, query in statements()
        for table, what in sorted(set(unnamed(query)))
        if name.rpartition(".")[0] not in OF_ALL_TENANTS
        and not (what == "owner" and name in OF_NOBODY)
    ]


def main() -> int:
    found = nameless()
    every = sum(1 for _ in statements())
    excused = f"{len(OF_NOBODY)} no owner and the ledger of jobs no tenant, with a reason"
    told = f"{every} statements; {len(found)} places that name no tenant or owner; {excused}"
    sys.stdout.write("".join(f"{line}\n" for line in (*found, told)))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
