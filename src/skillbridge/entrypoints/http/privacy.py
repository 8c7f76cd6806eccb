"""/v1/me/exports and /v1/me/erasure: a copy of what is kept of one, and an end to it; /v1/privacy: what verifies both."""

from collections.abc import Sequence

from dishka import FromDishka
from litestar import Response, Router

from skillbridge.application.privacy.erasure import CancelErasure, RequestErasure
from skillbridge.application.privacy.exports import DownloadExport, RequestExport
from skillbridge.application.privacy.ports import Archives, PrivacyReads
from skillbridge.application.privacy.views import ExportView, PrivacyRequestView, VerifyingKey
from skillbridge.domain.accounts.sign_in import SignInOver
from skillbridge.domain.accounts.user import AccountDisabled, UnknownAccount
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import StepUpNeeded
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.lifecycle import IllegalMove
from skillbridge.domain.privacy.request import NoErasure, NoExport
from skillbridge.entrypoints.http.server.answers import Json
from skillbridge.entrypoints.http.server.auth import needs, open_to_all
from skillbridge.entrypoints.http.server.operations import answer, delete, get, put
from skillbridge.entrypoints.http.server.quotas import MOVES_WORK
from skillbridge.entrypoints.http.server.ranges import IfRange, Range, part_of

READ = needs("privacy:read")
WRITE = needs("privacy:write", MOVES_WORK)
PROVED = [StepUpNeeded, SignInOver, AccountDisabled, UnknownAccount]
ZIP = "application/zip"
EXPORT = "/v1/me/exports/latest"


@put("/me/exports/latest", guards=[WRITE], status_code=202, refuses=PROVED, tells=["Location"])
async def request_export(
    actor: FromDishka[Actor], ask: FromDishka[RequestExport]
) -> Response[ExportView]:
    """A copy of all that is kept of you, made in the background; you are told by mail when it is there.

    Asked again within a day, it is the one that was asked for first.
    """
    return Json(await ask(actor), status_code=202, headers={"Location": EXPORT})


@get("/me/exports/latest", guards=[READ], refuses=[NoExport])
async def get_export(actor: FromDishka[Actor], reads: FromDishka[PrivacyReads]) -> ExportView:
    """How far your newest export is, how large, and until when it can be downloaded: for a week."""
    return await reads.export(actor)


@get(
    "/me/exports/latest/archive",
    guards=[READ],
    media_type=ZIP,
    refuses=[NoExport, *PROVED],
    tells=["ETag", "Accept-Ranges"],
    responses={206: answer(bytes, description="The part asked for.", media_type=ZIP)},
)
async def download_export(
    actor: FromDishka[Actor],
    download: FromDishka[DownloadExport],
    part: Range = None,
    if_range: IfRange = None,
) -> Response[bytes]:
    """The archive: `data.json`, its JSON Schema, and a signature; a download that broke off goes on by `Range`.

    It wants a proof of the last ten minutes, each time.
    """
    return part_of(await download(actor), ZIP, "skillbridge-data.zip", part, if_range)


@put("/me/erasure", guards=[WRITE], status_code=202, refuses=PROVED)
async def request_erasure(
    actor: FromDishka[Actor], ask: FromDishka[RequestErasure]
) -> PrivacyRequestView:
    """All that is kept of you is deleted after `acts_at`, for good; until then logging in again stops it.

    You are told by mail, and get a signed certificate when it is done.
    """
    return await ask(actor)


@get("/me/erasure", guards=[READ], refuses=[NoErasure])
async def get_erasure(
    actor: FromDishka[Actor], reads: FromDishka[PrivacyReads]
) -> PrivacyRequestView:
    """The erasure of your account, as long as one waits or runs."""
    return await reads.erasure(actor)


@delete(
    "/me/erasure", guards=[WRITE], status_code=204, refuses=[NoErasure, IllegalMove, StaleWrite]
)
async def cancel_erasure(actor: FromDishka[Actor], cancel: FromDishka[CancelErasure]) -> None:
    """You have thought again. One that has begun cannot be stopped."""
    await cancel(actor)


@get("/privacy/keys", guards=[open_to_all], security=[{}])
async def list_privacy_keys(archives: FromDishka[Archives]) -> Sequence[VerifyingKey]:
    """The keys that verify exports and certificates of erasure: Ed25519, by the `kid` of a signature."""
    return archives.keys()


routes = Router(
    "/v1",
    route_handlers=[
        request_export,
        get_export,
        download_export,
        request_erasure,
        get_erasure,
        cancel_erasure,
        list_privacy_keys,
    ],
    tags=["privacy"],
)
