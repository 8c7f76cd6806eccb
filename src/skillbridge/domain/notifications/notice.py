"""What one person is told of one event."""

from dataclasses import dataclass
from datetime import datetime

from skillbridge.domain.errors import NotFound
from skillbridge.domain.ids import EventId, NoticeId, UserId


class UnknownNotice(NotFound):
    """There is no such notice, or it was told to somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A person is told once of what was done: the id follows from both, and not from the event.

    Finishing a roadmap, opening a module again and finishing once more are one.
    """

    id: NoticeId
    user_id: UserId
    event_id: EventId
    kind: str
    """The name of the event: what a client chooses an icon by."""
    about: str
    """What or whom it concerns. While a notice is unread, a newer one of its kind about the same
    takes its place: who asks and withdraws sixty times is told of once."""
    title: str
    body: str
    link: str
    """Where to look: a path below the API's version."""
    created_at: datetime
