"""Every column that is kept sealed, and the job that moves them all to the present key."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from skillbridge.application.ports.field_encryption import (
    FieldEncryption,
    NotOpened,
    SealedColumn,
    SealedRow,
    SealedRows,
)
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor

log = logging.getLogger(__name__)

TOTP_SECRET = SealedColumn("second_factors", "sealed_secret", row="user_id")
PHONE_NUMBER = SealedColumn("phones", "sealed_number", row="id", index="number_index")
SEALED_COLUMNS = (TOTP_SECRET, PHONE_NUMBER)
"""A new one is a line here; what a migration calls `sealed_…` and is not here fails a test."""

SEAL_EVERY = timedelta(hours=1)
SEALED_AT_ONCE = 1_000
"""Values of a column that one job moves: the next slot takes the rest."""


@dataclass(frozen=True, slots=True)
class SealSecretsAnew:
    """By the clock: what an older key has sealed moves to the key that seals now, and its index with it.

    So an older key may be retired once the present one has sealed for a while.
    """

    transaction: Transaction
    encryption: FieldEncryption
    rows: SealedRows

    async def __call__(self, actor: Actor, slot: str) -> None:  # noqa: ARG002  old is old in any slot
        keys = self.encryption.older_keys
        async with self.transaction(actor):
            for column in SEALED_COLUMNS if keys else ():
                for row in await self.rows.sealed_by(column, keys, limit=SEALED_AT_ONCE):
                    await self._move(actor, column, row)

    async def _move(self, actor: Actor, column: SealedColumn, row: SealedRow) -> None:
        try:
            value = self.encryption.open(row.sealed, column, row.id)
        except NotOpened:
            log.warning("sealed.not_opened", extra={"table": column.table, "row": str(row.id)})
            return
        if column.index is None:
            await self.rows.move(column, row, self.encryption.seal(value, column, row.id), None)
        else:
            made = self.encryption.seal_and_index(value, column, row.id, actor.tenant_id)
            await self.rows.move(column, row, made.sealed, made.index)


USE_CASES = (SealSecretsAnew,)
