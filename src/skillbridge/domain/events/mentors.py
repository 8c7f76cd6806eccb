"""What happens to offers of mentoring."""

from skillbridge.domain.events.event import Event, event
from skillbridge.domain.ids import UserId


@event
class MentorProfileChanged(Event):
    """A mentor appeared, changed what they offer, or stopped offering."""

    mentor_id: UserId
