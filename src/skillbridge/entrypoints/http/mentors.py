"""/v1/mentors, /v1/me/mentor: who offers mentoring, and one's own offer."""

from typing import Annotated, Any

import msgspec
from dishka import FromDishka
from litestar import Router
from litestar.params import FromPath, JSONBody, QueryParameter

from skillbridge.application.mentors.offers import OfferMentoring, ShowMyOffer
from skillbridge.application.mentors.ports import SEARCH, MentorReads, MentorSearch, UnfitSearch
from skillbridge.application.mentors.views import MyOffer
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Conflict
from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.mentors.mentor import (
    HEADLINE,
    CapacityTaken,
    ImpossibleCapacity,
    ImpossibleExperience,
    NoOfferYet,
    Offer,
    UnfitHeadline,
    UnknownMentor,
)
from skillbridge.domain.profiles.countries import COUNTRIES
from skillbridge.domain.profiles.profile import (
    SKILL,
    UnfitLanguages,
    UnfitSkills,
    check_country,
    check_language,
    check_skill,
)
from skillbridge.domain.resources.catalogue import Catalogue, UnknownSkill
from skillbridge.entrypoints.http.mentor_cards import MentorCard
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.faults.parameters import Rule
from skillbridge.entrypoints.http.server.free_text import in_body, in_query
from skillbridge.entrypoints.http.server.operations import get, put
from skillbridge.entrypoints.http.server.paging import After, Cursors, Limit, Page
from skillbridge.entrypoints.http.server.quotas import MOVES_WORK
from skillbridge.entrypoints.http.server.safe_html import HtmlAsked, all_with_html, with_html
from skillbridge.entrypoints.http.skills import must_be_had

MENTORS = Cursors("/v1/mentors")


class MentorOffer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole offer as it shall be; `accepting: false` is a pause."""

    headline: Annotated[str, in_body(HEADLINE, "Python, from zero to work")]
    capacity: Annotated[int, msgspec.Meta(ge=1, le=50, description="Learners at once.")]
    experience_years: Annotated[int, msgspec.Meta(ge=0, le=60)]
    accepting: bool

    def meant(self) -> Offer:
        return Offer(
            headline=self.headline,
            capacity=self.capacity,
            experience_years=self.experience_years,
            accepting=self.accepting,
        )


def _filter(name: str, words: str, **schema: Any) -> QueryParameter:
    return QueryParameter(name=name, description=words, schema_extra=schema)


Text = Annotated[
    str | None,
    in_query(SEARCH, "q", "Words from name, headline and bio."),
    Rule(lambda said, _: SEARCH(said, "q")),
]
Skill = Annotated[
    str | None,
    _filter(
        "skill", "A skill the mentor has, such as python-basics.", pattern=f"^{SKILL.pattern}$"
    ),
    Rule(lambda said, _: check_skill(said)),
]
Language = Annotated[
    str | None,
    _filter("language", "A language code, such as en.", pattern="^[a-z]{2,3}$"),
    Rule(lambda said, _: check_language(said)),
]
Country = Annotated[
    str | None,
    _filter("country", "ISO 3166-1 alpha-2, such as NG.", enum=sorted(COUNTRIES)),
    Rule(lambda said, _: check_country(said)),
]
FreeOnly = Annotated[
    bool, QueryParameter(name="free", description="Only mentors with a free place.")
]


@get(
    "/mentors",
    guards=[needs("mentors:read")],
    refuses=[UnfitSearch, UnfitLanguages, UnfitSkills, UnknownSkill],
)
async def search_mentors(
    actor: FromDishka[Actor],
    reads: FromDishka[MentorReads],
    catalogue: FromDishka[Catalogue],
    text: Text = None,
    skill: Skill = None,
    language: Language = None,
    country: Country = None,
    free_only: FreeOnly = False,
    after: After = None,
    limit: Limit = 20,
    html: HtmlAsked = False,
) -> Page[MentorCard]:
    """Mentors who take requests, newest first; every filter that is given must hold."""
    search = MentorSearch(
        text=text,
        skill=None if skill is None else SkillId(skill),
        language=language,
        country=country,
        free_only=free_only,
    )
    await must_be_had("skill", filter(None, [search.skill]), actor, catalogue, reads)
    page = MENTORS.page(await reads.search(actor, search, MENTORS.asked(after, limit)))
    return Page(await all_with_html(MentorCard, page.items, html=html), page.next)


@get("/mentors/{mentor_id:str}", guards=[needs("mentors:read")], refuses=[UnknownMentor])
async def get_mentor(
    mentor_id: FromPath[UserId],
    actor: FromDishka[Actor],
    reads: FromDishka[MentorReads],
    html: HtmlAsked = False,
) -> MentorCard:
    """One mentor; those who pause are seen by themselves and by learners who asked them."""
    return await with_html(MentorCard, await reads.one(actor, mentor_id), html=html)


@put(
    "/me/mentor",
    guards=[needs("profile:write", MOVES_WORK)],
    refuses=[UnfitHeadline, ImpossibleCapacity, ImpossibleExperience, CapacityTaken, Conflict],
)
async def offer_mentoring(
    data: JSONBody[MentorOffer], actor: FromDishka[Actor], offer: FromDishka[OfferMentoring]
) -> MyOffer:
    """Offers mentoring or replaces the offer; the role `mentor` comes with the next access token."""
    return await offer(actor, data.meant())


@get("/me/mentor", guards=[needs("profile:read")], refuses=[NoOfferYet])
async def show_my_offer(actor: FromDishka[Actor], show: FromDishka[ShowMyOffer]) -> MyOffer:
    """One's own offer, with the places that are taken."""
    return await show(actor)


routes = Router(
    "/v1",
    route_handlers=[search_mentors, get_mentor, offer_mentoring, show_my_offer],
    tags=["matching"],
)
