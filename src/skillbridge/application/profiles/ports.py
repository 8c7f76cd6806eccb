"""What profiles need from outside."""

from typing import Protocol

from skillbridge.application.profiles.views import Me
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import UserId
from skillbridge.domain.profiles.profile import Profile


class Profiles(Protocol):
    async def add(self, profile: Profile) -> None: ...

    async def get(self, user_id: UserId) -> Profile:
        """Locks the profile; raises UnknownProfile for what is not the actor's to change."""
        ...

    async def save(self, profile: Profile) -> None:
        """Raises StaleWrite."""


class ProfileReads(Protocol):
    async def me(self, actor: Actor) -> Me:
        """What the actor sees of themselves; raises UnknownProfile."""
        ...
