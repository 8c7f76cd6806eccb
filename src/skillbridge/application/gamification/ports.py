"""What gamification needs from outside."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from skillbridge.domain.actor import Actor
from skillbridge.domain.gamification.badge import ActivityCounts, ActivityTimes
from skillbridge.domain.ids import BadgeId, UserId


class Activities(Protocol):
    """What people have done, told from where it is kept."""

    async def first(self, user_id: UserId, most: int) -> ActivityTimes:
        """When they did what, at most the first `most` times of each."""
        ...


class Awards(Protocol):
    """Who has which badge. Only the system awards them; nobody takes them away."""

    async def award(
        self, user_id: UserId, badges: Mapping[BadgeId, datetime]
    ) -> Collection[BadgeId]:
        """Each badge as of its time. Those that are new to them; awarding twice is harmless."""
        ...


class BadgeReads(Protocol):
    async def own(self, actor: Actor) -> tuple[ActivityCounts, Mapping[BadgeId, datetime]]:
        """The actor's activity, and when each of their badges was awarded, the first one first."""
        ...
