"""One-time proofs in PostgreSQL."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec
from sqlalchemy import DateTime, bindparam, delete, select

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.accounts.tables import one_time_proofs as proofs
from skillbridge.adapters.postgres.engine.clauses import called, here
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.application.accounts.ports.proofs import OneTimeProofs
from skillbridge.domain.accounts.one_time_proof import OneTimeProof, Purpose
from skillbridge.domain.ids import ProofId, UserId

_moment = bindparam("moment", type_=DateTime(timezone=True))

REPLACE = Query(
    called("replace_proof", *("id", "purpose", "user_id", "expires_at"), *("email", "former_email"))
)
GET = Query(called("proof", "id"))
GUESS = Query(called("guess_proof", "for_purpose", "user_id", "moment"))
GUESS_AT = Query(called("guess_proof_at", "id", "moment"))
USE = Query(called("use_proof", "id", "moment"))
END = Query(called("end_proofs", "user_id"))
_over = (
    select(proofs.c.id)
    .where(here(proofs), proofs.c.expires_at <= _moment)
    .order_by(proofs.c.expires_at)
    .limit(bindparam("most"))
)
FORGET = Query(delete(proofs).where(here(proofs), proofs.c.id.in_(_over)))


@dataclass(frozen=True, slots=True)
class PostgresOneTimeProofs:
    session: Session

    async def replace(self, proof: OneTimeProof) -> None:
        await self.session.connection.run(REPLACE, proof)

    async def get(self, proof_id: ProofId) -> OneTimeProof | None:
        return _read(await self.session.connection.row(GET, id=proof_id))

    async def guess(
        self, purpose: Purpose, user_id: UserId, *, at: datetime
    ) -> OneTimeProof | None:
        return _read(
            await self.session.connection.row(
                GUESS, for_purpose=purpose, user_id=user_id, moment=at
            )
        )

    async def guess_at(self, proof_id: ProofId, *, at: datetime) -> OneTimeProof | None:
        return _read(await self.session.connection.row(GUESS_AT, id=proof_id, moment=at))

    async def use(self, proof_id: ProofId, *, at: datetime) -> bool:
        return bool(await self.session.connection.run(USE, id=proof_id, moment=at))

    async def end(self, user_id: UserId) -> int:
        return await self.session.connection.run(END, user_id=user_id)

    async def forget(self, before: datetime, *, limit: int) -> int:
        return await self.session.connection.run(FORGET, moment=before, most=limit)


def _read(row: asyncpg.Record | None) -> OneTimeProof | None:
    return None if row is None else msgspec.convert(dict(row), OneTimeProof)


BINDINGS: Bindings = (Binding[OneTimeProofs](PostgresOneTimeProofs),)
