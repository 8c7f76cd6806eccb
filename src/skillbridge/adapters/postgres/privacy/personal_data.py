"""What is kept of a person in PostgreSQL, exported and erased by the register of personal data.

Statements are made from the register when first asked for: one for each table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    DateTime,
    Text,
    bindparam,
    cast,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy import delete as sql_delete
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.sql.elements import ColumnElement

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.personal_data.register import Rule, Table, register, tables
from skillbridge.adapters.postgres.engine.clauses import here
from skillbridge.adapters.postgres.engine.ddl import metadata
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.application.privacy.ports import PersonalData, Rows
from skillbridge.domain.ids import UserId

WHOSE = bindparam("whose", type_=UUID)
AT = bindparam("at", type_=DateTime(timezone=True))
FORMER = "Former mentor"
UNWORDED = """payload || coalesce((
    select jsonb_object_agg(word, '') from jsonb_object_keys(payload) as word
    where word in ('reason', 'title')
), '{}')"""
"""The payload of an event without what operators wrote, and what goals led to."""
ACCOUNTS = "accounts"


@dataclass(frozen=True, slots=True)
class PostgresPersonalData:
    session: Session

    def contexts(self) -> Sequence[str]:
        return order()

    async def export(self, context: str, user_id: UserId) -> Mapping[str, Rows]:
        found: dict[str, Rows] = {}
        for name, one in register()[context].items():
            if one.exported:
                rows = await self.session.connection.rows(exporting(name), whose=user_id)
                found[name] = [msgspec.to_builtins(dict(row)) for row in rows]
        return found

    async def erase(self, context: str, user_id: UserId, *, at: datetime) -> Mapping[str, int]:
        return {
            name: await self.session.connection.run(query, **_of(user_id), at=at)
            for name in within(context)
            if (query := erasing(name)) is not None
        }

    async def left(self, context: str, user_id: UserId) -> int:
        counts = [
            await self.session.connection.value(query, **_of(user_id))
            for name in within(context)
            if (query := leaving(name)) is not None
        ]
        return sum(counts)


def _of(user_id: UserId) -> dict[str, Any]:
    """As an id, and as a text for what looks into texts."""
    return {"whose": user_id, "person": str(user_id)}


@cache
def order() -> Sequence[str]:
    """Accounts first; then each context before those that its rows point at."""
    contexts = {table: context for context, found in register().items() for table in found}
    behind: dict[str, set[str]] = {context: set() for context in register()}
    for name, table in metadata.tables.items():
        for key in table.foreign_keys:
            into = contexts[key.column.table.name]
            if into not in {contexts[name], "kernel", ACCOUNTS}:
                behind[into].add(contexts[name])
    rest = [one for one in TopologicalSorter(behind).static_order() if one != ACCOUNTS]
    return (ACCOUNTS, *rest)


@cache
def within(context: str) -> Sequence[str]:
    """The tables of a context: what points at others before these."""
    found = register()[context]
    return [table.name for table in reversed(metadata.sorted_tables) if table.name in found]


@cache
def exporting(name: str) -> Query:
    one, table = tables()[name], metadata.tables[name]
    shown = [table.c[column] for column in one.exported]
    return Query(select(*shown).where(here(table), _theirs(one, table, others=True)))


@cache
def erasing(name: str) -> Query | None:
    one, table = tables()[name], metadata.tables[name]
    if one.erase:
        return Query(sql_delete(table).where(here(table), _meant(one, table)))
    if one.anonymise:
        said = {column: _after(rule, table.c[column]) for rule, column in _overwritten(one)}
        return Query(update(table).where(here(table), _meant(one, table)).values(said))
    return None


@cache
def leaving(name: str) -> Query | None:
    """Counts what is to be deleted still, and what an overwriting would change."""
    one, table = tables()[name], metadata.tables[name]
    if not (one.erase or one.anonymise):
        return None
    rows = select(func.count()).select_from(table).where(here(table), _meant(one, table))
    if one.erase:
        return Query(rows)
    changed = [
        table.c[column].is_distinct_from(_after(rule, table.c[column]))
        for rule, column in _overwritten(one)
        if rule not in {"now", "ended"}
    ]
    return Query(rows.where(or_(*changed))) if changed else None


def _overwritten(one: Table) -> list[tuple[Rule, str]]:
    return [(rule, column) for rule, columns in one.anonymise.items() for column in columns]


def _meant(one: Table, table: SqlTable) -> ColumnElement[bool]:
    """The rows that are erased."""
    if not one.about:
        return _theirs(one, table)
    speaks = text(f"({one.about})")
    return or_(_theirs(one, table), speaks) if one.erase else or_(false(), speaks)


def _theirs(one: Table, table: SqlTable, *, others: bool = False) -> ColumnElement[bool]:
    """The rows whose person it is; with `others`, also those that belong to them beside another."""
    if (by := one.through) is not None:
        target = metadata.tables[by.table]
        among = select(target.c[by.key]).where(here(target), _theirs(tables()[by.table], target))
        return table.c[by.column].in_(among)
    named = (*one.person, *(one.others if others else ()))
    return or_(false(), *(table.c[column] == WHOSE for column in named))


def _after(rule: Rule, column: Column[Any]) -> ColumnElement[Any]:
    """What the column holds once its person is erased."""
    default: Any = column.server_default
    made: dict[str, Any] = {
        "blank": lambda: cast(literal_column("''"), column.type),
        "default": lambda: cast(literal_column(f"'{default.arg}'"), column.type),
        "ended": lambda: func.least(column, AT),
        "erased": lambda: literal("erased", Text),
        "former": lambda: literal(FORMER, Text),
        "now": lambda: func.coalesce(column, AT),
        "null": null,
        "off": false,
        "pseudonym": lambda: func.concat(cast(WHOSE, Text), "@erased.invalid"),
        "unworded": lambda: literal_column(UNWORDED, column.type),
    }
    found: ColumnElement[Any] = made[rule]()
    return found


BINDINGS: Bindings = (Binding[PersonalData](PostgresPersonalData),)
