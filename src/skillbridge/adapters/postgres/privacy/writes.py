"""Requests about data and their archives in PostgreSQL: what is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.clauses import add, here, mine, own
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Save
from skillbridge.adapters.postgres.privacy.tables import exports, privacy_requests
from skillbridge.application.privacy.ports import Exports, PrivacyRequests
from skillbridge.domain.ids import PrivacyRequestId, UserId
from skillbridge.domain.privacy.request import BEGUN_MEANWHILE, PrivacyRequest, RequestKind

_r = privacy_requests
_known = (_r.c.id, _r.c.tenant_id, _r.c.user_id, _r.c.kind, _r.c.state, _r.c.asked_at)
_shown = (*_known, _r.c.acts_at, _r.c.ended_at)
ADD = Query(
    add(
        _r, "id", "user_id", "kind", "state", "asked_at", "due_at", "acts_at"
    ).on_conflict_do_nothing()
)
NEWEST = Query(
    select(*_shown)
    .where(mine(_r), _r.c.kind == bindparam("kind"))
    .order_by(_r.c.asked_at.desc())
    .limit(1)
)
GET = Query(select(_r).where(own(_r), _r.c.id == bindparam("id")).with_for_update())
OVERDUE = Query(
    select(_r)
    .where(own(_r), _r.c.kind == "erasure", _r.c.state == "waiting")
    .where(_r.c.acts_at <= bindparam("moment"))
    .order_by(_r.c.acts_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
CANCEL = Save(
    update(_r)
    .where(mine(_r), _r.c.id == bindparam("the_id"), _r.c.state == "waiting")
    .values(state=bindparam("state"), ended_at=bindparam("ended_at")),
    BEGUN_MEANWHILE,
)
SAVE = Query(
    update(_r)
    .where(own(_r), _r.c.id == bindparam("the_id"))
    .values(
        {name: bindparam(name) for name in ("state", "ended_at", "address", "certificate")}
        | {"receipts": bindparam("receipts", type_=_r.c.receipts.type)}
    )
)
_put = insert(exports).values(
    tenant_id=bindparam("tenant"),
    **{name: bindparam(name) for name in ("user_id", "request_id", "archive", "expires_at")},
)
PUT = Query(
    _put.on_conflict_do_update(
        constraint="pk_exports",
        set_={name: _put.excluded[name] for name in ("request_id", "archive", "expires_at")},
        where=here(exports),
    )
)


@dataclass(frozen=True, slots=True)
class PostgresPrivacyRequests:
    session: Session

    async def add(self, request: PrivacyRequest) -> bool:
        return bool(await self.session.connection.run(ADD, request))

    async def newest(self, user_id: UserId, kind: RequestKind) -> PrivacyRequest | None:
        assert user_id == self.session.connection.actor.user_id
        return _read(await self.session.connection.row(NEWEST, kind=kind))

    async def get(self, request_id: PrivacyRequestId) -> PrivacyRequest | None:
        return _read(await self.session.connection.row(GET, id=request_id))

    async def overdue(self, at: datetime, *, limit: int) -> Sequence[PrivacyRequest]:
        rows = await self.session.connection.rows(OVERDUE, moment=at, most=limit)
        return [found for row in rows if (found := _read(row))]

    async def cancel(self, request: PrivacyRequest) -> None:
        await self.session.connection.save(CANCEL, request, the_id=request.id)

    async def save(self, request: PrivacyRequest) -> None:
        await self.session.connection.run(SAVE, request, the_id=request.id)


@dataclass(frozen=True, slots=True)
class PostgresExports:
    session: Session

    async def put(self, request: PrivacyRequest, archive: bytes, expires_at: datetime) -> None:
        values: dict[str, Any] = {"archive": archive, "expires_at": expires_at}
        whose = {"user_id": request.user_id, "request_id": request.id}
        await self.session.connection.run(PUT, **whose, **values)


def _read(row: asyncpg.Record | None) -> PrivacyRequest | None:
    return None if row is None else msgspec.convert(dict(row), PrivacyRequest)


BINDINGS: Bindings = (
    Binding[PrivacyRequests](PostgresPrivacyRequests),
    Binding[Exports](PostgresExports),
)
