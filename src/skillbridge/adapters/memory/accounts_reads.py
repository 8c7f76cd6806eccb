"""What accounts show, from dictionaries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import MemorySession, Store
from skillbridge.application.accounts.ports.sign_ins import SignInReads
from skillbridge.application.accounts.ports.users import AccountReads
from skillbridge.application.accounts.views import Account, Place, SignInView
from skillbridge.application.paging import Key, Page, PageRequest, cut
from skillbridge.application.ports.access_tokens import EndedSignIns
from skillbridge.domain.accounts.device import kind_of
from skillbridge.domain.accounts.sign_in import SignIn
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.ids import SessionId, TenantId, UserId
from skillbridge.domain.profiles.profile import Profile
from skillbridge.domain.text import folded


@dataclass(frozen=True, slots=True)
class MemoryEndedSignIns:
    store: Store

    async def among(
        self, tenant_id: TenantId, session_ids: Collection[SessionId]
    ) -> frozenset[SessionId]:
        tables = [self.store.rows.get((tenant_id, it), {}) for it in ("sign_ins", "api_tokens")]
        known = ((one, rows.get(one)) for rows in tables for one in session_ids)
        return frozenset(one for one, row in known if row is not None and row.revoked_at)


@dataclass(frozen=True, slots=True)
class MemorySignInReads:
    session: MemorySession

    async def newest(
        self, actor: Actor, page: PageRequest[Key], *, here: Sequence[bytes]
    ) -> Page[SignInView, Key]:
        rows: list[SignIn] = [*self.session.table("sign_ins", of=actor).values()]
        now = datetime.now(UTC)
        own = (_sign_in(row, actor, here) for row in rows if row.expires_at > now)
        return cut(own, page, lambda view: Key(view.created_at, view.id))


def _sign_in(row: SignIn, actor: Actor, here: Sequence[bytes]) -> SignInView:
    return SignInView(
        row.id,
        kind_of(row.device),
        row.device,
        Place.HERE if row.network in here else Place.ELSEWHERE,
        row.id == actor.session_id,
        row.key is not None,
        row.created_at,
        row.last_used_at,
        row.expires_at,
    )


@dataclass(frozen=True, slots=True)
class MemoryAccountReads:
    session: MemorySession

    async def newest(self, actor: Actor, *, limit: int) -> Sequence[Account]:
        """A dictionary keeps the order in which its keys were added."""
        return self._seen(actor)[::-1][:limit]

    async def administrators(self, actor: Actor, *, limit: int) -> Sequence[Account]:
        found = [one for one in self._seen(actor) if Role.ADMIN in one.roles]
        return [one for one in found if one.verified and not one.disabled][:limit]

    async def search(self, actor: Actor, words: str, page: PageRequest[str]) -> Page[Account, str]:
        found = (
            one
            for one in self._seen(actor)
            if words.lower() in one.email or folded(words).lower() in folded(one.name).lower()
        )
        return cut(found, page, lambda one: one.email, ascending=True)

    def _seen(self, actor: Actor) -> list[Account]:
        users: list[User] = [*self.session.table("users", of=actor).values()]
        profiles: Mapping[UserId, Profile] = self.session.table("profiles", of=actor)
        return [_account(user, profiles.get(user.id)) for user in users]


def _account(user: User, profile: Profile | None) -> Account:
    return Account(
        user.id,
        user.email,
        profile.details.name if profile else "",
        user.verified,
        user.disabled_at is not None,
        tuple(sorted(user.roles)),
    )


BINDINGS: Bindings = (
    Binding[EndedSignIns](MemoryEndedSignIns, singleton=True),
    Binding[AccountReads](MemoryAccountReads),
    Binding[SignInReads](MemorySignInReads),
)
