"""/v1/mentors, /v1/matches, /v1/me/mentor: who could help, asking them, and what comes of it."""

from typing import Annotated, Any

import msgspec
from dishka import FromDishka
from litestar import Response, Router
from litestar.params import FromPath, JSONBody, QueryParameter

from skillbridge.application.matching.matches import (
    AcceptMatch,
    CancelMatch,
    CompleteMatch,
    DeclineMatch,
    RequestMatch,
    WithdrawMatch,
)
from skillbridge.application.matching.ports import MatchReads
from skillbridge.application.matching.views import MatchSummary, MatchView
from skillbridge.application.mentors.offers import OfferMentoring, ShowMyOffer
from skillbridge.application.mentors.ports import SEARCH, MentorReads, MentorSearch, UnfitSearch
from skillbridge.application.mentors.views import MentorCard, MyOffer
from skillbridge.application.paging import Key
from skillbridge.application.ranking.suggestions import SuggestMentors
from skillbridge.application.ranking.views import Suggestions
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Conflict, Forbidden, Invalid
from skillbridge.domain.ids import MatchId, SkillId, UserId
from skillbridge.domain.lifecycle import IllegalMove
from skillbridge.domain.matching.match import (
    MESSAGE,
    AlreadyAsked,
    MatchStatus,
    OwnMentor,
    RequestOverdue,
    Side,
    TooManyOpenRequests,
    UnfitMessage,
    UnknownMatch,
)
from skillbridge.domain.mentors.mentor import (
    HEADLINE,
    CapacityTaken,
    ImpossibleCapacity,
    ImpossibleExperience,
    MentorFull,
    MentorPaused,
    NoOfferYet,
    NotAMentor,
    Offer,
    UnfitHeadline,
    UnknownMentor,
)
from skillbridge.domain.ranking.learner import NothingWanted, UnknownLearner
from skillbridge.entrypoints.http.server.answers import Json
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.free_text import in_body, in_query
from skillbridge.entrypoints.http.server.inject import inject
from skillbridge.entrypoints.http.server.operations import get, post, put
from skillbridge.entrypoints.http.server.paging import After, Limit, Page, page, to_key
from skillbridge.entrypoints.http.server.quotas import MOVES_WORK, TOLD_TO_OTHERS


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


class NewMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom the learner asks, and with which words."""

    mentor_id: UserId
    message: Annotated[str, in_body(MESSAGE, "I am building my first API …")] = ""

    def meant(self) -> str:
        return MESSAGE(self.message, "message")


def _word(name: str, description: str) -> Any:
    return QueryParameter(name=name, min_length=1, max_length=64, description=description)


Text = Annotated[
    str | None,
    in_query(SEARCH, "q", "Words from name, headline and bio."),
]
Skill = Annotated[str | None, _word("skill", "A skill the mentor has, such as python-basics.")]
Language = Annotated[str | None, _word("language", "A language code, such as en.")]
Country = Annotated[str | None, _word("country", "ISO 3166-1 alpha-2, such as NG.")]
FreeOnly = Annotated[
    bool, QueryParameter(name="free", description="Only mentors with a free place.")
]
Skills = Annotated[
    str,
    QueryParameter(
        name="skills",
        max_length=1000,
        description="Names with commas between; left out, the open modules of your roadmaps tell.",
    ),
]
OnSide = Annotated[Side | None, QueryParameter(name="side", description="As which of the two.")]
Status = Annotated[MatchStatus | None, QueryParameter(name="status")]


@get(
    "/mentors",
    operation_id="SearchMentors",
    guards=[needs("mentors:read")],
    refuses=[UnfitSearch],
)
@inject
async def search_mentors(
    actor: FromDishka[Actor],
    reads: FromDishka[MentorReads],
    text: Text = None,
    skill: Skill = None,
    language: Language = None,
    country: Country = None,
    free_only: FreeOnly = False,
    after: After = None,
    limit: Limit = 20,
) -> Page[MentorCard]:
    """Mentors who take requests, newest first; every filter that is given must hold."""
    search = MentorSearch(
        text=text,
        skill=None if skill is None else SkillId(skill),
        language=language,
        country=country,
        free_only=free_only,
    )
    rows = await reads.search(actor, search, after=to_key(after), limit=limit + 1)
    return page(rows, limit, lambda row: Key(row.since, row.id))


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


@get(
    "/mentors/{mentor_id:str}",
    operation_id="GetMentor",
    guards=[needs("mentors:read")],
    refuses=[UnknownMentor],
)
@inject
async def get_mentor(
    mentor_id: FromPath[UserId], actor: FromDishka[Actor], reads: FromDishka[MentorReads]
) -> MentorCard:
    """One mentor; those who pause are seen by themselves and by learners who asked them."""
    return await reads.one(actor, mentor_id)


@put(
    "/me/mentor",
    operation_id="OfferMentoring",
    guards=[needs("profile:write", MOVES_WORK)],
    refuses=[UnfitHeadline, ImpossibleCapacity, ImpossibleExperience, CapacityTaken, Conflict],
)
@inject
async def offer_mentoring(
    data: JSONBody[MentorOffer], actor: FromDishka[Actor], offer: FromDishka[OfferMentoring]
) -> MyOffer:
    """Offers mentoring or replaces the offer; the role `mentor` comes with the next access token."""
    return await offer(actor, data.meant())


@get(
    "/me/mentor",
    operation_id="ShowMyOffer",
    guards=[needs("profile:read")],
    refuses=[NoOfferYet],
)
@inject
async def show_my_offer(actor: FromDishka[Actor], show: FromDishka[ShowMyOffer]) -> MyOffer:
    """One's own offer, with the places that are taken."""
    return await show(actor)


