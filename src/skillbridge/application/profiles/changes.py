"""What people tell about themselves."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from skillbridge.application.ports.clock import Clock
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.profiles.ports import ProfileReads, Profiles
from skillbridge.application.profiles.views import Me
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import ChangedSinceSeen
from skillbridge.domain.ids import SkillId
from skillbridge.domain.profiles.profile import Details


@dataclass(frozen=True, slots=True)
class _Change:
    transaction: Transaction
    profiles: Profiles
    reads: ProfileReads
    clock: Clock

    async def change(
        self,
        actor: Actor,
        seen: Collection[int] | None,
        changed: Callable[[Details], Details],
    ) -> Me:
        """The profile is locked meanwhile. Raises ChangedSinceSeen if it is not one that was seen."""
        async with self.transaction(actor) as tx:
            profile = await self.profiles.get(actor.user_id)
            if seen is not None and profile.version not in seen:
                raise ChangedSinceSeen("your profile changed meanwhile; read it again")
            if events := profile.change(changed(profile.details), at=self.clock()):
                await self.profiles.save(profile)
                tx.emit(*events)
        return await self.reads.me(actor)


class UpdateProfile(_Change):
    """Replaces the actor's profile as a whole.

    With `version`, only if one of these is still the newest: raises ChangedSinceSeen otherwise.
    """

    async def __call__(
        self, actor: Actor, details: Details, *, version: Collection[int] | None = None
    ) -> Me:
        return await self.change(actor, version, lambda _: details)


class AmendProfile(_Change):
    """Changes parts of the actor's profile, and leaves the rest as it is by then.

    `parts` are by their names in Details; a skill whose level is None is taken away. With
    `version`, only if that is still the newest: raises ChangedSinceSeen otherwise.
    """

    async def __call__(
        self,
        actor: Actor,
        parts: Mapping[str, Any],
        *,
        skills: Mapping[SkillId, int | None],
        version: Collection[int] | None = None,
    ) -> Me:
        return await self.change(actor, version, lambda details: details.amended(parts, skills))
