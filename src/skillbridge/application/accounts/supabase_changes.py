"""What a Supabase project tells of its users, by its webhook."""

from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import uuid4

from skillbridge.application.accounts.end_of_access import end_access
from skillbridge.application.accounts.identities import NewAccounts, Overtaken
from skillbridge.application.accounts.ports.api_tokens import ApiTokens
from skillbridge.application.accounts.ports.identities import Identities
from skillbridge.application.accounts.ports.sign_ins import SignIns
from skillbridge.application.accounts.ports.supabase import Delivery, SupabaseHooks
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.accounts.supabase import REMEMBERED, SupabaseBans
from skillbridge.application.ended_sign_ins import tell_ended
from skillbridge.application.ports.cache import Cache
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.tenants import Tenants, is_called
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts import email_address
from skillbridge.domain.accounts.email_address import BadEmail
from skillbridge.domain.accounts.identity import IdentityClaims
from skillbridge.domain.accounts.supabase import NoSupabaseProject, SupabaseChange
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import IdentityId, UserId


@dataclass(frozen=True, slots=True)
class TakeSupabaseChange:
    """A user with a verified address gets an account, if that has none; who is banned or gone is signed out.

    Addresses that change there change nothing here. A message counts once, and one that comes late or again
    does no harm: it makes nothing that is there, and opens nothing that was shut. Raises NoSupabaseProject,
    BadWebhook.
    """

    transaction: Transaction
    users: Users
    identities: Identities
    new_accounts: NewAccounts
    sign_ins: SignIns
    cache: Cache
    hooks: SupabaseHooks
    bans: SupabaseBans
    tenants: Tenants
    api_tokens: ApiTokens
    fanout: Fanout

    async def __call__(
        self, actor: Actor, delivery: Delivery, change: SupabaseChange | None
    ) -> None:
        if not await is_called(self.tenants, self.hooks.tenant, actor.tenant_id):
            raise NoSupabaseProject
        self.hooks.must_be_signed(delivery)
        seen = f"supabase-webhook:{sha256(delivery.id.encode()).hexdigest()}"
        if change is None or await self.cache.get(seen) is not None:
            return
        if change.gone or change.banned:
            await self._shut(actor, change)
        elif (email := _usable(change.email)) is not None:
            await self._made(actor, change, email)
        await self.cache.put(seen, b"1", ttl=REMEMBERED)

    async def _shut(self, anonymous: Actor, change: SupabaseChange) -> None:
        """Whatever is left opens the account again: a password, another identity, or the end of the ban.

        Who is banned is linked under another id, so that half a log-in by it ends as well.
        """
        await self.bans.told()
        async with self.transaction(anonymous) as tx:
            known = await self.identities.found(self.hooks.issuer, str(change.subject))
            if known is None or await self.users.find(known.user_id) is None:
                return
            now, user = await tx.now(), await self.users.get(known.user_id)
            await self.identities.remove(known.id)
            if change.gone:
                tx.emit(*known.unlinked(at=now))
            else:
                await self.identities.add(replace(known, id=IdentityId(uuid4())))
            ended = await end_access(self.sign_ins, self.api_tokens, user.id, at=now)
        await tell_ended(self.fanout, ended)

    async def _made(self, anonymous: Actor, change: SupabaseChange, email: str) -> None:
        user_id, issuer = UserId(change.subject), self.hooks.issuer
        shown = IdentityClaims(issuer, str(change.subject), email, change.name, user_id)
        try:
            async with self.transaction(anonymous) as tx:
                known = await self.identities.found(issuer, shown.subject)
                if known is None and await self.users.with_email(email) is None:
                    nobody = User(user_id, anonymous.tenant_id, email, None)
                    await self.new_accounts.make(tx, shown, nobody)
        except Overtaken:
            return  # somebody has the address or the id by now: their first sign-in tells what to do


def _usable(email: str | None) -> str | None:
    try:
        return None if email is None else email_address.normalised(email)
    except BadEmail:
        return None
