"""Values that are kept sealed in a column, and found by equality without being opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from skillbridge.domain.ids import TenantId

KEY_ID = 6
"""Bytes: what a sealed value begins with, which names its key."""


class NotOpened(Exception):
    """Sealed for another place, by a key that is gone, or changed since."""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """Where a value belongs: it opens in this column of its own row alone."""

    table: str
    column: str
    row: str
    """The column that names the row: a UUID that stays."""
    index: str | None = None
    """The column of its blind index, where rows are found by what is sealed."""


@dataclass(frozen=True, slots=True)
class SealedValue:
    """What goes into the two columns."""

    sealed: bytes
    index: bytes


class FieldEncryption(Protocol):
    """Each value is bound to table, column and row; the present key seals, older ones open."""

    @property
    def older_keys(self) -> Sequence[bytes]:
        """The ids of those that open and no longer seal."""
        ...

    def seal(self, value: bytes, column: SealedColumn, row: UUID) -> bytes: ...

    def open(self, sealed: bytes, column: SealedColumn, row: UUID) -> bytes:
        """Raises NotOpened."""
        ...

    def seal_and_index(
        self, value: bytes, column: SealedColumn, row: UUID, tenant_id: TenantId
    ) -> SealedValue:
        """Both by the keys of one moment, so that they become old together."""
        ...

    def indexes(self, value: bytes, column: SealedColumn, tenant_id: TenantId) -> tuple[bytes, ...]:
        """What stands beside this value, by each key, the present one first: a row has one of them.

        The same value has another index in another tenant or column.
        """
        ...


@dataclass(frozen=True, slots=True)
class SealedRow:
    id: UUID
    sealed: bytes


class SealedRows(Protocol):
    """The sealed values of a tenant, for the system."""

    async def sealed_by(
        self, column: SealedColumn, keys: Sequence[bytes], *, limit: int
    ) -> Sequence[SealedRow]:
        """Without a lock."""
        ...

    async def move(
        self, column: SealedColumn, row: SealedRow, sealed: bytes, index: bytes | None
    ) -> None:
        """The same value by another key; nothing where it is another value by now."""
