"""What happens to profiles."""

from skillbridge.domain.events.event import Event, event
from skillbridge.domain.ids import UserId


@event
class ProfileChanged(Event):
    user_id: UserId
