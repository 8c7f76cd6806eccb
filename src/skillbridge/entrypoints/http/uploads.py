"""/v1/me/avatar, /v1/uploads, /v1/avatars and /v1/people/{user_id}/avatar: files, sent in parts over a network that breaks, and pictures of people.

By tus 1.0.0 (https://tus.io), with its extensions creation, checksum, termination and expiration: `POST /v1/me/avatar`
announces a file, `HEAD` of its `Location` tells from where to go on, and `PATCH` sends what is missing.
"""

import hashlib
from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Annotated, Any

from dishka import FromDishka
from litestar import Request, Response, Router
from litestar.exceptions import HTTPException
from litestar.params import FromPath, HeaderParameter

from skillbridge.application.ports.files import FilesAway
from skillbridge.application.uploads.avatars import BeginAvatar, DownloadAvatar, RemoveAvatar
from skillbridge.application.uploads.ports import AvatarReads, UploadReads
from skillbridge.application.uploads.receiving import CancelUpload, Checksum, ContinueUpload
from skillbridge.application.uploads.views import AvatarView, UploadView
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import TooMany
from skillbridge.domain.ids import UploadId, UserId
from skillbridge.domain.uploads.avatar import SIDES, UnknownAvatar
from skillbridge.domain.uploads.upload import (
    ChecksumMismatch,
    EmptyUpload,
    OffsetElsewhere,
    TenantFull,
    TooManyParts,
    TooManyUploads,
    UnknownUpload,
    UploadTooLarge,
)
from skillbridge.entrypoints.http.server.answers import Json
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.faults.refused import Refused
from skillbridge.entrypoints.http.server.middleware import BodyTime
from skillbridge.entrypoints.http.server.operations import delete, get, patch, post
from skillbridge.entrypoints.http.server.quotas import MOVES_WORK
from skillbridge.entrypoints.http.server.versions import IfNoneMatch, holds

AnyRequest = Request[Any, Any, Any]

READ = needs("uploads:read")
WRITE = needs("uploads:write")
TUS = "1.0.0"
OFFSETS = "application/offset+octet-stream"
WEBP = "image/webp"
SLOW = BodyTime(idle=15.0, whole=600.0)
"""Ten minutes for one part are 8 MiB at 14 kB/s; what has come by then stays."""
FOR_GOOD = "private, max-age=31536000, immutable"
"""Another picture has another address; `private`, as not everybody may see it."""
BY_NAME = {str(side): side for side in SIDES}
ALGORITHMS = frozenset({"sha1", "sha256"})
TELLS = ["Tus-Resumable", "Upload-Offset", "Upload-Length", "Upload-Expires"]

BYTES = "^(?:0|[1-9][0-9]{0,14})$"
"""As text: a number in a header could be written as `1e3`, too."""

UploadLength = Annotated[
    str,
    HeaderParameter(
        name="Upload-Length", pattern=BYTES, description="How many bytes the whole file has."
    ),
]
UploadOffset = Annotated[
    str,
    HeaderParameter(
        name="Upload-Offset",
        pattern=BYTES,
        description="At which byte of the file this part begins.",
    ),
]
UploadChecksum = Annotated[
    str | None,
    HeaderParameter(
        name="Upload-Checksum",
        description="Of this part: `sha1` or `sha256`, a blank, and the digest in base64. With it the part is kept as "
        "a whole or not at all.",
    ),
]
TusResumable = Annotated[
    str | None,
    HeaderParameter(name="Tus-Resumable", description="The version of tus: 1.0.0, or nothing."),
]


@post(
    "/me/avatar",
    guards=[needs("uploads:write", MOVES_WORK)],
    status_code=201,
    refuses=[
        EmptyUpload, UploadTooLarge, TooManyUploads, TenantFull, TooMany, "unsupported-tus-version"
    ],
    tells=["Location", *TELLS],
)  # fmt: skip
async def begin_avatar(
    actor: FromDishka[Actor],
    begin: FromDishka[BeginAvatar],
    upload_length: UploadLength,
    tus_resumable: TusResumable = None,
) -> Response[UploadView]:
    """Announces a picture of you, by its size; `Location` is where its bytes go, for a day.

    JPEG, PNG, WebP or GIF, by its content; neither a name nor a kind is asked for. The middle of it becomes two squares in
    WebP, without anything that the file says beside its pixels, such as where it was taken.
    """
    _must_speak(tus_resumable)
    view = await begin(actor, int(upload_length))
    place = f"/v1/uploads/{view.id}"
    return Json(view, status_code=201, headers={"Location": place, **_told(view)})


@get(
    "/uploads/{upload_id:str}",
    guards=[READ],
    refuses=[UnknownUpload, "unsupported-tus-version"],
    tells=TELLS,
)
async def get_upload(
    upload_id: FromPath[UploadId],
    actor: FromDishka[Actor],
    reads: FromDishka[UploadReads],
    tus_resumable: TusResumable = None,
) -> Response[UploadView]:
    """How much of a file is here, and what became of it; `HEAD` tells it by headers alone.

    `received` is looked at in the background: a second later it is `done`, or `refused` for a reason.
    """
    _must_speak(tus_resumable)
    view = await reads.one(actor, upload_id)
    return Json(view, headers=_told(view))


