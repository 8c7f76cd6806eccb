"""Signing in with an access token of the installation's Supabase project: given once, for our own tokens."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from skillbridge.application.accounts.identities import FederatedLogin, SigningInByIdentity
from skillbridge.application.accounts.own_identities import Linking
from skillbridge.application.accounts.ports.supabase import SupabaseProject
from skillbridge.application.accounts.refusals import refusals_told
from skillbridge.application.accounts.views import LoggedIn
from skillbridge.application.ports.cache import Cache
from skillbridge.application.ports.tenants import Tenants, is_called
from skillbridge.domain.accounts.identity import IdentityClaims
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.supabase import LINK_AT, NAME, TITLE, NoSupabaseProject
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import TenantId

BANS = "supabase-bans"
REMEMBERED = timedelta(minutes=15)
"""For longer than the signature of a message is good, and than any exchange takes."""


@dataclass(frozen=True, slots=True)
class SupabaseBans:
    """Whether the project has told of a ban since: then who came meanwhile is asked about once more.

    The webhook tells before it looks for sign-ins, and an exchange looks after it has stored one: whichever
    comes first, the other finds it. A cache that has lost the mark has it asked about as well.
    """

    cache: Cache

    async def mark(self) -> bytes:
        """To be taken before the project is asked."""
        mark = await self.cache.get(BANS)
        return mark if mark is not None else await self.told()

    async def told(self) -> bytes:
        mark = uuid4().bytes
        await self.cache.put(BANS, mark, ttl=REMEMBERED)
        return mark

    async def any_since(self, mark: bytes) -> bool:
        return await self.cache.get(BANS) != mark


@dataclass(frozen=True, slots=True)
class SupabaseVisitors:
    """Who comes from the project, and to its own tenant alone."""

    project: SupabaseProject
    tenants: Tenants
    bans: SupabaseBans

    async def shown(self, tenant_id: TenantId, token: str) -> IdentityClaims:
        """Raises NoSupabaseProject, BadSupabaseToken, NotAPerson, ProviderAway."""
        if not await is_called(self.tenants, self.project.tenant, tenant_id):
            raise NoSupabaseProject
        return await self.project.shown(token)


@dataclass(frozen=True, slots=True)
class SignInWithSupabase(SigningInByIdentity):
    """An access token of Supabase for a sign-in of ours, which ends, refreshes and is listed as any other.

    The token shows that somebody signed in there at some time, and not that they are there now: it is no
    fresh proof, whatever its `aal` says, and a second factor of ours is asked for. An account that it makes
    has its subject for an id. Raises what `SupabaseVisitors.shown` and `arrived` do, and BadProof.
    """

    visitors: SupabaseVisitors

    async def __call__(
        self, actor: Actor, access_token: str, *, origin: Origin, device: str = ""
    ) -> LoggedIn:
        key = self.device_keys.proved(origin.proof)
        with refusals_told({"provider": NAME}):
            bans = self.visitors.bans
            mark = await bans.mark()
            shown = await self.visitors.shown(actor.tenant_id, access_token)

            async def still() -> None:
                if await bans.any_since(mark):
                    await self.visitors.shown(actor.tenant_id, access_token)

            came = FederatedLogin(
                shown, TITLE, origin, key, device, LINK_AT, fresh=False, still=still
            )
            return await self.arrived(actor, came)


@dataclass(frozen=True, slots=True)
class LinkSupabase(Linking):
    """The account opens with this user of Supabase from now on; its owner is told. Twice changes nothing.

    Raises StepUpNeeded, and what `SupabaseVisitors.shown` and `linked` do.
    """

    visitors: SupabaseVisitors

    async def __call__(self, actor: Actor, access_token: str) -> None:
        await self.must_have_proved(actor)
        shown = await self.visitors.shown(actor.tenant_id, access_token)
        await self.linked(actor, actor.tenant_id, shown)
