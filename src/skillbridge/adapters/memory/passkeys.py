"""Passkeys and answered challenges in dictionaries."""

from collections.abc import MutableMapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.accounts.ports.passkeys import PasskeyReads, Passkeys, SpentChallenges
from skillbridge.application.accounts.views import PasskeyView, passkey_view
from skillbridge.domain.accounts.passkey import Ceremony, Passkey, PasskeyTaken, UnknownPasskey
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import PasskeyId, UserId


@dataclass(frozen=True, slots=True)
class MemoryPasskeys:
    session: MemorySession

    async def add(self, passkey: Passkey) -> None:
        everybodys = (
            row
            for (_, table), rows in self.session.store.rows.items()
            if table == "passkeys"
            for row in rows.values()
        )
        if any(row.credential_id == passkey.credential_id for row in everybodys):
            raise PasskeyTaken
        self._table[passkey.id] = passkey

    async def with_credential(self, credential_id: bytes) -> Passkey | None:
        for row in self._table.values():
            if row.credential_id == credential_id:
                return deepcopy(row)
        return None

    async def of(self, user_id: UserId) -> Sequence[Passkey]:
        return deepcopy(_oldest_first(self._table, user_id))

    async def save(self, passkey: Passkey) -> None:
        self._table[passkey.id] = passkey

    async def remove(self, passkey: Passkey) -> None:
        del self._table[passkey.id]

    @property
    def _table(self) -> MutableMapping[PasskeyId, Passkey]:
        return self.session.table("passkeys")


@dataclass(frozen=True, slots=True)
class MemorySpentChallenges:
    session: MemorySession

    async def spend(self, ceremony: Ceremony) -> bool:
        if ceremony.nonce in self._table:
            return False
        self._table[ceremony.nonce] = ceremony
        return True

    async def forget(self, before: datetime, *, limit: int) -> int:
        oldest = sorted(self._table.values(), key=lambda one: one.expires_at)
        over = [one.nonce for one in oldest if one.expires_at <= before][:limit]
        for nonce in over:
            del self._table[nonce]
        return len(over)

    @property
    def _table(self) -> MutableMapping[bytes, Ceremony]:
        return self.session.table("spent_challenges")


@dataclass(frozen=True, slots=True)
class MemoryPasskeyReads:
    session: MemorySession

    async def of(self, actor: Actor) -> Sequence[PasskeyView]:
        rows = self.session.table("passkeys", of=actor.before_authentication)
        return [passkey_view(row) for row in _oldest_first(rows, actor.user_id)]

    async def one(self, actor: Actor, passkey_id: PasskeyId) -> PasskeyView:
        found = [one for one in await self.of(actor) if one.id == passkey_id]
        if not found:
            raise UnknownPasskey
        return found[0]


def _oldest_first(rows: MutableMapping[PasskeyId, Passkey], user_id: UserId) -> list[Passkey]:
    own = [row for row in rows.values() if row.user_id == user_id]
    return sorted(own, key=lambda row: row.created_at)


BINDINGS: Bindings = (
    Binding[Passkeys](MemoryPasskeys),
    Binding[SpentChallenges](MemorySpentChallenges),
    Binding[PasskeyReads](MemoryPasskeyReads),
)
