"""Notices as a client sees them."""

from dataclasses import dataclass
from datetime import datetime

from skillbridge.domain.ids import NoticeId


@dataclass(frozen=True, slots=True)
class NoticeView:
    """`kind` is the name of the event; `link` a path below `/v1`."""

    id: NoticeId
    kind: str
    title: str
    body: str
    link: str | None
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Unread:
    """How many notices wait to be read."""

    unread: int
