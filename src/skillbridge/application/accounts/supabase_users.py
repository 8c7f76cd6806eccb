"""Accounts of ours, and the users that a Supabase project has for them."""

import logging
from dataclasses import dataclass

from skillbridge.application.accounts.ports.supabase import SupabaseUser, SupabaseUsers
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.ports.tenants import Tenants, is_called
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.accounts import (
    AccountEnabled,
    AddressChanged,
    EmailVerified,
    MentoringBarred,
)
from skillbridge.domain.ids import UserId

log = logging.getLogger(__name__)

Told = EmailVerified | AddressChanged | MentoringBarred | AccountEnabled


@dataclass(frozen=True, slots=True)
class SyncSupabaseUser:
    """The project has a user of the account's id, with its address, banned while the account is disabled.

    What the account is now counts, so jobs may come late, twice and in any order; the event says which of it
    is told, for what the project has changed besides stays: a ban of its own, and an address. Such a user opens no account here before its owner has linked it.
    """

    transaction: Transaction
    users: Users
    supabase: SupabaseUsers
    tenants: Tenants

    async def __call__(self, actor: Actor, event: Told) -> None:
        if not await is_called(self.tenants, self.supabase.tenant, actor.tenant_id):
            return
        wanted = await self._wanted(actor, event)
        while True:
            await self._write(event.user_id, wanted)
            told, wanted = wanted, await self._wanted(actor, event)
            if told == wanted:  # else a job that looked later may have written before us
                return

    async def _wanted(self, actor: Actor, event: Told) -> SupabaseUser | None:
        async with self.transaction(actor, read_only=True):
            user = await self.users.find(event.user_id)
        if user is None:
            return None
        lifted = False if isinstance(event, AccountEnabled) else None
        return SupabaseUser(
            user.id,
            user.email,
            moved=isinstance(event, EmailVerified | AddressChanged),
            banned=True if user.disabled_at is not None else lifted,
        )

    async def _write(self, user_id: UserId, wanted: SupabaseUser | None) -> None:
        if wanted is None:
            await self.supabase.remove(user_id)
        elif not await self.supabase.put(wanted):
            log.warning("supabase.address_taken", extra={"user": str(user_id)})
