"""/v1/notices: what people are told."""

from dishka import FromDishka
from litestar import Router
from litestar.params import FromPath

from skillbridge.application.notifications.notices import MarkAllNoticesRead, MarkNoticeRead
from skillbridge.application.notifications.ports import NoticeReads
from skillbridge.application.notifications.views import NoticeView, Unread
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import NoticeId
from skillbridge.domain.notifications.notice import UnknownNotice
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.operations import get, put
from skillbridge.entrypoints.http.server.paging import After, Cursors, Limit, Page

NOTICES = Cursors("/v1/notices")


@get("/notices", guards=[needs("notices:read")])
async def list_notices(
    actor: FromDishka[Actor], reads: FromDishka[NoticeReads], limit: Limit = 20, after: After = None
) -> Page[NoticeView]:
    """What you were told, newest first."""
    return NOTICES.page(await reads.newest(actor, NOTICES.asked(after, limit)))


@get("/notices/unread-count", guards=[needs("notices:read")])
async def count_unread_notices(actor: FromDishka[Actor], reads: FromDishka[NoticeReads]) -> Unread:
    """How many notices you have not read."""
    return await reads.unread(actor)


@put(
    "/notices/{notice_id:str}/read",
    guards=[needs("notices:write")],
    status_code=204,
    refuses=[UnknownNotice],
)
async def mark_notice_read(
    notice_id: FromPath[NoticeId], actor: FromDishka[Actor], mark: FromDishka[MarkNoticeRead]
) -> None:
    """Say that you have read a notice; the first time counts."""
    await mark(actor, notice_id)


@put("/notices/read", guards=[needs("notices:write")], status_code=204)
async def mark_all_notices_read(
    actor: FromDishka[Actor], mark_all: FromDishka[MarkAllNoticesRead]
) -> None:
    """Say that you have read all that there is."""
    await mark_all(actor)


routes = Router(
    "/v1",
    route_handlers=[list_notices, count_unread_notices, mark_notice_read, mark_all_notices_read],
    tags=["notifications"],
)
