"""What happens to profiles."""

from dataclasses import dataclass

from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanged(Event):
    user_id: UserId