@post(
    "/matches",
    operation_id="RequestMatch",
    guards=[needs("matches:request", TOLD_TO_OTHERS)],
    refuses=[
        OwnMentor,
        UnfitMessage,
        UnknownMentor,
        AlreadyAsked,
        TooManyOpenRequests,
        MentorPaused,
        MentorFull,
    ],
    tells=["Location"],
)
@inject
async def request_match(
    data: JSONBody[NewMatch], actor: FromDishka[Actor], ask: FromDishka[RequestMatch]
) -> Response[MatchSummary]:
    """Asks a mentor, who has 72 hours to answer; at most five open requests.

    Asked again while the first request is open: 409 `already-asked`, with its `Location`.
    """
    match = await ask(actor, data.mentor_id, data.message)
    return Json(match, status_code=201, headers={"Location": f"/v1/matches/{match.id}"})


@get("/matches", operation_id="ListMatches", guards=[needs("matches:read")])
@inject
async def list_matches(
    actor: FromDishka[Actor],
    reads: FromDishka[MatchReads],
    side: OnSide = None,
    status: Status = None,
    after: After = None,
    limit: Limit = 20,
) -> Page[MatchView]:
    """One's own matches, newest request first."""
    rows = await reads.mine(actor, side=side, status=status, after=to_key(after), limit=limit + 1)
    return page(rows, limit, lambda row: Key(row.requested_at, row.id))


@get(
    "/matches/{match_id:str}",
    operation_id="GetMatch",
    guards=[needs("matches:read")],
    refuses=[UnknownMatch],
)
@inject
async def get_match(
    match_id: FromPath[MatchId], actor: FromDishka[Actor], reads: FromDishka[MatchReads]
) -> MatchView:
    """One of one's own matches, with the names of both sides."""
    return await reads.one(actor, match_id)


@post(
    "/matches/{match_id:str}/accept",
    operation_id="AcceptMatch",
    guards=[needs("mentoring:write")],
    status_code=200,
    refuses=[UnknownMatch, NotAMentor, Forbidden, MentorFull, RequestOverdue, IllegalMove],
)
@inject
async def accept_match(
    match_id: FromPath[MatchId], actor: FromDishka[Actor], accept: FromDishka[AcceptMatch]
) -> MatchSummary:
    """The mentor takes the learner on; 409 when every place is taken or the time is over.

    Said again, as after a lost answer, it answers with the match as it stands.
    """
    return await accept(actor, match_id)


@post(
    "/matches/{match_id:str}/decline",
    operation_id="DeclineMatch",
    guards=[needs("mentoring:write")],
    status_code=200,
    refuses=[UnknownMatch, Forbidden, IllegalMove],
)
@inject
async def decline_match(
    match_id: FromPath[MatchId], actor: FromDishka[Actor], decline: FromDishka[DeclineMatch]
) -> MatchSummary:
    """The mentor says no."""
    return await decline(actor, match_id)


@post(
    "/matches/{match_id:str}/withdraw",
    operation_id="WithdrawMatch",
    guards=[needs("matches:request")],
    status_code=200,
    refuses=[UnknownMatch, Forbidden, IllegalMove],
)
@inject
async def withdraw_match(
    match_id: FromPath[MatchId], actor: FromDishka[Actor], withdraw: FromDishka[WithdrawMatch]
) -> MatchSummary:
    """The learner takes the request back."""
    return await withdraw(actor, match_id)


@post(
    "/matches/{match_id:str}/complete",
    operation_id="CompleteMatch",
    guards=[needs("matches:request")],
    status_code=200,
    refuses=[UnknownMatch, Forbidden, IllegalMove],
)
@inject
async def complete_match(
    match_id: FromPath[MatchId], actor: FromDishka[Actor], complete: FromDishka[CompleteMatch]
) -> MatchSummary:
    """Either side: the mentorship did what it was for."""
    return await complete(actor, match_id)


@post(
    "/matches/{match_id:str}/cancel",
    operation_id="CancelMatch",
    guards=[needs("matches:request")],
    status_code=200,
    refuses=[UnknownMatch, Forbidden, IllegalMove],
)
@inject
async def cancel_match(
    match_id: FromPath[MatchId], actor: FromDishka[Actor], cancel: FromDishka[CancelMatch]
) -> MatchSummary:
    """Either side breaks the mentorship off."""
    return await cancel(actor, match_id)


routes = Router(
    "/v1",
    route_handlers=[
        search_mentors,
        suggest_mentors,
        get_mentor,
        offer_mentoring,
        show_my_offer,
        request_match,
        list_matches,
        get_match,
        accept_match,
        decline_match,
        withdraw_match,
        complete_match,
        cancel_match,
    ],
    tags=["matching"],
)
