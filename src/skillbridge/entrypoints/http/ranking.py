"""/v1/mentors/suggestions: who suits the learner."""

from typing import Annotated

from dishka import FromDishka
from litestar import Response, Router
from litestar.params import QueryParameter

from skillbridge.application.ranking.suggestions import SuggestMentors
from skillbridge.application.ranking.views import Suggestions
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Invalid
from skillbridge.domain.ids import SkillId
from skillbridge.domain.ranking.learner import NothingWanted, UnknownLearner
from skillbridge.entrypoints.http.server.answers import Json
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.inject import inject
from skillbridge.entrypoints.http.server.operations import get
from skillbridge.entrypoints.http.server.paging import Limit

Skills = Annotated[
    str,
    QueryParameter(
        name="skills",
        max_length=1000,
        description="Names with commas between; left out, the open modules of your roadmaps tell.",
    ),
]


@get(
    "/mentors/suggestions",
    operation_id="SuggestMentors",
    guards=[needs("mentors:read")],
    refuses=[Invalid, NothingWanted, UnknownLearner],
    tells=["X-Degraded"],
)
@inject
async def suggest_mentors(
    actor: FromDishka[Actor],
    suggest: FromDishka[SuggestMentors],
    skills: Skills = "",
    limit: Limit = 10,
) -> Response[Suggestions]:
    """Mentors who suit the learner, best first, with the parts of each score and the reasons.

    `X-Degraded: true` says that the matcher was away and its fallback answered.
    """
    wanted = [SkillId(skill.strip()) for skill in skills.split(",") if skill.strip()]
    found = await suggest(actor, wanted, limit)
    return Json(found, headers={"X-Degraded": str(found.degraded).lower()})


routes = Router("/v1", route_handlers=[suggest_mentors], tags=["matching"])
