"""A line of the log as a document of the Elastic Common Schema, as the trail is told too.

Source: https://www.elastic.co/guide/en/ecs/8.17/ecs-field-reference.html. What ECS has no field for stands
under `skillbridge.log`. Elastic's own library for structlog leaves such names at the top, where `user`, a word
in ours, is an object in the schema: one line of that kind, and Elasticsearch refuses all the others.
"""

import re
from collections.abc import MutableMapping
from typing import Any

from skillbridge.application.audit.ecs import VERSION

NANOSECONDS = 1_000_000
"""In the milliseconds of a request."""
FIELDS = {
    "timestamp": "@timestamp",
    "level": "log.level",
    "request_id": "trace.id",
    "own_request_id": "http.request.id",
    "method": "http.request.method",
    "path": "url.path",
    "status": "http.response.status_code",
    "user": "user.id",
    "tenant": "organization.id",
    "problem": "error.code",
    "reason": "event.reason",
    "exception": "error.stack_trace",
}
_ACTION = re.compile(r"[a-z_]+(\.[a-z_]+)*")
"""Our own lines are named so; what a library says is words."""


def as_ecs(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last step before a line is written: what must not be read is hidden already."""
    said = str(line.pop("event", ""))
    found: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for name, value in line.items():
        if name == "ms":
            _put(found, "event.duration", round(value * NANOSECONDS))
        elif name in FIELDS:
            _put(found, FIELDS[name], value)
        else:
            own[name] = value
    found["message"] = said
    _put(found, "event.kind", "alert" if "signal" in line else "event")
    _put(found, "event.dataset", "skillbridge.log")
    if _ACTION.fullmatch(said):
        _put(found, "event.action", said)
    if "signal" in line:
        _put(found, "event.category", ["intrusion_detection"])
        _put(found, "event.type", ["info"])
    found |= {"ecs": {"version": VERSION}, "service": {"name": "skillbridge"}}
    if own:
        found["skillbridge"] = {"log": own}
    return found


def _put(found: dict[str, Any], name: str, value: Any) -> None:
    *above, last = name.split(".")
    for step in above:
        found = found.setdefault(step, {})
    found[last] = value
