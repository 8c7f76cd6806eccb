"""Requests about data and their archives in PostgreSQL: what is read."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import and_, bindparam, func, select

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.clauses import mine, own
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Read
from skillbridge.adapters.postgres.privacy.tables import exports, privacy_requests
from skillbridge.application.privacy.ports import PrivacyReads
from skillbridge.application.privacy.views import ExportView, PrivacyRequestView
from skillbridge.domain.actor import Actor
from skillbridge.domain.privacy.request import NoErasure, NoExport, RequestState

_r = privacy_requests
_living = exports.c.expires_at > func.now()
EXPORT = Read(
    select(
        _r.c.id,
        _r.c.state,
        _r.c.asked_at,
        _r.c.due_at,
        func.octet_length(exports.c.archive).label("size"),
        exports.c.expires_at,
    )
    .outerjoin(exports, and_(mine(exports), exports.c.request_id == _r.c.id, _living))
    .where(mine(_r), _r.c.kind == "export")
    .order_by(_r.c.asked_at.desc())
    .limit(1)
)
ARCHIVE = Read(select(exports.c.archive).where(mine(exports), _living))
_views = select(
    _r.c.id, _r.c.kind, _r.c.state, _r.c.asked_at, _r.c.acts_at, _r.c.due_at, _r.c.ended_at
)
ERASURE = Read(_views.where(mine(_r), _r.c.kind == "erasure", _r.c.ended_at.is_(None)).limit(1))
REGISTER = Read(
    _views.where(own(_r), _r.c.ended_at.is_(None)).order_by(_r.c.due_at).limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class PostgresPrivacyReads:
    database: Database

    async def export(self, actor: Actor) -> ExportView:
        row = await self.database.read_one(actor, EXPORT)
        if row is None or (row["state"] == RequestState.DONE and row["expires_at"] is None):
            raise NoExport
        return msgspec.convert(dict(row), ExportView)

    async def archive(self, actor: Actor) -> bytes:
        row = await self.database.read_one(actor, ARCHIVE)
        if row is None:
            raise NoExport
        return bytes(row["archive"])

    async def erasure(self, actor: Actor) -> PrivacyRequestView:
        row = await self.database.read_one(actor, ERASURE)
        if row is None:
            raise NoErasure
        return msgspec.convert(dict(row), PrivacyRequestView)

    async def register(self, actor: Actor, *, limit: int) -> Sequence[PrivacyRequestView]:
        rows = await self.database.read(actor, REGISTER, most=limit)
        return [msgspec.convert(dict(row), PrivacyRequestView) for row in rows]


BINDINGS: Bindings = (Binding[PrivacyReads](PostgresPrivacyReads),)
