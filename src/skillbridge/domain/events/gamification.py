"""What is earned."""

from skillbridge.domain.events.event import Event, event
from skillbridge.domain.ids import BadgeId, UserId


@event
class BadgeAwarded(Event):
    user_id: UserId
    badge_id: BadgeId
    title: str
