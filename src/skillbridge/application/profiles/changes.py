"""What people tell about themselves."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from skillbridge.application.ports.clock import Clock
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.profiles.ports import ProfileReads, Profiles
from skillbridge.application.profiles.views import Me
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import ChangedSinceSeen
from skillbridge.domain.ids import SkillId
from skillbridge.domain.profiles.profile import Details, Profile


@dataclass(frozen=True, slots=True)
class UpdateProfile:
    """Replaces the actor's profile as a whole.

    With `version`, only if one of these is still the newest: raises ChangedSinceSeen otherwise.
    """

    transaction: Transaction
    profiles: Profiles
    reads: ProfileReads
    clock: Clock

    async def __call__(
        self, actor: Actor, details: Details, *, version: Collection[int] | None = None
    ) -> Me:
        async with self.transaction(actor) as tx:
            profile = await _seen(self.profiles, actor, version)
            events = profile.change(details, at=self.clock())
            if events:
                await self.profiles.save(profile)
                tx.emit(*events)
        return await self.reads.me(actor)


@dataclass(frozen=True, slots=True)
class AmendProfile:
    """Changes parts of the actor's profile, and leaves the rest as it is by then.

    `parts` are by their names in Details; a skill whose level is None is taken away. With
    `version`, only if that is still the newest: raises ChangedSinceSeen otherwise.
    """

    transaction: Transaction
    profiles: Profiles
    reads: ProfileReads
    clock: Clock

    async def __call__(
        self,
        actor: Actor,
        parts: Mapping[str, Any],
        *,
        skills: Mapping[SkillId, int | None],
        version: Collection[int] | None = None,
    ) -> Me:
        async with self.transaction(actor) as tx:
            profile = await _seen(self.profiles, actor, version)
            amended = profile.details.amended(parts, skills)
            events = profile.change(amended, at=self.clock())
            if events:
                await self.profiles.save(profile)
                tx.emit(*events)
        return await self.reads.me(actor)


async def _seen(profiles: Profiles, actor: Actor, version: Collection[int] | None) -> Profile:
    """The profile, which is locked, if it is the one that was seen. Raises ChangedSinceSeen."""
    profile = await profiles.get(actor.user_id)
    if version is not None and profile.version not in version:
        raise ChangedSinceSeen("your profile changed meanwhile; read it again")
    return profile
