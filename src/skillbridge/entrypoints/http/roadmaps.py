"""/v1/roadmaps: ask for one, follow how it is drawn, read it."""

from typing import Annotated

import msgspec
from dishka import FromDishka
from litestar import Response, Router
from litestar.params import FromPath, JSONBody

from skillbridge.application.ports.access_tokens import Claims
from skillbridge.application.roadmaps.drafting import RequestRoadmap
from skillbridge.application.roadmaps.ports import RoadmapReads
from skillbridge.application.roadmaps.tracker import DraftTracker
from skillbridge.application.roadmaps.views import GenerationView, RoadmapSummary, RoadmapView
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Faults, TooMany
from skillbridge.domain.ids import DomainId, RoadmapId, SkillId
from skillbridge.domain.level import Level
from skillbridge.domain.resources.catalogue import Catalogue, UnknownDomain
from skillbridge.domain.resources.resource import SLUG
from skillbridge.domain.roadmaps.brief import (
    GOAL,
    SKILL,
    Brief,
    ImpossiblePace,
    UnclearGoal,
    UnclearSkills,
)
from skillbridge.domain.unknown import UnknownRoadmap
from skillbridge.entrypoints.http.server.answers import Json
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.event_types import EventType
from skillbridge.entrypoints.http.server.free_text import in_body
from skillbridge.entrypoints.http.server.operations import answer, get, post
from skillbridge.entrypoints.http.server.paging import After, Cursors, Limit, Page
from skillbridge.entrypoints.http.server.quotas import FOLLOWED
from skillbridge.entrypoints.http.server.server_sent import (
    END,
    NOTHING_LEFT,
    EventStream,
    LastEventId,
)
from skillbridge.entrypoints.http.server.streams import Streams, StreamsFull, TooManyStreams
from skillbridge.entrypoints.http.server.versions import IfNoneMatch, tagged

ROADMAPS = Cursors("/v1/roadmaps")
GENERATION = EventType("generation", GenerationView)


class NewRoadmap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the learner wants, how much time they have, and what they know already."""

    goal: Annotated[str, in_body(GOAL, "Become a data analyst")]
    domain: Annotated[
        str,
        msgspec.Meta(
            max_length=64,
            description="An `id` of `/v1/domains`.",
            examples=["data-analysis"],
            extra_json_schema={"extra": {"pattern": f"^{SLUG.pattern}$"}},
        ),
    ]
    level: Level = Level.BEGINNER
    hours_per_week: Annotated[int, msgspec.Meta(ge=1, le=60)] = 6
    known: Annotated[
        list[
            Annotated[
                str,
                msgspec.Meta(
                    max_length=64,
                    extra_json_schema={"extra": {"pattern": f"^{SKILL.pattern}$"}},
                ),
            ]
        ],
        msgspec.Meta(max_length=100, description="The ids of skills."),
    ] = []

    def meant(self) -> Brief:
        return Brief(
            goal=self.goal,
            domain=DomainId(self.domain),
            level=self.level,
            hours_per_week=self.hours_per_week,
            known=frozenset(SkillId(skill) for skill in self.known),
        )

    def must_choose_from(self, catalogue: Catalogue) -> None:
        catalogue.domain(DomainId(self.domain))


@post(
    "/",
    guards=[needs("roadmaps:write")],
    status_code=202,
    refuses=[UnclearGoal, ImpossiblePace, UnclearSkills, UnknownDomain, TooMany],
    tells=["Location", "Retry-After"],
)
async def request_roadmap(
    data: JSONBody[NewRoadmap], actor: FromDishka[Actor], ask: FromDishka[RequestRoadmap]
) -> Response[GenerationView]:
    """Answers at once with where to look; drawing takes from a second to a minute.

    The same wish again, while its roadmap is being drawn, answers with that one.
    """
    faults = Faults()
    with faults.noted():
        brief = data.meant()
    with faults.noted():
        ask.must_offer(DomainId(data.domain))
    faults.refuse()
    view = await ask(actor, brief)
    where = f"/v1/roadmaps/{view.roadmap_id}/generation"
    return Json(view, status_code=202, headers={"Location": where, "Retry-After": "1"})


@get("/", guards=[needs("roadmaps:read")])
async def list_roadmaps(
    actor: FromDishka[Actor],
    reads: FromDishka[RoadmapReads],
    after: After = None,
    limit: Limit = 20,
) -> Page[RoadmapSummary]:
    """One's own, newest first, without their modules."""
    return ROADMAPS.page(await reads.mine(actor, ROADMAPS.asked(after, limit)))


@get("/{roadmap_id:str}", guards=[needs("roadmaps:read")], refuses=[UnknownRoadmap], tells=["ETag"])
async def get_roadmap(
    roadmap_id: FromPath[RoadmapId],
    actor: FromDishka[Actor],
    reads: FromDishka[RoadmapReads],
    if_none_match: IfNoneMatch = None,
) -> Response[RoadmapView]:
    """The whole path with its progress; with `If-None-Match`, only if it has changed since."""
    return tagged(await reads.one(actor, roadmap_id), if_none_match)


@get("/{roadmap_id:str}/generation", guards=[needs("roadmaps:read")], refuses=[UnknownRoadmap])
async def get_generation(
    roadmap_id: FromPath[RoadmapId], actor: FromDishka[Actor], tracker: FromDishka[DraftTracker]
) -> GenerationView:
    """How far the drawing is: for clients that ask from time to time."""
    return await tracker.now(actor, roadmap_id)


@get(
    "/{roadmap_id:str}/generation/events",
    guards=[needs("roadmaps:read", FOLLOWED)],
    media_type="text/event-stream",
    responses={204: answer(None, description=NOTHING_LEFT)},
    refuses=[UnknownRoadmap, TooManyStreams, StreamsFull],
    events=[GENERATION, END],
)
async def follow_generation(
    roadmap_id: FromPath[RoadmapId],
    actor: FromDishka[Actor],
    claims: FromDishka[Claims],
    tracker: FromDishka[DraftTracker],
    streams: FromDishka[Streams],
    last_event_id: LastEventId = None,
) -> Response[None]:
    """Where it stands, then each step, as a server-sent event `generation`, to `ready` or `failed`.

    The last event is `end`, with the `reason`: `finished`, or `signed-out`, `token-expired`,
    `restarting` or `unavailable`, after which to follow again. While nothing happens a comment comes
    each 15 s.
    """
    view = await tracker.now(actor, roadmap_id)
    made = EventStream(streams, claims, GENERATION, tracker.follow(actor, roadmap_id))
    return made.unless(not tracker.goes_on(view), last_event_id)


routes = Router(
    "/v1/roadmaps",
    route_handlers=[request_roadmap, list_roadmaps, get_roadmap, get_generation, follow_generation],
    tags=["roadmaps"],
)
