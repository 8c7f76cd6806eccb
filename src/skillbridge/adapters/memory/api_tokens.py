"""Tokens of programs in dictionaries."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import MemorySession, Store
from skillbridge.application.accounts.ports.api_tokens import ApiTokenReads, ApiTokens
from skillbridge.application.accounts.views import ApiTokenView
from skillbridge.application.ports.access_tokens import Claims
from skillbridge.application.ports.api_tokens import USED_EVERY, Held, HeldTokens, ParsedToken
from skillbridge.domain.accounts.api_token import ApiToken
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import NOBODY, Actor, PrincipalKind
from skillbridge.domain.ids import ApiTokenId, SessionId, TenantId, UserId


@dataclass(frozen=True, slots=True)
class Row:
    token: ApiToken
    revoked_at: datetime | None = field(default=None)

    def lives(self, at: datetime) -> bool:
        return self.revoked_at is None and self.token.expires_at > at

    def ended(self, at: datetime) -> "Row":
        return Row(replace(self.token, expires_at=min(self.token.expires_at, at)), at)


@dataclass(frozen=True, slots=True)
class MemoryApiTokens:
    session: MemorySession

    async def living(self, user_id: UserId, *, at: datetime) -> Sequence[ApiToken]:
        return [row.token for row in self._of(user_id) if row.lives(at)]

    async def add(self, token: ApiToken) -> None:
        self.session.table("api_tokens")[token.id] = Row(token)

    async def end(self, user_id: UserId, name: str, *, at: datetime) -> ApiTokenId | None:
        found = [row for row in self._of(user_id) if row.token.name == name]
        return next(iter(self._end(found, at)), None)

    async def end_all(self, user_id: UserId, *, at: datetime) -> Sequence[ApiTokenId]:
        return self._end(self._of(user_id), at)

    async def living_of_services(self, *, at: datetime) -> Sequence[ApiToken]:
        return [row.token for row in self._of(None) if row.lives(at)]

    async def end_of_service(self, name: str, *, at: datetime) -> ApiTokenId | None:
        found = [row for row in self._of(None) if row.token.name == name]
        return next(iter(self._end(found, at)), None)

    async def end_everybodys(self, *, at: datetime) -> int:
        return len(self._end(self._rows, at))

    async def forget(self, before: datetime, *, limit: int) -> int:
        oldest = sorted(self._rows, key=lambda row: row.token.expires_at)
        over = [row.token.id for row in oldest if row.token.expires_at <= before][:limit]
        for one in over:
            del self.session.table("api_tokens")[one]
        return len(over)

    def _of(self, user_id: UserId | None) -> list[Row]:
        return [row for row in self._rows if row.token.user_id == user_id]

    def _end(self, rows: Sequence[Row], at: datetime) -> list[ApiTokenId]:
        there = [row for row in rows if row.revoked_at is None]
        for row in there:
            self.session.table("api_tokens")[row.token.id] = row.ended(at)
        return [row.token.id for row in there]

    @property
    def _rows(self) -> list[Row]:
        return list(self.session.table("api_tokens").values())


@dataclass(frozen=True, slots=True)
class MemoryApiTokenReads:
    session: MemorySession

    async def of(self, actor: Actor) -> Sequence[ApiTokenView]:
        return self._living(actor.before_authentication, actor.user_id)

    async def of_services(self, actor: Actor) -> Sequence[ApiTokenView]:
        return self._living(actor, None)

    def _living(self, actor: Actor, user_id: UserId | None) -> list[ApiTokenView]:
        rows: list[Row] = [*self.session.table("api_tokens", of=actor).values()]
        now = datetime.now(UTC)
        own = [row.token for row in rows if row.token.user_id == user_id and row.lives(now)]
        return [_view(token) for token in sorted(own, key=lambda token: token.name)]


@dataclass(frozen=True, slots=True)
class MemoryHeldTokens:
    store: Store

    async def holding(self, shown: ParsedToken) -> Held | None:
        rows: list[Row] = [*self.store.rows.get((shown.tenant_id, "api_tokens"), {}).values()]
        found = (row.token for row in rows if not row.revoked_at and row.token.hash == shown.hash)
        if (token := next(found, None)) is None:
            return None
        if token.user_id is None:
            service = Claims(
                NOBODY,
                shown.tenant_id,
                SessionId(token.id),
                frozenset(),
                token.expires_at,
                only=token.scopes,
                principal_kind=PrincipalKind.SERVICE,
            )
            return Held(service, token.last_used_at)
        user: User = self.store.rows[shown.tenant_id, "users"][token.user_id]
        if user.disabled_at is not None:
            return None
        claims = Claims(
            user.id,
            shown.tenant_id,
            SessionId(token.id),
            user.roles,
            token.expires_at,
            only=token.scopes,
        )
        return Held(claims, token.last_used_at)

    async def used(self, tenant_id: TenantId, token_id: ApiTokenId, *, at: datetime) -> None:
        async with self.store.lock:
            rows = self.store.rows.get((tenant_id, "api_tokens"), {})
            row: Row | None = rows.get(token_id)
            if row is None:
                return
            before = row.token.last_used_at
            if before is None or before <= at - USED_EVERY:
                rows[token_id] = replace(row, token=replace(row.token, last_used_at=at))


def _view(token: ApiToken) -> ApiTokenView:
    scopes = tuple(sorted(token.scopes))
    return ApiTokenView(token.name, scopes, token.created_at, token.expires_at, token.last_used_at)


BINDINGS: Bindings = (
    Binding[ApiTokens](MemoryApiTokens),
    Binding[ApiTokenReads](MemoryApiTokenReads),
    Binding[HeldTokens](MemoryHeldTokens, singleton=True),
)
