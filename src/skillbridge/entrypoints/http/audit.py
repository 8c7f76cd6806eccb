"""/v1/audit: who did what to whom, for administrators."""

import re
from datetime import datetime
from typing import Annotated, Any

from dishka import FromDishka
from litestar import Router
from litestar.params import QueryParameter

from skillbridge.application.audit.searching import SearchAudit
from skillbridge.application.audit.views import AuditEntry, Search
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Invalid
from skillbridge.domain.ids import UserId
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.faults.parameters import Rule
from skillbridge.entrypoints.http.server.operations import get
from skillbridge.entrypoints.http.server.paging import After, Cursors, Limit, Page

AUDIT = Cursors("/v1/audit")
ACTION = re.compile("[A-Z][A-Za-z]{1,63}")
REQUEST = re.compile("[A-Za-z0-9_.-]{8,64}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")


class UnfitMoment(Invalid):
    """A moment that is none, or is not written in UTC."""


class UnfitFilter(Invalid):
    """Neither the name of an action nor the id of a request looks like this."""


def fits(said: str, pattern: re.Pattern[str]) -> None:
    """Raises UnfitFilter."""
    if not pattern.fullmatch(said):
        raise UnfitFilter(f"write this as {pattern.pattern} has it")


def moment(said: str) -> datetime:
    """Raises UnfitMoment. RFC 3339, in UTC: whoever reads the trail elsewhere means the same moment."""
    try:
        found = datetime.fromisoformat(said) if _MOMENT.fullmatch(said) else None
    except ValueError:
        found = None
    if found is None:
        raise UnfitMoment("write a moment in UTC, as 2026-11-30T09:00:00Z")
    return found


def _filter(name: str, words: str, **schema: Any) -> QueryParameter:
    return QueryParameter(name=name, description=words, schema_extra=schema)


Action = Annotated[
    str | None,
    _filter("action", "What was done, as RoleGranted.", pattern=f"^{ACTION.pattern}$"),
    Rule(lambda said, _: fits(said, ACTION)),
]
By = Annotated[UserId | None, _filter("actor", "Who did it.")]
To = Annotated[UserId | None, _filter("subject", "To whom.")]
Request = Annotated[
    str | None,
    _filter(
        "request",
        "By which request: our id of it, or the X-Request-Id of its answer.",
        pattern=f"^{REQUEST.pattern}$",
    ),
    Rule(lambda said, _: fits(said, REQUEST)),
]
Since = Annotated[
    str | None,
    _filter("since", "From this moment on, in UTC.", format="date-time"),
    Rule(lambda said, _: moment(said)),
]
Until = Annotated[
    str | None,
    _filter("until", "Before this moment, in UTC.", format="date-time"),
    Rule(lambda said, _: moment(said)),
]


@get("/audit", guards=[needs("audit:read")], refuses=[UnfitFilter, UnfitMoment])
async def search_audit(
    actor: FromDishka[Actor],
    search: FromDishka[SearchAudit],
    action: Action = None,
    by: By = None,
    to: To = None,
    request_id: Request = None,
    since: Since = None,
    until: Until = None,
    after: After = None,
    limit: Limit = 20,
) -> Page[AuditEntry]:
    """What was done in your organisation, newest first; every filter that is given must hold.

    That you looked, and for what, becomes an entry itself.
    """
    asked = Search(
        action,
        by,
        to,
        request_id,
        moment(since) if since else None,
        moment(until) if until else None,
    )
    return AUDIT.page(await search(actor, asked, AUDIT.asked(after, limit)))


routes = Router("/v1", route_handlers=[search_audit], tags=["audit"])
