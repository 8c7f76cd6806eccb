"""The audit trail in PostgreSQL: what is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec
from sqlalchemy import (
    BigInteger,
    DateTime,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    or_,
    select,
    text,
)

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.audit.columns import WRITTEN, written
from skillbridge.adapters.postgres.engine.clauses import here
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Pages, Read
from skillbridge.adapters.postgres.kernel.tables import audit_entries, audit_heads
from skillbridge.application.audit.ports import AuditReads, Bounds
from skillbridge.application.audit.views import AuditEntry, Search
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.domain.actor import Actor
from skillbridge.domain.audit.chain import NONE, RETIRED, Retired, Seal, Sealed

_entry, _MOMENT = audit_entries.c, DateTime(timezone=True)
_ALL = select(*WRITTEN, _entry.n).where(
    here(audit_entries),
    _entry.at >= func.coalesce(bindparam("since", type_=_MOMENT), text("'-infinity'::timestamptz")),
    _entry.at < func.coalesce(bindparam("until", type_=_MOMENT), text("'infinity'::timestamptz")),
)
_request = bindparam("request_id", type_=Text)
FILTERS = {
    "action": _entry.action == bindparam("action", type_=Text),
    "actor_id": _entry.actor_id == bindparam("actor_id", type_=Uuid),
    "subject_id": _entry.subject_id == bindparam("subject_id", type_=Uuid),
    "request_id": or_(_entry.request_id == _request, _entry.correlation_id == _request),
}


def _pages(chosen: int) -> Pages[Key]:
    """Those of the filters whose bits are set."""
    some = [one for bit, one in enumerate(FILTERS.values()) if chosen >> bit & 1]
    return Pages.of(Key, _ALL.where(*some), _entry.at, _entry.id)


SEARCH = tuple(_pages(chosen) for chosen in range(1 << len(FILTERS)))
"""A statement for each choice of filters, so that each finds the index that fits it."""

CHAIN = Read(
    select(*WRITTEN, _entry.n, _entry.hash, _entry.sealed_at)
    .where(
        here(audit_entries),
        _entry.n > bindparam("after_n", type_=BigInteger),
        _entry.n <= bindparam("through", type_=BigInteger),
    )
    .order_by(_entry.n, _entry.at, _entry.id)
)
_through = cast(_entry.details["through"].astext, BigInteger)
_retired = (
    select(_entry.details)
    .where(here(audit_entries), _entry.action == RETIRED, _entry.actor_kind == "system")
    .order_by(_through.desc())
    .limit(1)
)
BOUNDS = Read(
    select(
        select(audit_heads.c.n).where(here(audit_heads)).scalar_subquery().label("n"),
        select(audit_heads.c.hash).where(here(audit_heads)).scalar_subquery().label("hash"),
        select(func.max(_entry.n)).where(here(audit_entries)).scalar_subquery().label("last"),
        _retired.scalar_subquery().label("retired"),
        select(func.min(_entry.at))
        .where(here(audit_entries), _entry.n.is_(None))
        .scalar_subquery()
        .label("waiting_since"),
        func.clock_timestamp().label("now"),
    )
)


@dataclass(frozen=True, slots=True)
class PostgresAuditReads:
    database: Database

    async def search(
        self, actor: Actor, asked: Search, page: PageRequest[Key]
    ) -> Page[AuditEntry, Key]:
        given = {name: it for name in FILTERS if (it := getattr(asked, name)) is not None}
        chosen = sum(1 << bit for bit, name in enumerate(FILTERS) if name in given)
        return await self.database.page(
            actor, SEARCH[chosen], _as_views, page, since=asked.since, until=asked.until, **given
        )

    async def chain(self, actor: Actor, after: int, through: int) -> Sequence[Sealed]:
        rows = await self.database.read(actor, CHAIN, after_n=after, through=through)
        return [Sealed(written(row), Seal(row["n"], row["hash"]), row["sealed_at"]) for row in rows]

    async def bounds(self, actor: Actor) -> Bounds:
        [row] = await self.database.read(actor, BOUNDS)
        head = NONE if row["n"] is None else Seal(row["n"], row["hash"])
        retired = _as_retired(row["retired"]) if row["retired"] else None
        return Bounds(head, row["last"] or 0, retired, row["waiting_since"], row["now"])


def _as_retired(details: dict[str, object]) -> Retired:
    last = Seal(int(str(details["through"])), bytes.fromhex(str(details["hash"])))
    return Retired(last, datetime.fromisoformat(str(details["before"])))


def _as_views(rows: Sequence[asyncpg.Record]) -> list[AuditEntry]:
    return [msgspec.convert(dict(row), AuditEntry) for row in rows]


BINDINGS: Bindings = (Binding[AuditReads](PostgresAuditReads),)
