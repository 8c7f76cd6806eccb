"""What happens to offers of mentoring."""

from dataclasses import dataclass

from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorProfileChanged(Event):
    """A mentor appeared, changed what they offer, or stopped offering."""

    mentor_id: UserId
