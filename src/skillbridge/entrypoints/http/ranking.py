"""/v1/mentors/suggestions: who suits the learner."""

from dataclasses import dataclass
from typing import Annotated

from dishka import FromDishka
from litestar import Response, Router
from litestar.params import QueryParameter

from skillbridge.application.mentors.ports import MentorReads
from skillbridge.application.ranking import views
from skillbridge.application.ranking.suggestions import SuggestMentors
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Invalid
from skillbridge.domain.profiles.profile import UnfitSkills
from skillbridge.domain.ranking.learner import NothingWanted, UnknownLearner
from skillbridge.domain.ranking.need import MOST_WANTED
from skillbridge.domain.resources.catalogue import Catalogue, UnknownSkill
from skillbridge.entrypoints.http.mentor_cards import MentorCard
from skillbridge.entrypoints.http.server.answers import Json
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.faults.parameters import Rule
from skillbridge.entrypoints.http.server.operations import get
from skillbridge.entrypoints.http.server.paging import Limit
from skillbridge.entrypoints.http.server.quotas import COMPUTED
from skillbridge.entrypoints.http.server.safe_html import HtmlAsked, with_html
from skillbridge.entrypoints.http.skills import check_named, must_be_had, named

Skills = Annotated[
    str,
    QueryParameter(
        name="skills",
        description=f"At most {MOST_WANTED} names with commas between; left out, the open modules of "
        "your roadmaps tell.",
    ),
    Rule(lambda said, _: check_named(said)),
]


@dataclass(frozen=True, slots=True)
class Suggested(views.Suggested):
    """A mentor with their score of at most 10 000; the `terms` sum to the `total`."""

    mentor: MentorCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions(views.Suggestions):
    """Best first, by score or as a model says. `skills` is what was looked for."""

    items: tuple[Suggested, ...]


@get(
    "/mentors/suggestions",
    guards=[needs("mentors:read", COMPUTED)],
    refuses=[Invalid, NothingWanted, UnfitSkills, UnknownLearner, UnknownSkill],
    tells=["X-Degraded"],
)
async def suggest_mentors(
    actor: FromDishka[Actor],
    suggest: FromDishka[SuggestMentors],
    catalogue: FromDishka[Catalogue],
    reads: FromDishka[MentorReads],
    skills: Skills = "",
    limit: Limit = 10,
    html: HtmlAsked = False,
) -> Response[Suggestions]:
    """Mentors who suit the learner, best first, with the parts of each score and the reasons.

    `X-Degraded: true` says that the matcher was away and its fallback answered.
    """
    wanted = named(skills)
    await must_be_had("skills", wanted, actor, catalogue, reads)
    found = await suggest(actor, wanted, limit)
    items = [
        Suggested(
            await with_html(MentorCard, one.mentor, html=html), one.total, one.terms, one.reasons
        )
        for one in found.items
    ]
    shown = Suggestions(
        items=tuple(items), skills=found.skills, degraded=found.degraded, source=found.source
    )
    return Json(shown, headers={"X-Degraded": str(found.degraded).lower()})


routes = Router("/v1", route_handlers=[suggest_mentors], tags=["matching"])
