"""What is told of an event, and to whom."""

from collections.abc import Mapping
from dataclasses import fields
from uuid import uuid5

from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import NoticeId, UserId
from skillbridge.domain.notifications.notice import Notice
from skillbridge.domain.notifications.templates import TEMPLATES

Names = Mapping[UserId, str]

NAMELESS = {"user": "new learner", "learner": "A learner", "mentor": "A mentor"}
"""What people are called who have no name, or have it no longer."""


def people_in(event: Event) -> dict[str, UserId]:
    """Everybody whom the event names, by their part in it: `learner`, `mentor`, `user`."""
    told = {part: getattr(event, f"{part}_id", None) for part in NAMELESS}
    return {part: user_id for part, user_id in told.items() if user_id is not None}


def notices_of(event: Event, names: Names) -> tuple[Notice, ...]:
    """All that is to be told of `event`; whoever did it knows, and is not told; nor is nobody."""
    people = people_in(event)
    values = {field.name: getattr(event, field.name) for field in fields(event)}
    values |= {part: names.get(people[part], NAMELESS[part]) for part in people}
    values["event"] = event
    return tuple(
        Notice(
            id=_id(event, values[template.to], template.key.format_map(values)),
            user_id=values[template.to],
            event_id=event.id,
            kind=type(event).__name__,
            about=(template.about or template.key).format_map(values),
            title=template.title.format_map(values),
            body=template.body.format_map(values),
            link=template.link.format_map(values),
            created_at=event.at,
        )
        for template in TEMPLATES.get(type(event), ())
        if values[template.to] not in {None, values.get("by")}
    )


def _id(event: Event, told: UserId, key: str) -> NoticeId:
    return NoticeId(uuid5(told, f"{type(event).__name__} {key}"))
