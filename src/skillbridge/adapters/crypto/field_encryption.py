"""Field encryption: AES-256-GCM bound to table, column and row, and blind indexes.

A blind index is HMAC-SHA-256 of the value by a key of its own for each tenant and column, which is derived
from a ring of another purpose: whoever has the table alone cannot try values, and equal values of two tenants
or columns look different. Sources: NIST SP 800-38D; CipherSweet's design of blind indexes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hmac import digest
from uuid import UUID

from skillbridge.adapters.crypto.keys import Key, KeyRing
from skillbridge.adapters.crypto.sealing import Sealer
from skillbridge.application.ports.field_encryption import SealedColumn, SealedValue
from skillbridge.domain.ids import TenantId


@dataclass(frozen=True, slots=True)
class AesGcmFields:
    """Both rings are of the same secrets, in the same order."""

    sealer: Sealer
    index_ring: KeyRing

    @property
    def older_keys(self) -> Sequence[bytes]:
        present = self.sealer.key
        return [key for key in self.sealer.keys if key != present]

    def seal(self, value: bytes, column: SealedColumn, row: UUID) -> bytes:
        return self.sealer.seal(value, _place(column, row))

    def open(self, sealed: bytes, column: SealedColumn, row: UUID) -> bytes:
        return self.sealer.open(sealed, _place(column, row))

    def seal_and_index(
        self, value: bytes, column: SealedColumn, row: UUID, tenant_id: TenantId
    ) -> SealedValue:
        sealed = self.seal(value, column, row)
        newest_first = self.sealer.ring.newest_first
        place = next(n for n, key in enumerate(newest_first) if self.sealer.sealed_by(sealed, key))
        key = self.index_ring.newest_first[place]
        return SealedValue(sealed, _index(key, value, column, tenant_id))

    def indexes(self, value: bytes, column: SealedColumn, tenant_id: TenantId) -> tuple[bytes, ...]:
        return tuple(_index(key, value, column, tenant_id) for key in self.index_ring.keys)


def _place(column: SealedColumn, row: UUID) -> bytes:
    return f"{column.table}/{column.column}/".encode() + row.bytes


def _index(key: Key, value: bytes, column: SealedColumn, tenant_id: TenantId) -> bytes:
    own = key.sign(f"{column.table}/{column.column}/".encode() + tenant_id.bytes)
    return digest(own, value, "sha256")
