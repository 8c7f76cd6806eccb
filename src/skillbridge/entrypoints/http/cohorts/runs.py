"""/v1/cohorts: have many learners matched at once, look at what was found, confirm or discard it."""

from typing import Annotated

from dishka import FromDishka
from litestar import Response, Router
from litestar.params import FromPath, JSONBody, QueryParameter

from skillbridge.application.cohorts.orders import (
    ConfirmCohortRun,
    DiscardCohortRun,
    OrderCohortRun,
)
from skillbridge.application.cohorts.reading import GetCohortRun, ListCohortRuns, ListPlacements
from skillbridge.application.cohorts.views import CohortView, PlacementView
from skillbridge.application.paging import PageRequest
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.cohort import ProposalOverdue, UnknownCohort
from skillbridge.domain.cohorts.operator import NotAnOperator
from skillbridge.domain.cohorts.placement import PlacementState
from skillbridge.domain.errors import Invalid
from skillbridge.domain.ids import CohortId, UserId
from skillbridge.domain.lifecycle import IllegalMove
from skillbridge.entrypoints.http.cohorts.order import NewCohortRun
from skillbridge.entrypoints.http.cohorts.progress import follow_cohort_run, get_cohort_progress
from skillbridge.entrypoints.http.server.answers import Json
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.operations import get, post
from skillbridge.entrypoints.http.server.paging import After, Cursors, Limit, Page
from skillbridge.entrypoints.http.server.quotas import MOVES_WORK
from skillbridge.entrypoints.http.server.versions import (
    IfMatch,
    IfNoneMatch,
    etag,
    seen_versions,
    tagged,
)

RUNS = Cursors("/v1/cohorts")

InState = Annotated[
    PlacementState | None, QueryParameter(name="state", description="Only those in this state.")
]


@post(
    "/",
    guards=[needs("cohorts:write", MOVES_WORK)],
    status_code=202,
    refuses=[NotAnOperator, Invalid],
    tells=["Location", "Retry-After", "ETag"],
)
async def order_cohort_run(
    data: JSONBody[NewCohortRun], actor: FromDishka[Actor], order: FromDishka[OrderCohortRun]
) -> Response[CohortView]:
    """Answers at once with where to look; matching takes from a second to minutes.

    Nobody is asked before the run is confirmed. The same order again, while it is at work, answers
    with that run.
    """
    return _at_work(await order(actor, data.meant()))


@get("/", guards=[needs("cohorts:read")], refuses=[NotAnOperator])
async def list_cohort_runs(
    actor: FromDishka[Actor],
    runs: FromDishka[ListCohortRuns],
    after: After = None,
    limit: Limit = 20,
) -> Page[CohortView]:
    """The tenant's runs, newest first."""
    return RUNS.page(await runs(actor, RUNS.asked(after, limit)))


@get(
    "/{cohort_id:str}",
    guards=[needs("cohorts:read")],
    refuses=[NotAnOperator, UnknownCohort],
    tells=["ETag"],
)
async def get_cohort_run(
    cohort_id: FromPath[CohortId],
    actor: FromDishka[Actor],
    run: FromDishka[GetCohortRun],
    if_none_match: IfNoneMatch = None,
) -> Response[CohortView]:
    """What was ordered, what was found with its proof and fairness, and what became of it."""
    return tagged(await run(actor, cohort_id), if_none_match)


@get(
    "/{cohort_id:str}/placements",
    guards=[needs("cohorts:read")],
    refuses=[NotAnOperator, UnknownCohort],
)
async def list_placements(
    cohort_id: FromPath[CohortId],
    actor: FromDishka[Actor],
    placements: FromDishka[ListPlacements],
    in_state: InState = None,
    after: After = None,
    limit: Limit = 20,
) -> Page[PlacementView]:
    """What the run found for each learner, with the parts of the score and the reasons in words."""
    cursors = Cursors(f"/v1/cohorts/{cohort_id}/placements")
    place = cursors.key(after)
    page = PageRequest(limit, UserId(place.id) if place else None)
    found = await placements(actor, cohort_id, page, state=in_state)
    return cursors.page(found)


@post(
    "/{cohort_id:str}/confirm",
    guards=[needs("cohorts:write")],
    status_code=202,
    refuses=[NotAnOperator, UnknownCohort, ProposalOverdue, IllegalMove],
    tells=["Location", "Retry-After", "ETag"],
)
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
    guards=[needs("cohorts:write")],
    status_code=200,
    refuses=[NotAnOperator, UnknownCohort, IllegalMove],
    tells=["ETag"],
)
async def discard_cohort_run(
    cohort_id: FromPath[CohortId],
    actor: FromDishka[Actor],
    discard: FromDishka[DiscardCohortRun],
    if_match: IfMatch = None,
) -> Response[CohortView]:
    """Nothing comes of the run, also while it is being matched."""
    return tagged(await discard(actor, cohort_id, seen=seen_versions(if_match)))


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
