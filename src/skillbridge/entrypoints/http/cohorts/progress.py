"""/v1/cohorts/{id}/progress: how far a run is."""

from dishka import FromDishka
from litestar import Response
from litestar.params import FromPath

from skillbridge.application.cohorts.tracker import CohortTracker
from skillbridge.application.cohorts.views import CohortProgress
from skillbridge.application.ports.access_tokens import Claims
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.cohort import UnknownCohort
from skillbridge.domain.cohorts.operator import NotAnOperator
from skillbridge.domain.ids import CohortId
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.event_types import EventType
from skillbridge.entrypoints.http.server.operations import answer, get
from skillbridge.entrypoints.http.server.quotas import FOLLOWED
from skillbridge.entrypoints.http.server.server_sent import (
    END,
    NOTHING_LEFT,
    EventStream,
    LastEventId,
)
from skillbridge.entrypoints.http.server.streams import Streams, StreamsFull, TooManyStreams

PROGRESS = EventType("progress", CohortProgress)


@get(
    "/{cohort_id:str}/progress",
    guards=[needs("cohorts:read")],
    refuses=[NotAnOperator, UnknownCohort],
)
async def get_cohort_progress(
    cohort_id: FromPath[CohortId], actor: FromDishka[Actor], tracker: FromDishka[CohortTracker]
) -> CohortProgress:
    """How far the matching or the applying is: for clients that ask from time to time."""
    return await tracker.now(actor, cohort_id)


@get(
    "/{cohort_id:str}/progress/events",
    guards=[needs("cohorts:read", FOLLOWED)],
    media_type="text/event-stream",
    responses={204: answer(None, description=NOTHING_LEFT)},
    refuses=[NotAnOperator, UnknownCohort, TooManyStreams, StreamsFull],
    events=[PROGRESS, END],
)
async def follow_cohort_run(
    cohort_id: FromPath[CohortId],
    actor: FromDishka[Actor],
    claims: FromDishka[Claims],
    tracker: FromDishka[CohortTracker],
    streams: FromDishka[Streams],
    last_event_id: LastEventId = None,
) -> Response[None]:
    """Where it stands, then each step, as a server-sent event `progress`, while a worker is at it.

    The last event is `end`, with the `reason`: `finished`, or `signed-out`, `token-expired`,
    `restarting` or `unavailable`, after which to follow again. While nothing happens a comment comes
    each 15 s.
    """
    progress = await tracker.now(actor, cohort_id)
    made = EventStream(streams, claims, PROGRESS, tracker.follow(actor, cohort_id))
    return made.unless(not tracker.goes_on(progress), last_event_id)
