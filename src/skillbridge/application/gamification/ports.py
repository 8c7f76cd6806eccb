"""What gamification needs from outside."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from skillbridge.domain.actor import Actor
from skillbridge.domain.gamification.badge import ActivityCounts
from skillbridge.domain.ids import BadgeId, UserId


class Activities(Protocol):
    """What people have done, counted from where it is kept."""

    async def of(self, user_id: UserId) -> ActivityCounts: ...


class Awards(Protocol):
    """Who has which badge. Only the system awards them; nobody takes them away."""

    async def award(
        self, user_id: UserId, badge_ids: Collection[BadgeId], at: datetime
    ) -> Collection[BadgeId]:
        """Those that are new to them; awarding twice is harmless."""
        ...


class BadgeReads(Protocol):
    async def own(self, actor: Actor) -> tuple[ActivityCounts, Mapping[BadgeId, datetime]]:
        """The actor's activity, and when each of their badges was awarded, the first one first."""
        ...
