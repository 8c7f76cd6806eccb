"""/v1/matches: asking a mentor, and what comes of it."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from dishka import FromDishka
from litestar import Response, Router
from litestar.params import FromPath, JSONBody, QueryParameter

from skillbridge.application.matching import views
from skillbridge.application.matching.matches import (
    AcceptMatch,
    CancelMatch,
    CompleteMatch,
    DeclineMatch,
    RequestMatch,
    WithdrawMatch,
)
from skillbridge.application.matching.ports import MatchReads
from skillbridge.application.matching.views import MatchSummary
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Forbidden
from skillbridge.domain.ids import MatchId, UserId
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
    MentorFull,
    MentorPaused,
    NotAMentor,
    UnknownMentor,
)
from skillbridge.entrypoints.http.server.answers import Json
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.free_text import in_body
from skillbridge.entrypoints.http.server.operations import Operation, get, post
from skillbridge.entrypoints.http.server.paging import After, Cursors, Limit, Page
from skillbridge.entrypoints.http.server.quotas import TOLD_TO_OTHERS
from skillbridge.entrypoints.http.server.safe_html import (
    HtmlAsked,
    SafeHtml,
    all_with_html,
    with_html,
)

MATCHES = Cursors("/v1/matches")


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchView(views.MatchView):
    """A match with the names of both sides."""

    message_html: SafeHtml = msgspec.UNSET


class NewMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom the learner asks, and with which words."""

    mentor_id: UserId
    message: Annotated[str, in_body(MESSAGE, "I am building my first API …")] = ""

    def meant(self) -> str:
        return MESSAGE(self.message, "message")


OnSide = Annotated[Side | None, QueryParameter(name="side", description="As which of the two.")]
Status = Annotated[MatchStatus | None, QueryParameter(name="status")]


@post(
    "/matches",
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
async def request_match(
    data: JSONBody[NewMatch], actor: FromDishka[Actor], ask: FromDishka[RequestMatch]
) -> Response[MatchSummary]:
    """Asks a mentor, who has 72 hours to answer; at most five open requests.

    Asked again while the first request is open: 409 `already-asked`, with its `Location`.
    """
    match = await ask(actor, data.mentor_id, data.message)
    return Json(match, status_code=201, headers={"Location": f"/v1/matches/{match.id}"})


@get("/matches", guards=[needs("matches:read")])
async def list_matches(
    actor: FromDishka[Actor],
    reads: FromDishka[MatchReads],
    side: OnSide = None,
    status: Status = None,
    after: After = None,
    limit: Limit = 20,
    html: HtmlAsked = False,
) -> Page[MatchView]:
    """One's own matches, newest request first."""
    asked = MATCHES.asked(after, limit)
    page = MATCHES.page(await reads.mine(actor, asked, side=side, status=status))
    return Page(await all_with_html(MatchView, page.items, html=html), page.next)


@get("/matches/{match_id:str}", guards=[needs("matches:read")], refuses=[UnknownMatch])
async def get_match(
    match_id: FromPath[MatchId],
    actor: FromDishka[Actor],
    reads: FromDishka[MatchReads],
    html: HtmlAsked = False,
) -> MatchView:
    """One of one's own matches, with the names of both sides."""
    return await with_html(MatchView, await reads.one(actor, match_id), html=html)


@post(
    "/matches/{match_id:str}/accept",
    guards=[needs("mentoring:write")],
    status_code=200,
    refuses=[UnknownMatch, NotAMentor, Forbidden, MentorFull, RequestOverdue, IllegalMove],
)
async def accept_match(
    match_id: FromPath[MatchId], actor: FromDishka[Actor], accept: FromDishka[AcceptMatch]
) -> MatchSummary:
    """The mentor takes the learner on; 409 when every place is taken or the time is over.

    Said again, as after a lost answer, it answers with the match as it stands.
    """
    return await accept(actor, match_id)


def _move(verb: str, scope: str) -> Operation:
    return post(
        f"/matches/{{match_id:str}}/{verb}",
        guards=[needs(scope)],
        status_code=200,
        refuses=[UnknownMatch, Forbidden, IllegalMove],
    )


@_move("decline", "mentoring:write")
async def decline_match(
    match_id: FromPath[MatchId], actor: FromDishka[Actor], decline: FromDishka[DeclineMatch]
) -> MatchSummary:
    """The mentor says no."""
    return await decline(actor, match_id)


@_move("withdraw", "matches:request")
async def withdraw_match(
    match_id: FromPath[MatchId], actor: FromDishka[Actor], withdraw: FromDishka[WithdrawMatch]
) -> MatchSummary:
    """The learner takes the request back."""
    return await withdraw(actor, match_id)


@_move("complete", "matches:request")
async def complete_match(
    match_id: FromPath[MatchId], actor: FromDishka[Actor], complete: FromDishka[CompleteMatch]
) -> MatchSummary:
    """Either side: the mentorship did what it was for."""
    return await complete(actor, match_id)


@_move("cancel", "matches:request")
async def cancel_match(
    match_id: FromPath[MatchId], actor: FromDishka[Actor], cancel: FromDishka[CancelMatch]
) -> MatchSummary:
    """Either side breaks the mentorship off."""
    return await cancel(actor, match_id)


routes = Router(
    "/v1",
    route_handlers=[
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
