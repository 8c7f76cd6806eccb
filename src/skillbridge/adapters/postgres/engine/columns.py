"""Columns and keys that many tables have; their constraints are named by one convention."""

from sqlalchemy import Column, DateTime, ForeignKey, ForeignKeyConstraint, Integer, MetaData, func
from sqlalchemy.dialects.postgresql import UUID

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def row_id() -> Column[object]:
    return Column("id", UUID, primary_key=True)


def of_tenant(*, primary_key: bool = False) -> Column[object]:
    return Column(
        "tenant_id", UUID, ForeignKey("tenants.id"), nullable=False, primary_key=primary_key
    )


def time(name: str, *, now: bool = False, null: bool = False) -> Column[object]:
    return Column(
        name,
        DateTime(timezone=True),
        nullable=null,
        server_default=func.now() if now else None,
    )


def version() -> Column[object]:
    return Column("version", Integer, nullable=False, server_default="1")


def of_user(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", column], ["users.tenant_id", "users.id"])


def owned_by(*columns: str) -> dict[str, tuple[str, ...]]:
    """The `info` of a table whose rows are those of the people in these columns."""
    return {"owners": columns}
