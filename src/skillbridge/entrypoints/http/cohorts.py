"""/v1/cohorts: have many learners matched at once, look at what was found, confirm or discard it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec
from dishka import FromDishka
from litestar import Response, Router
from litestar.params import FromPath, JSONBody, QueryParameter

from skillbridge.application.accounts.ports import Claims
from skillbridge.application.cohorts.orders import (
    ConfirmCohortRun,
    DiscardCohortRun,
    OrderCohortRun,
)
from skillbridge.application.cohorts.reading import GetCohortRun, ListCohortRuns, ListPlacements
from skillbridge.application.cohorts.tracker import CohortTracker
from skillbridge.application.cohorts.views import CohortProgress, CohortView, PlacementView
from skillbridge.application.paging import Key
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.assignment import AssignMode, AssignOptions
from skillbridge.domain.cohorts.cohort import ProposalOverdue, UnknownCohort
from skillbridge.domain.cohorts.operator import NotAnOperator
from skillbridge.domain.cohorts.order import CohortOrder
from skillbridge.domain.cohorts.placement import PlacementState
from skillbridge.domain.errors import Faults, Invalid
from skillbridge.domain.ids import CohortId, UserId
from skillbridge.domain.lifecycle import IllegalMove
from skillbridge.domain.ranking.score import USUAL, Weights
from skillbridge.entrypoints.http.server.answers import Json
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.event_types import EventType
from skillbridge.entrypoints.http.server.inject import inject
from skillbridge.entrypoints.http.server.operations import answer, get, post
from skillbridge.entrypoints.http.server.paging import After, Limit, Page, page, to_key
from skillbridge.entrypoints.http.server.quotas import MOVES_WORK
from skillbridge.entrypoints.http.server.server_sent import (
    END,
    NOTHING_LEFT,
    EventStream,
    LastEventId,
)
from skillbridge.entrypoints.http.server.streams import Streams, StreamsFull, TooManyStreams
from skillbridge.entrypoints.http.server.versions import (
    IfMatch,
    IfNoneMatch,
    etag,
    seen_versions,
    tagged,
)

NAMED = 20_000
"""Learners that one body can name within its mebibyte; the command line takes 100 000."""
PROGRESS = EventType("progress", CohortProgress)
NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""The placements of a run have no time of their own: pages go by the learner's id."""


def _share(usual: int) -> Any:
    return msgspec.Meta(ge=0, le=10_000, examples=[usual])


class NewWeights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Basis points per part of the score, 10 000 together."""

    skill: Annotated[int, _share(USUAL.skill)]
    availability: Annotated[int, _share(USUAL.availability)]
    language: Annotated[int, _share(USUAL.language)]
    location: Annotated[int, _share(USUAL.location)]
    rating: Annotated[int, _share(USUAL.rating)]
    free: Annotated[int, _share(USUAL.free)]
    experience: Annotated[int, _share(USUAL.experience)]


Learners = Annotated[
    list[UserId],
    msgspec.Meta(
        min_length=1,
        max_length=NAMED,
        description="Left out: all who have something to learn and no mentor.",
    ),
]
Mode = Annotated[
    AssignMode,
    msgspec.Meta(
        description="`optimal` and `fast`: the highest sum of scores, over the whole pool or over "
        "short lists; `greedy`: best pair first; `stable`: no learner and mentor would rather have "
        "each other.",
        examples=["optimal"],
    ),
]
Length = Annotated[
    int,
    msgspec.Meta(ge=1, le=100, description="Mentors on each learner's list.", examples=[32]),
]
Gap = Annotated[
    int,
    msgspec.Meta(
        ge=0,
        le=1_000_000,
        description="How far from proven best is good enough, in parts per million.",
        examples=[100],
    ),
]
Deadline = Annotated[
    int,
    msgspec.Meta(
        ge=1,
        le=120_000,
        description="Milliseconds, after which the answer is made best pair first.",
        examples=[30_000],
    ),
]


class NewCohortRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to match, and whom; everything but the mode may be left out."""

    mode: Mode
    learners: Learners | msgspec.UnsetType = msgspec.UNSET
    k: Length | msgspec.UnsetType = msgspec.UNSET
    gap_ppm: Gap | msgspec.UnsetType = msgspec.UNSET
    weights: NewWeights | msgspec.UnsetType = msgspec.UNSET
    deadline_ms: Deadline | msgspec.UnsetType = msgspec.UNSET

    def meant(self) -> CohortOrder:
        faults = Faults()
        with faults.noted():
            weights = Weights(**msgspec.structs.asdict(self.weights)) if self.weights else None
        with faults.noted():
            order = CohortOrder(learner_ids=tuple(self.learners) if self.learners else None)
        faults.refuse()
        options = AssignOptions(
            mode=self.mode,
            k=self.k or None,
            gap_ppm=None if self.gap_ppm is msgspec.UNSET else self.gap_ppm,
            weights=weights,
            deadline=timedelta(milliseconds=self.deadline_ms) if self.deadline_ms else None,
        )
        return replace(order, options=options)


InState = Annotated[
    PlacementState | None, QueryParameter(name="state", description="Only those in this state.")
]


