"""What tables are written in; their constraints are named by one convention."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def table(
    name: str,
    *parts: SchemaItem | Sequence[SchemaItem],
    owners: Sequence[str] = (),
    references: Sequence[Mapping[str, str]] = (),
    unique: Sequence[Sequence[str]] = (),
    checks: Mapping[str, str | Iterable[str]] = {},
    **options: Any,
) -> Table:
    """Parts are columns and indexes; the columns `owners` hold the people whose the rows are.

    A reference leads to a row of the same tenant: each column with the one that it is the same as.
    A check is a condition with its name, or a column with the words that it may hold.
    """
    return Table(
        name,
        metadata,
        *(item for part in parts for item in ([part] if isinstance(part, SchemaItem) else part)),
        *(_reference(columns) for columns in references),
        *(UniqueConstraint(*columns) for columns in unique),
        *(CheckConstraint(_condition(name, check), name=name) for name, check in checks.items()),
        info={"owners": owners} if owners else {},
        **options,
    )


def columns(
    kind: type[TypeEngine[Any]] | TypeEngine[Any],
    *names: str,
    key: bool = False,
    null: bool = False,
    default: Any = None,
) -> list[Column[Any]]:
    """Columns of one kind; the default is the server's."""
    return [
        Column(name, kind, primary_key=key, nullable=null, server_default=default) for name in names
    ]


def of_tenant(*keys: str, key: bool = False) -> list[Column[Any]]:
    """The keys of a row, and its tenant, which may be a key itself."""
    tenant = ForeignKey("tenants.id")
    return [
        *columns(UUID, *keys, key=True),
        Column("tenant_id", UUID, tenant, nullable=False, primary_key=key),
    ]


def time(*names: str, now: bool = False, null: bool = False) -> list[Column[Any]]:
    kind = DateTime(timezone=True)
    return columns(kind, *names, null=null, default=func.now() if now else None)


def version() -> list[Column[Any]]:
    return columns(Integer, "version", default="1")


def index(name: str, *columns: str, where: str | None = None, **options: Any) -> Index:
    """Columns may have their order: `created_at desc`."""
    parts = [column if column.isidentifier() else text(column) for column in columns]
    return Index(name, *parts, postgresql_where=None if where is None else text(where), **options)


def _reference(columns: Mapping[str, str]) -> ForeignKeyConstraint:
    (table,) = {target.partition(".")[0] for target in columns.values()}
    return ForeignKeyConstraint(["tenant_id", *columns], [f"{table}.tenant_id", *columns.values()])


def _condition(column: str, check: str | Iterable[str]) -> str:
    if isinstance(check, str):
        return check
    words = ",".join(f"'{word}'" for word in check)
    return f"{column} in ({words})"
