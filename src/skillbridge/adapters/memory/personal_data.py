"""What is kept of a person in dictionaries, exported and erased by the register of personal data.

A row is a dataclass, and what the register calls a column is an attribute of it or of one within it.
"""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.adapters.personal_data.register import Rule, Table, register, tables
from skillbridge.application.privacy.ports import PersonalData, Retention, Rows
from skillbridge.application.privacy.views import Term
from skillbridge.domain.ids import UserId

ACCOUNTS = "accounts"
ERASED = "erased"
"""The accounts that were: for these nothing is written any more."""
WORDS = {"reason": "", "title": ""}


@dataclass(frozen=True, slots=True)
class MemoryPersonalData:
    session: MemorySession

    def contexts(self) -> Sequence[str]:
        return (ACCOUNTS, *(one for one in register() if one != ACCOUNTS))

    async def export(self, context: str, user_id: UserId) -> Mapping[str, Rows]:
        return {
            name: [
                {column: msgspec.to_builtins(_value(key, row, column)) for column in one.exported}
                for key, row in self._theirs(name, user_id, others=True)
            ]
            for name, one in register()[context].items()
            if one.exported
        }

    async def erase(self, context: str, user_id: UserId, *, at: datetime) -> Mapping[str, int]:  # noqa: ARG002  what has an end has it already
        found = {}
        for name, one in sorted(register()[context].items(), key=lambda it: it[0] == "users"):
            if name in {"events", "jobs"}:
                found[name] = self._unword(user_id)
            elif one.erase or one.anonymise:
                found[name] = self._erase(name, one, user_id)
        return found

    async def left(self, context: str, user_id: UserId) -> int:
        erased = [name for name, one in register()[context].items() if one.erase]
        return sum(1 for name in erased for _ in self._theirs(name, user_id))

    def _erase(self, name: str, one: Table, user_id: UserId) -> int:
        rows: MutableMapping[Any, Any] = self.session.table(name)
        theirs = list(self._theirs(name, user_id))
        for key, row in theirs:
            if one.erase or name == "users":
                del rows[key]
            else:
                rows[key] = _overwritten(row, _rules(one))
        if name == "users":
            self.session.table("users").raw(ERASED)[user_id] = True
        return len(theirs)

    def _theirs(
        self, name: str, user_id: UserId, *, others: bool = False
    ) -> Iterator[tuple[Any, Any]]:
        one = tables()[name]
        rows = list(self.session.table(name).items())
        if (by := one.through) is not None:
            owned = {_value(key, row, by.key) for key, row in self._theirs(by.table, user_id)}
            yield from ((key, row) for key, row in rows if _value(key, row, by.column) in owned)
            return
        named = (*one.person, *(one.others if others else ()))
        for key, row in rows:
            if any(_value(key, row, column) == user_id for column in named) or (
                name == "notices" and self._speaks(row.notice.event_id, user_id)
            ):
                yield key, row

    def _speaks(self, event_id: Any, user_id: UserId) -> bool:
        told = self.session.store.events.get(event_id)
        return told is not None and user_id in _values(told.event)

    def _unword(self, user_id: UserId) -> int:
        """What operators wrote and what goals led to, in events; and what failed jobs quote."""
        store, found = self.session.store, 0
        for event_id, told in store.events.items():
            if user_id not in _values(told.event):
                continue
            store.events[event_id] = replace(told, event=_overwritten(told.event, WORDS))
            found += 1
            for job in store.jobs.values():
                job.error = None if job.event_id == event_id else job.error
        return found


def _values(row: Any) -> list[Any]:
    return [getattr(row, one.name) for one in fields(row)]


def _value(key: Any, row: Any, column: str) -> Any:
    """Of the row or of what it holds; a sign-in's token is kept beside it, and a row's key is its id."""
    if isinstance(row, tuple):
        return row[0] if column == "sign_in_id" else None
    if hasattr(row, column):
        return getattr(row, column)
    within = [one for one in _values(row) if is_dataclass(one)] if is_dataclass(row) else []
    found = [_value(key, one, column) for one in within]
    return next(
        (one for one in found if one is not None), key if column in {"id", "user_id"} else None
    )


def _rules(one: Table) -> dict[str, Any]:
    said: dict[Rule, Any] = {"null": None, "erased": "erased", "former": "Former mentor"}
    plain = {"blank", "default", "off"}
    return {
        column: said.get(rule, EMPTY)
        for rule, columns in one.anonymise.items()
        for column in columns
        if rule in said or rule in plain
    }


EMPTY = object()
"""Nothing, of the kind that was there."""


def _overwritten(row: Any, said: Mapping[str, Any]) -> Any:
    changed = {}
    for one in fields(row):
        was = getattr(row, one.name)
        if one.name in said:
            changed[one.name] = type(was)() if said[one.name] is EMPTY else said[one.name]
        elif is_dataclass(was):
            changed[one.name] = _overwritten(was, said)
    return replace(row, **changed)


@dataclass(frozen=True, slots=True)
class MemoryRetention:
    """Events and jobs stay: a process in memory forgets them all at its end."""

    session: MemorySession

    def terms(self) -> Sequence[Term]:
        return [
            Term(name, age.days, age.since, age.where, age.by)
            for name, one in tables().items()
            for age in one.retention
        ]

    async def due(self, term: Term, at: datetime) -> int:
        return len(self._past(term, at))

    async def forget(self, term: Term, at: datetime, *, limit: int) -> int:
        past = self._past(term, at)[:limit]
        for key in past:
            del self.session.table(term.table)[key]
        return len(past)

    def _past(self, term: Term, at: datetime) -> list[Any]:
        before = at - timedelta(days=term.days)
        rows = self.session.table(term.table).items()
        times = [(_value(key, row, term.since), key) for key, row in rows]
        old = [(time, key) for time, key in times if time is not None and time < before]
        return [key for _, key in sorted(old, key=lambda it: it[0])]


BINDINGS: Bindings = (
    Binding[PersonalData](MemoryPersonalData),
    Binding[Retention](MemoryRetention),
)