@post(
    "/",
    operation_id="OrderCohortRun",
    guards=[needs("cohorts:write", MOVES_WORK)],
    status_code=202,
    refuses=[NotAnOperator, Invalid],
    tells=["Location", "Retry-After", "ETag"],
)
@inject
async def order_cohort_run(
    data: JSONBody[NewCohortRun], actor: FromDishka[Actor], order: FromDishka[OrderCohortRun]
) -> Response[CohortView]:
    """Answers at once with where to look; matching takes from a second to minutes.

    Nobody is asked before the run is confirmed. The same order again, while it is at work, answers
    with that run.
    """
    run = await order(actor, data.meant())
    return _at_work(run)


@get(
    "/",
    operation_id="ListCohortRuns",
    guards=[needs("cohorts:read")],
    refuses=[NotAnOperator],
)
@inject
async def list_cohort_runs(
    actor: FromDishka[Actor],
    runs: FromDishka[ListCohortRuns],
    after: After = None,
    limit: Limit = 20,
) -> Page[CohortView]:
    """The tenant's runs, newest first."""
    rows = await runs(actor, after=to_key(after), limit=limit + 1)
    return page(rows, limit, lambda row: Key(row.ordered_at, row.id))


@get(
    "/{cohort_id:str}",
    operation_id="GetCohortRun",
    guards=[needs("cohorts:read")],
    responses={304: answer(None, description="It is still as you hold it.")},
    refuses=[NotAnOperator, UnknownCohort],
    tells=["ETag"],
)
@inject
async def get_cohort_run(
    cohort_id: FromPath[CohortId],
    actor: FromDishka[Actor],
    run: FromDishka[GetCohortRun],
    if_none_match: IfNoneMatch = None,
) -> Response[CohortView]:
    """What was ordered, what was found with its proof and fairness, and what became of it."""
    view = await run(actor, cohort_id)
    return tagged(view, view.version, if_none_match)


@get(
    "/{cohort_id:str}/progress",
    operation_id="GetCohortProgress",
    guards=[needs("cohorts:read")],
    refuses=[NotAnOperator, UnknownCohort],
)
@inject
async def get_cohort_progress(
    cohort_id: FromPath[CohortId], actor: FromDishka[Actor], tracker: FromDishka[CohortTracker]
) -> CohortProgress:
    """How far the matching or the applying is: for clients that ask from time to time."""
    return await tracker.now(actor, cohort_id)


@get(
    "/{cohort_id:str}/progress/events",
    operation_id="FollowCohortRun",
    guards=[needs("cohorts:read")],
    media_type="text/event-stream",
    responses={204: answer(None, description=NOTHING_LEFT)},
    refuses=[NotAnOperator, UnknownCohort, TooManyStreams, StreamsFull],
    events=[PROGRESS, END],
)
@inject
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


@get(
    "/{cohort_id:str}/placements",
    operation_id="ListPlacements",
    guards=[needs("cohorts:read")],
    refuses=[NotAnOperator, UnknownCohort],
)
@inject
async def list_placements(
    cohort_id: FromPath[CohortId],
    actor: FromDishka[Actor],
    placements: FromDishka[ListPlacements],
    in_state: InState = None,
    after: After = None,
    limit: Limit = 20,
) -> Page[PlacementView]:
    """What the run found for each learner, with the parts of the score and the reasons in words."""
    place = to_key(after)
    rows = await placements(
        actor,
        cohort_id,
        state=in_state,
        after=UserId(place.id) if place else None,
        limit=limit + 1,
    )
    return page(rows, limit, lambda row: Key(NO_TIME, row.learner.id))


@post(
    "/{cohort_id:str}/confirm",
    operation_id="ConfirmCohortRun",
    guards=[needs("cohorts:write")],
    status_code=202,
    refuses=[NotAnOperator, UnknownCohort, ProposalOverdue, IllegalMove],
    tells=["Location", "Retry-After", "ETag"],
)
@inject
async def confirm_cohort_run(
    cohort_id: FromPath[CohortId],
    actor: FromDishka[Actor],
    confirm: FromDishka[ConfirmCohortRun],
    if_match: IfMatch = None,
) -> Response[CohortView]:
    """Lets the mentors be asked on the learners' behalf; they accept or decline as always.

    With `If-Match`, only what you have seen: 412 when the run has changed since. What is not
    possible any more is skipped, and its placement says why.
    """
    return _at_work(await confirm(actor, cohort_id, seen=seen_versions(if_match)))


@post(
    "/{cohort_id:str}/discard",
    operation_id="DiscardCohortRun",
    guards=[needs("cohorts:write")],
    status_code=200,
    refuses=[NotAnOperator, UnknownCohort, IllegalMove],
    tells=["ETag"],
)
@inject
async def discard_cohort_run(
    cohort_id: FromPath[CohortId],
    actor: FromDishka[Actor],
    discard: FromDishka[DiscardCohortRun],
    if_match: IfMatch = None,
) -> Response[CohortView]:
    """Nothing comes of the run, also while it is being matched."""
    run = await discard(actor, cohort_id, seen=seen_versions(if_match))
    return Json(run, headers={"ETag": etag(run.version)})


def _at_work(run: CohortView) -> Response[CohortView]:
    """A worker has it now: where to look, and how soon."""
    headers = {
        "Location": f"/v1/cohorts/{run.id}/progress",
        "Retry-After": "1",
        "ETag": etag(run.version),
    }
    return Json(run, status_code=202, headers=headers)


routes = Router(
    "/v1/cohorts",
    route_handlers=[
        order_cohort_run,
        list_cohort_runs,
        get_cohort_run,
        get_cohort_progress,
        follow_cohort_run,
        list_placements,
        confirm_cohort_run,
        discard_cohort_run,
    ],
    tags=["cohorts"],
)
