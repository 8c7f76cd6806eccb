"""The picture of a person: announced, made of what was received, shown, removed."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from skillbridge.application.known_tenants import KnownTenants
from skillbridge.application.ports.files import KEPT as KEPT_FILES
from skillbridge.application.ports.files import PARTS, Files, NoFile, of_upload
from skillbridge.application.ports.jobs import Step
from skillbridge.application.ports.rate_limit import RateLimit, counted
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.uploads.ports import AvatarReads, Avatars, Images, Uploads
from skillbridge.application.uploads.views import UploadView
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.uploads import (
    AvatarChanged,
    AvatarRemoved,
    UploadReceived,
    UploadRefused,
)
from skillbridge.domain.ids import UploadId
from skillbridge.domain.uploads.avatar import KINDS, SIDES, Avatar, UnfitImage, UnknownAvatar
from skillbridge.domain.uploads.kind import HEAD, kind_of
from skillbridge.domain.uploads.upload import (
    KEPT,
    MEBIBYTE,
    Purpose,
    UnknownUpload,
    Upload,
    UploadRule,
    UploadState,
)


@dataclass(frozen=True, slots=True)
class BeginAvatar:
    """Announces a file by its size. Nothing is known of it yet, and none of its names is asked for.

    Raises EmptyUpload, UploadTooLarge, TooManyUploads, TenantFull, and TooMany after as many in a day as the
    tenant lets.
    """

    transaction: Transaction
    uploads: Uploads
    rule: UploadRule
    limit: RateLimit
    tenants: KnownTenants

    async def __call__(self, actor: Actor, size: int) -> UploadView:
        self.rule.must_take(size)
        limits = (await self.tenants.now(actor.tenant_id)).settings.limits
        name, a_day = f"uploads:{actor.user_id}", limits.uploads_a_day
        async with (
            counted(self.limit, name, limit=a_day, per=timedelta(days=1)),
            self.transaction(actor) as tx,
        ):
            now = await tx.now()
            room = await self.uploads.room()
            room.must_hold(size, tenant_most=limits.files_mebibytes * MEBIBYTE)
            upload = Upload(
                id=UploadId(uuid4()),
                tenant_id=actor.tenant_id,
                user_id=actor.user_id,
                purpose=Purpose.AVATAR,
                size=size,
                expires_at=now + KEPT,
            )
            await self.uploads.add(upload)
        return UploadView(
            upload.id, upload.purpose, upload.state, size, upload.received, upload.expires_at
        )


@dataclass(frozen=True, slots=True)
class SetAvatar:
    """Looks at what was received, and makes a picture of it, or says why there is none.

    Whatever process dies in between: what it stored has the upload's name, so that the next attempt writes the same,
    or takes it away where the upload is gone. Raises ImagesAway and FilesAway, whereupon the job tries again.
    """

    transaction: Transaction
    step: Step
    uploads: Uploads
    avatars: Avatars
    files: Files
    images: Images

    async def __call__(self, actor: Actor, event: UploadReceived) -> None:
        upload = await self._waiting(actor, event)
        if upload is None:
            return
        try:
            sizes = await self._keep(upload)
        except UnfitImage as error:
            await self._refuse(actor, event, str(error))
        else:
            await self._show(actor, event, sizes)

    async def give_up(self, actor: Actor, event: UploadReceived) -> None:
        """Its person is told, and can send another."""
        await self._refuse(actor, event, "it could not be read, however often it was tried")

    async def _waiting(self, actor: Actor, event: UploadReceived) -> Upload | None:
        """The upload, unless it was taken back, erased, or looked at already."""
        with suppress(UnknownUpload):
            async with self.step(actor):
                upload = await self.uploads.get(event.upload_id)
            return upload if upload.state is UploadState.RECEIVED else None
        await self._forget(actor, event)
        return None

    async def _keep(self, upload: Upload) -> dict[int, int]:
        """Stores each size; how many bytes they have. Raises UnfitImage."""
        place = of_upload(PARTS, upload.tenant_id, upload.user_id, upload.id)
        names = [f"{place}/{name}" for name in upload.parts]
        kind = kind_of((await self._head(names))[:HEAD])
        if kind not in KINDS:
            raise UnfitImage("it is no picture that can be shown: send a JPEG, PNG, WebP or GIF")
        squares = await self.images.squares(kind, self._content(names), SIDES)
        kept = of_upload(KEPT_FILES, upload.tenant_id, upload.user_id, upload.id)
        for side, square in zip(SIDES, squares, strict=True):
            await self.files.put(f"{kept}/{side}.webp", square)
        return {side: len(square) for side, square in zip(SIDES, squares, strict=True)}

    async def _head(self, names: list[str]) -> bytes:
        """The first bytes, however small the parts were."""
        head = b""
        async for part in self._content(names):
            head += part
            if len(head) >= HEAD:
                break
        return head

    async def _content(self, names: list[str]) -> AsyncIterator[bytes]:
        for name in names:
            yield await self.files.get(name)

    async def _show(self, actor: Actor, event: UploadReceived, sizes: dict[int, int]) -> None:
        """Unless the upload is gone meanwhile: then so is what was made of it."""
        with suppress(UnknownUpload):
            async with self.transaction(actor) as tx:
                upload, now = await self.uploads.get(event.upload_id), await tx.now()
                if upload.state is UploadState.RECEIVED:
                    avatar = Avatar(upload.id, upload.tenant_id, upload.user_id, sizes, now)
                    former = await self.avatars.put(avatar)
                    upload.finish()
                    await self.uploads.save(upload)
                    tx.emit(
                        AvatarChanged(
                            user_id=upload.user_id, avatar_id=upload.id, former=former, at=now
                        )
                    )
            return
        await self._forget(actor, event)

    async def _refuse(self, actor: Actor, event: UploadReceived, reason: str) -> None:
        with suppress(UnknownUpload):
            async with self.transaction(actor) as tx:
                upload = await self.uploads.get(event.upload_id)
                if upload.state is UploadState.RECEIVED:
                    tx.emit(*upload.refuse(reason, at=await tx.now()))
                    await self.uploads.save(upload)

    async def _forget(self, actor: Actor, event: UploadReceived) -> None:
        for area in (PARTS, KEPT_FILES):
            await self.files.forget(
                of_upload(area, actor.tenant_id, event.user_id, event.upload_id)
            )


@dataclass(frozen=True, slots=True)
class DownloadAvatar:
    """One size of a picture, to whoever may see its person's profile. Raises UnknownAvatar and FilesAway."""

    reads: AvatarReads
    files: Files

    async def __call__(self, actor: Actor, avatar_id: UploadId, side: int) -> bytes:
        if side not in SIDES:
            raise UnknownAvatar
        owner = await self.reads.owner(actor, avatar_id)
        place = of_upload(KEPT_FILES, actor.tenant_id, owner, avatar_id)
        try:
            return await self.files.get(f"{place}/{side}.webp")
        except NoFile:  # it was changed at this moment
            raise UnknownAvatar from None


