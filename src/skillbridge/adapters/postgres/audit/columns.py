"""The columns of an entry, in the order in which they are read."""

from dataclasses import fields

import asyncpg

from skillbridge.adapters.postgres.kernel.tables import audit_entries
from skillbridge.domain.audit.chain import Written
from skillbridge.domain.audit.entry import ActorKind, Entry
from skillbridge.domain.events.event import Category

ENTRY = tuple(one.name for one in fields(Entry))
WRITTEN = tuple(audit_entries.c[name] for name in (*ENTRY, "at"))


def written(row: asyncpg.Record) -> Written:
    told = {name: row[name] for name in ENTRY}
    told["category"], told["actor_kind"] = Category(row["category"]), ActorKind(row["actor_kind"])
    return Written(Entry(**told), row["at"])
