"""Identities of others, and what was begun at their providers, in dictionaries."""

from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.accounts.ports.identities import (
    AuthorizationRequests,
    Identities,
    IdentityReads,
)
from skillbridge.application.accounts.views import IdentityView
from skillbridge.domain.accounts.authorization import AuthorizationRequest
from skillbridge.domain.accounts.identity import Identity
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import AuthorizationId, IdentityId, UserId


@dataclass(frozen=True, slots=True)
class MemoryIdentities:
    session: MemorySession

    async def add(self, identity: Identity) -> bool:
        new = (identity.issuer, identity.subject), (identity.issuer, identity.user_id)
        for one in self._table.values():
            if (one.issuer, one.subject) == new[0] or (one.issuer, one.user_id) == new[1]:
                return False
        self._table[identity.id] = identity
        return True

    async def found(self, issuer: str, subject: str) -> Identity | None:
        rows = self._table.values()
        return next((one for one in rows if (one.issuer, one.subject) == (issuer, subject)), None)

    async def of(self, user_id: UserId) -> Sequence[Identity]:
        return _in_order(one for one in self._table.values() if one.user_id == user_id)

    async def remove(self, identity_id: IdentityId) -> None:
        self._table.pop(identity_id, None)

    @property
    def _table(self) -> MutableMapping[IdentityId, Identity]:
        return self.session.table("identities")


@dataclass(frozen=True, slots=True)
class MemoryIdentityReads:
    session: MemorySession

    async def of(self, actor: Actor) -> Sequence[IdentityView]:
        rows = self.session.table("identities", of=actor.before_authentication).values()
        own = _in_order(one for one in rows if one.user_id == actor.user_id)
        return [IdentityView(one.id, one.issuer, one.subject, one.created_at) for one in own]


@dataclass(frozen=True, slots=True)
class MemoryAuthorizationRequests:
    session: MemorySession

    async def add(self, request: AuthorizationRequest) -> None:
        self._table[request.id] = request

    async def get(self, request_id: AuthorizationId) -> AuthorizationRequest | None:
        return self._table.get(request_id)

    async def take(
        self,
        request_id: AuthorizationId,
        provider: str,
        binding: bytes,
        user_id: UserId | None,
        *,
        at: datetime,
    ) -> bool:
        kept = self._table.get(request_id)
        if kept is None or at >= kept.expires_at:
            return False
        if (kept.provider, kept.binding, kept.user_id) != (provider, binding, user_id):
            return False
        del self._table[request_id]
        return True

    async def hold(self, request_id: AuthorizationId, *, at: datetime, until: datetime) -> bool:
        kept = self._table.get(request_id)
        if kept is None or kept.asked_again_at is None or at < kept.asked_again_at:
            return False
        self._table[request_id] = replace(kept, asked_again_at=until)
        return True

    async def let_go(self, request_id: AuthorizationId, pace: int, *, until: datetime) -> None:
        if (kept := self._table.get(request_id)) is not None:
            self._table[request_id] = replace(kept, pace=pace, asked_again_at=until)

    async def forget(self, before: datetime, *, limit: int) -> int:
        oldest = sorted(self._table.values(), key=lambda one: one.expires_at)
        over = [one.id for one in oldest if one.expires_at <= before][:limit]
        for id_ in over:
            del self._table[id_]
        return len(over)

    @property
    def _table(self) -> MutableMapping[AuthorizationId, AuthorizationRequest]:
        return self.session.table("authorization_requests")


def _in_order(rows: Iterable[Identity]) -> Sequence[Identity]:
    return sorted(rows, key=lambda one: (one.created_at, one.id))


BINDINGS: Bindings = (
    Binding[Identities](MemoryIdentities),
    Binding[IdentityReads](MemoryIdentityReads),
    Binding[AuthorizationRequests](MemoryAuthorizationRequests),
)