@dataclass(frozen=True, slots=True)
class RemoveAvatar:
    """One's own. Raises UnknownAvatar."""

    transaction: Transaction
    avatars: Avatars

    async def __call__(self, actor: Actor) -> None:
        async with self.transaction(actor) as tx:
            avatar_id = await self.avatars.remove(actor.user_id)
            tx.emit(AvatarRemoved(user_id=actor.user_id, avatar_id=avatar_id, at=await tx.now()))


@dataclass(frozen=True, slots=True)
class ForgetFiles:
    """What nothing leads to any more goes from the store of files; run twice, it finds nothing. Raises FilesAway."""

    files: Files

    async def __call__(
        self, actor: Actor, event: AvatarChanged | AvatarRemoved | UploadRefused
    ) -> None:
        gone: list[tuple[str, UploadId | None]]
        match event:
            case AvatarChanged():
                gone = [(PARTS, event.avatar_id), (KEPT_FILES, event.former)]
            case AvatarRemoved():
                gone = [(KEPT_FILES, event.avatar_id)]
            case UploadRefused():
                gone = [(PARTS, event.upload_id), (KEPT_FILES, event.upload_id)]
        for area, upload_id in gone:
            if upload_id is not None:
                await self.files.forget(of_upload(area, actor.tenant_id, event.user_id, upload_id))
