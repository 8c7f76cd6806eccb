"""Phones in a dictionary."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import MemorySession, Table
from skillbridge.application.accounts.ports.phones import PhoneReads, Phones
from skillbridge.domain.accounts.phone import Phone
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import UserId


@dataclass(frozen=True, slots=True)
class MemoryPhones:
    session: MemorySession

    async def of(self, user_id: UserId, *, verified: bool) -> Phone | None:
        own = [one for one in self._table.values() if one.user_id == user_id]
        found = [one for one in own if (one.verified_at is not None) == verified]
        return deepcopy(found[0]) if found else None

    async def put(self, phone: Phone) -> None:
        await self._drop(phone.user_id, verified=False)
        self._table[phone.id] = phone

    async def confirm(
        self, phone: Phone, indexes: tuple[bytes, ...], *, most: int, at: datetime
    ) -> bool:
        others = [
            one
            for one in self._table.values()
            if one.verified_at and one.number_index in indexes and one.user_id != phone.user_id
        ]
        if len(others) >= most or phone.id not in self._table:
            return False
        await self._drop(phone.user_id, verified=True)
        kept = deepcopy(self._table[phone.id])
        kept.verified_at = at
        self._table[phone.id] = kept
        return True

    async def remove(self, user_id: UserId) -> None:
        for verified in (False, True):
            await self._drop(user_id, verified=verified)

    async def begin_text(self, phone: Phone) -> None:
        kept = deepcopy(self._table.get(phone.id))
        if kept is not None:
            kept.text_id, kept.text_state = phone.text_id, phone.text_state
            self._table[phone.id] = kept

    async def end_text(self, phone: Phone) -> None:
        kept = self._table.get(phone.id)
        if kept is not None and kept.text_id == phone.text_id:
            await self.begin_text(phone)

    async def _drop(self, user_id: UserId, *, verified: bool) -> None:
        older = await self.of(user_id, verified=verified)
        if older is not None:
            del self._table[older.id]

    @property
    def _table(self) -> Table:
        return self.session.table("phones")


@dataclass(frozen=True, slots=True)
class MemoryPhoneReads:
    session: MemorySession

    async def of(self, actor: Actor) -> Sequence[Phone]:
        rows = self.session.table("phones", of=actor.before_authentication).values()
        own = [one for one in rows if one.user_id == actor.user_id]
        return sorted(own, key=lambda one: one.verified_at is not None)


BINDINGS: Bindings = (Binding[Phones](MemoryPhones), Binding[PhoneReads](MemoryPhoneReads))
