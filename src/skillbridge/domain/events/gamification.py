"""What is earned."""

from dataclasses import dataclass

from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import BadgeId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeAwarded(Event):
    user_id: UserId
    badge_id: BadgeId
    title: str