@patch(
    "/uploads/{upload_id:str}",
    guards=[WRITE],
    status_code=204,
    takes=[OFFSETS],
    streams=SLOW,
    request_max_body_size=None,
    refuses=[
        UnknownUpload, OffsetElsewhere, UploadTooLarge, TooManyParts, ChecksumMismatch, FilesAway,
        "unsupported-tus-version", "unsupported-checksum",
    ],
    tells=["Tus-Resumable", "Upload-Offset"],
)  # fmt: skip
async def continue_upload(
    upload_id: FromPath[UploadId],
    request: AnyRequest,
    actor: FromDishka[Actor],
    go_on: FromDishka[ContinueUpload],
    upload_offset: UploadOffset,
    upload_checksum: UploadChecksum = None,
    tus_resumable: TusResumable = None,
) -> Response[None]:
    """The next bytes of a file, from `Upload-Offset` on: all that is missing, or a part of it.

    What breaks off stays as far as it came, but with `Upload-Checksum`: then it is all or nothing. Of two who send the
    same part at once, one is told where to go on.
    """
    _must_speak(tus_resumable)
    arriving = Arriving(request)
    received = await go_on(
        actor, upload_id, int(upload_offset), arriving.pieces(), checksum_of(upload_checksum)
    )
    arriving.must_be_whole()
    headers = {"Tus-Resumable": TUS, "Upload-Offset": str(received)}
    return Json(None, status_code=204, headers=headers)


@delete(
    "/uploads/{upload_id:str}",
    guards=[WRITE],
    status_code=204,
    refuses=[UnknownUpload, FilesAway, "unsupported-tus-version"],
    tells=["Tus-Resumable"],
)
async def cancel_upload(
    upload_id: FromPath[UploadId],
    actor: FromDishka[Actor],
    cancel: FromDishka[CancelUpload],
    tus_resumable: TusResumable = None,
) -> Response[None]:
    """Takes a file back, with all that is here of it."""
    _must_speak(tus_resumable)
    await cancel(actor, upload_id)
    return Json(None, status_code=204, headers={"Tus-Resumable": TUS})


@get("/me/avatar", guards=[READ], refuses=[UnknownAvatar])
async def get_my_avatar(actor: FromDishka[Actor], reads: FromDishka[AvatarReads]) -> AvatarView:
    """Your picture: its sizes, and what each costs to download."""
    return await reads.of(actor, actor.user_id)


@delete("/me/avatar", guards=[WRITE], status_code=204, refuses=[UnknownAvatar])
async def remove_avatar(actor: FromDishka[Actor], remove: FromDishka[RemoveAvatar]) -> None:
    """Your picture is taken away, from everybody."""
    await remove(actor)


@get("/people/{user_id:str}/avatar", guards=[READ], refuses=[UnknownAvatar])
async def get_avatar(
    user_id: FromPath[UserId], actor: FromDishka[Actor], reads: FromDishka[AvatarReads]
) -> AvatarView:
    """The picture of somebody whose profile you may see: of a mentor, or of the other side of a match."""
    return await reads.of(actor, user_id)


@get(
    "/avatars/{avatar_id:str}/{side:str}",
    guards=[READ],
    media_type=WEBP,
    refuses=[UnknownAvatar, FilesAway],
    tells=["ETag"],
)
async def download_avatar(
    avatar_id: FromPath[UploadId],
    side: FromPath[str],
    actor: FromDishka[Actor],
    download: FromDishka[DownloadAvatar],
    if_none_match: IfNoneMatch = None,
) -> Response[bytes]:
    """One size of a picture, 64 or 256 pixels each way; it never changes, so keep it."""
    content = await download(actor, avatar_id, BY_NAME.get(side, 0))
    tag = hashlib.sha256(content).hexdigest()[:32]
    headers = {"ETag": f'"{tag}"', "Cache-Control": FOR_GOOD}
    if holds(if_none_match, tag):
        return Response(b"", status_code=304, media_type=WEBP, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="avatar-{side}.webp"'
    return Response(content, media_type=WEBP, headers=headers)


@dataclass(slots=True)
class Arriving:
    """A body as it comes; one that breaks off ends, and says so afterwards."""

    request: AnyRequest
    broken: HTTPException | None = None

    async def pieces(self) -> AsyncIterator[bytes]:
        """What has come is there to be kept, also when no more does."""
        try:
            async for piece in self.request.stream():
                yield piece
        except HTTPException as error:  # it was too slow, or its sender has left
            self.broken = error

    def must_be_whole(self) -> None:
        """Raises what ended it."""
        if self.broken is not None:
            raise self.broken


def checksum_of(header: str | None) -> Checksum | None:
    """Raises Refused for one that nobody can compare."""
    if header is None:
        return None
    algorithm, _, digest = header.partition(" ")
    try:
        expected = b64decode(digest, validate=True)
    except (BadBase64, ValueError):
        expected = b""
    if algorithm not in ALGORITHMS or not expected:
        raise Refused("unsupported-checksum", 400)
    return Checksum(hashlib.new(algorithm, usedforsecurity=False), expected)


def _must_speak(version: str | None) -> None:
    """Raises Refused, which names our version."""
    if version not in {None, TUS}:
        raise Refused("unsupported-tus-version", 412, Tus_Version=TUS)


def _told(view: UploadView) -> dict[str, str]:
    return {
        "Tus-Resumable": TUS,
        "Upload-Offset": str(view.received),
        "Upload-Length": str(view.size),
        "Upload-Expires": format_datetime(view.expires_at, usegmt=True),
    }


routes = Router(
    "/v1",
    route_handlers=[
        begin_avatar,
        get_upload,
        continue_upload,
        cancel_upload,
        get_my_avatar,
        remove_avatar,
        get_avatar,
        download_avatar,
    ],
    tags=["uploads"],
)
