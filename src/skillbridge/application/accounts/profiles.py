"""What people tell about themselves."""

from collections.abc import Collection
from dataclasses import dataclass

from skillbridge.application.accounts.ports import ProfileReads, Profiles
from skillbridge.application.accounts.views import Me
from skillbridge.application.ports import Clock, Transaction
from skillbridge.domain.accounts.profile import Details
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import StaleWrite


@dataclass(frozen=True, slots=True)
class UpdateProfile:
    """Replaces the actor's profile as a whole.

    With `version`, only if one of these is still the newest: raises StaleWrite otherwise.
    """

    transaction: Transaction
    profiles: Profiles
    reads: ProfileReads
    clock: Clock

    async def __call__(
        self, actor: Actor, details: Details, *, version: Collection[int] | None = None
    ) -> Me:
        async with self.transaction(actor) as tx:
            profile = await self.profiles.get(actor.user_id)
            if version is not None and profile.version not in version:
                raise StaleWrite("your profile changed meanwhile; read it again")
            events = profile.change(details, at=self.clock())
            if events:
                await self.profiles.save(profile)
                tx.emit(*events)
        return await self.reads.me(actor)
