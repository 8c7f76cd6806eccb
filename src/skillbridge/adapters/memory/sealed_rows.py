"""Sealed values in dictionaries: the fields of rows have the names of the columns."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.ports.field_encryption import (
    KEY_ID,
    SealedColumn,
    SealedRow,
    SealedRows,
)


@dataclass(frozen=True, slots=True)
class MemorySealedRows:
    session: MemorySession

    async def sealed_by(
        self, column: SealedColumn, keys: Sequence[bytes], *, limit: int
    ) -> Sequence[SealedRow]:
        rows = [
            SealedRow(getattr(row, column.row), getattr(row, column.column))
            for row in self.session.table(column.table).values()
        ]
        return [row for row in rows if row.sealed[:KEY_ID] in keys][:limit]

    async def move(
        self, column: SealedColumn, row: SealedRow, sealed: bytes, index: bytes | None
    ) -> None:
        table = self.session.table(column.table)
        kept = deepcopy(table.get(row.id))
        if kept is not None and getattr(kept, column.column) == row.sealed:
            setattr(kept, column.column, sealed)
            if column.index is not None:
                setattr(kept, column.index, index)
            table[row.id] = kept


BINDINGS: Bindings = (Binding[SealedRows](MemorySealedRows),)
