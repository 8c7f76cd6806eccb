"""What most statements say: whose rows they mean, and which values go into which columns.

The connection knows who asks, and gives it to each statement that names it.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Select,
    Table,
    Update,
    Uuid,
    and_,
    bindparam,
    func,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert

from skillbridge.domain.actor import Actor, PrincipalKind

TENANT: ColumnElement[UUID] = bindparam("tenant", type_=Uuid)
ACTOR: ColumnElement[UUID] = bindparam("actor", type_=Uuid)
SYSTEM: ColumnElement[bool] = bindparam("is_system", type_=Boolean)
"""Whether nobody's own is asked for. A statement only says it; the policies ask the login, too."""

MOST = "most"
"""How many rows a statement returns at most."""


def who_asks(actor: Actor) -> dict[str, Any]:
    """Without a tenant the kind alone: a statement that names one then raises KeyError.

    It would find no rows, and say so to whoever forgot the tenant.
    """
    if not actor.tenant_id.int:
        return {"is_system": actor.principal_kind is PrincipalKind.SYSTEM}
    return {
        "tenant": actor.tenant_id,
        "actor": actor.user_id,
        "is_system": actor.principal_kind is PrincipalKind.SYSTEM,
    }


def here(rows: FromClause) -> ColumnElement[bool]:
    """Of the actor's tenant."""
    return rows.c.tenant_id == TENANT


def mine(table: Table) -> ColumnElement[bool]:
    """Of the tenant, and the actor's own."""
    return and_(here(table), or_(*_own(table)))


def own(table: Table) -> ColumnElement[bool]:
    """Of the tenant, and the actor's own; for the system, anybody's."""
    return and_(here(table), or_(SYSTEM, *_own(table)))


def _own(table: Table) -> list[ColumnElement[bool]]:
    return [table.c[column] == ACTOR for column in table.info["owners"]]


def called(function: str, *names: str) -> Select[Any]:
    """What a function of the schema `app` returns; its arguments, in its order, have these names."""
    arguments: list[ColumnElement[Any]] = [bindparam(name) for name in names]
    return select(text("*")).select_from(getattr(func.app, function)(*arguments))


def add(table: Table, *columns: str) -> Insert:
    """A row of the tenant; its values have the names of the columns."""
    return insert(table).values(tenant_id=TENANT, **_values(table, columns))


def change(table: Table, *columns: str, key: str = "id") -> Update:
    """Sets these columns of one row, if it has the version that was read."""
    whose = own(table) if "owners" in table.info else here(table)
    return (
        update(table)
        .where(whose, table.c[key] == bindparam(key), table.c.version == bindparam("version"))
        .values(_values(table, columns))
    )


def _values(table: Table, columns: tuple[str, ...]) -> dict[str, ColumnElement[Any]]:
    return {name: bindparam(name, type_=table.c[name].type) for name in columns}


def paged(
    rows: Select[Any], *key: ColumnElement[Any], after: bool, ascending: bool = False
) -> Select[Any]:
    """At most so many in the order of the key, from the beginning or `after` a row."""
    ordered = rows.order_by(*(key if ascending else (column.desc() for column in key)))
    if after:
        start = tuple_(*place(*key))
        ordered = ordered.where(tuple_(*key) > start if ascending else tuple_(*key) < start)
    return ordered.limit(bindparam(MOST))


def place(*key: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """The parameters for the row after which to begin."""
    return [bindparam(f"after_{at}", type_=column.type) for at, column in enumerate(key)]


def after_place(key: object) -> dict[str, Any]:
    """The values of the row after which to begin."""
    parts = key if isinstance(key, tuple) else (key,)
    return {f"after_{at}": value for at, value in enumerate(parts)}
