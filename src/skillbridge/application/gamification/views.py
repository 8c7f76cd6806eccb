"""Badges as a client sees them."""

from dataclasses import dataclass
from datetime import datetime

from skillbridge.domain.gamification.badge import Activity, ActivityCounts, Badge
from skillbridge.domain.ids import BadgeId


@dataclass(frozen=True, slots=True)
class Goal:
    """One activity that a badge asks for: how often it was done, of how often it takes."""

    deed: Activity  # the name that clients know
    done: int
    needed: int


@dataclass(frozen=True, slots=True)
class BadgeView:
    """A badge and how near the actor is; `awarded_at` is absent until they have it.

    Whoever has it is at 100, whatever was undone since.
    """

    id: BadgeId
    title: str
    description: str
    goals: tuple[Goal, ...]
    percent: int
    awarded_at: datetime | None

    @classmethod
    def of(cls, badge: Badge, counts: ActivityCounts, awarded_at: datetime | None) -> "BadgeView":
        goals = tuple(
            Goal(activity, min(counts.get(activity, 0), needed), needed)
            for activity, needed in badge.rule.items()
        )
        percent = 100 if awarded_at else badge.percent(counts)
        return cls(badge.id, badge.title, badge.description, goals, percent, awarded_at)


@dataclass(frozen=True, slots=True)
class Award:
    """A badge that somebody has."""

    id: BadgeId
    title: str
    description: str
    awarded_at: datetime
