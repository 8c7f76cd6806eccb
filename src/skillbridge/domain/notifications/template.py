"""The form of what people are told."""

from collections.abc import Mapping
from dataclasses import dataclass

from skillbridge.domain.events.event import Event


@dataclass(frozen=True, slots=True)
class Template:
    """For the person in the event's field `to`.

    Braces hold fields of the event, for `learner_id` also `{learner}`, their name, and what it says
    besides its fields as `{event.outcome}`.
    """

    to: str
    title: str
    body: str
    link: str
    key: str
    """Of what was done: the same is not told twice, however often it is done."""
    about: str = ""
    """What an unread notice gives way to a newer one for; where nothing is said, that of `key`."""


Templates = Mapping[type[Event], tuple[Template, ...]]
