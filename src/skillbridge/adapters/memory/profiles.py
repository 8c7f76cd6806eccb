"""Profiles in dictionaries."""

from copy import deepcopy
from dataclasses import dataclass

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.profiles.ports import ProfileReads, Profiles
from skillbridge.application.profiles.views import Me
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import UserId
from skillbridge.domain.profiles.profile import Profile, UnknownProfile


@dataclass(frozen=True, slots=True)
class MemoryProfiles:
    session: MemorySession

    async def add(self, profile: Profile) -> None:
        self.session.table("profiles")[profile.user_id] = profile

    async def get(self, user_id: UserId) -> Profile:
        found = self.session.table("profiles").get(user_id)
        profile: Profile = existing(found, UnknownProfile("no such profile"))
        return deepcopy(profile)

    async def save(self, profile: Profile) -> None:
        await self.get(profile.user_id)
        stale = "your profile changed meanwhile; read it again"
        self.session.save("profiles", profile.user_id, profile, stale)


@dataclass(frozen=True, slots=True)
class MemoryProfileReads:
    session: MemorySession

    async def me(self, actor: Actor) -> Me:
        user: User | None = self.session.table("users", of=actor).get(actor.user_id)
        profile: Profile | None = self.session.table("profiles", of=actor).get(actor.user_id)
        if user is None or profile is None:
            raise UnknownProfile("this account has no profile")
        details = profile.details
        return Me(
            user.id,
            user.email,
            tuple(sorted(user.roles)),
            details.name,
            details.bio,
            details.country,
            details.time_zone,
            details.languages,
            dict(details.skills),
            details.availability,
            profile.version,
        )


BINDINGS: Bindings = (
    Binding[Profiles](MemoryProfiles),
    Binding[ProfileReads](MemoryProfileReads),
)
