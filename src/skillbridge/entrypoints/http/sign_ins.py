"""/v1/me/sessions: where one is signed in, and an end to it."""

from typing import Any

from dishka import FromDishka
from litestar import Request
from litestar.params import FromPath

from skillbridge.application.accounts.own_sign_ins import EndOtherSessions, EndSession
from skillbridge.application.accounts.ports.sign_ins import Networks, SignInReads
from skillbridge.application.accounts.views import SignInView
from skillbridge.domain.accounts.sign_in import UnknownSignIn
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import SessionId
from skillbridge.entrypoints.http.fields import origin_of
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.operations import delete, get
from skillbridge.entrypoints.http.server.paging import After, Cursors, Limit, Page
from skillbridge.entrypoints.http.server.revocation import end_here

SESSIONS = Cursors("/v1/me/sessions")


@get("/me/sessions", guards=[needs("security:read")])
async def list_sessions(
    request: Request[Any, Any, Any],
    actor: FromDishka[Actor],
    reads: FromDishka[SignInReads],
    networks: FromDishka[Networks],
    limit: Limit = 20,
    after: After = None,
) -> Page[SignInView]:
    """Where you are signed in, the newest log-in first. Of places only this is known: here, or elsewhere."""
    here = networks.marks(actor.user_id, origin_of(request).network)
    return SESSIONS.page(await reads.newest(actor, SESSIONS.asked(after, limit), here=here))


@delete("/me/sessions", guards=[needs("security:write")], status_code=204)
async def end_other_sessions(
    request: Request[Any, Any, Any], actor: FromDishka[Actor], end: FromDishka[EndOtherSessions]
) -> None:
    """Ends every sign-in of yours but this one: their refresh tokens at once, the rest within seconds."""
    end_here(request, await end(actor))


@delete(
    "/me/sessions/{session_id:str}",
    guards=[needs("security:write")],
    status_code=204,
    refuses=[UnknownSignIn],
)
async def end_session(
    request: Request[Any, Any, Any],
    session_id: FromPath[SessionId],
    actor: FromDishka[Actor],
    end: FromDishka[EndSession],
) -> None:
    """Ends a sign-in of yours. Ending the one that asks is logging out."""
    await end(actor, session_id)
    end_here(request, [session_id])
