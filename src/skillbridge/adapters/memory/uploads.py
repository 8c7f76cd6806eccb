"""Uploads and pictures in dictionaries; the bytes themselves are in the store of files, as ever."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.uploads.ports import AvatarReads, Avatars, UploadReads, Uploads
from skillbridge.application.uploads.views import AvatarView, UploadView
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import UploadId, UserId
from skillbridge.domain.uploads.avatar import Avatar, UnknownAvatar
from skillbridge.domain.uploads.upload import Room, UnknownUpload, Upload, UploadState


@dataclass(frozen=True, slots=True)
class MemoryUploads:
    session: MemorySession

    async def room(self) -> Room:
        """Of the whole tenant, which a person does not see."""
        table, now = self.session.table("uploads"), datetime.now(UTC)
        waiting = {UploadState.RECEIVING, UploadState.RECEIVED}
        open_ones = [
            one
            for one in table.raw("uploads").values()
            if one.state in waiting and one.expires_at > now
        ]
        kept = sum(sum(one.sizes.values()) for one in table.raw("avatars").values())
        mine = sum(one.user_id == self.session.by.user_id for one in open_ones)
        return Room(mine, kept + sum(one.size for one in open_ones))

    async def add(self, upload: Upload) -> None:
        self.session.table("uploads")[upload.id] = upload

    async def get(self, upload_id: UploadId) -> Upload:
        found: Upload = existing(self.session.table("uploads").get(upload_id), UnknownUpload())
        return deepcopy(found)

    async def save(self, upload: Upload) -> None:
        self.session.table("uploads")[upload.id] = upload

    async def remove(self, upload_id: UploadId) -> bool:
        return self.session.table("uploads").pop(upload_id, None) is not None

    async def expired(self, at: datetime, *, limit: int) -> Sequence[Upload]:
        over = [one for one in self.session.table("uploads").values() if one.expires_at <= at]
        return deepcopy(sorted(over, key=lambda one: one.expires_at)[:limit])


@dataclass(frozen=True, slots=True)
class MemoryUploadReads:
    session: MemorySession

    async def one(self, actor: Actor, upload_id: UploadId) -> UploadView:
        found = self.session.table("uploads", of=actor).get(upload_id)
        one: Upload = existing(found, UnknownUpload())
        if one.user_id != actor.user_id or one.expires_at <= datetime.now(UTC):
            raise UnknownUpload
        return UploadView(
            one.id, one.purpose, one.state, one.size, one.received, one.expires_at, one.reason
        )


@dataclass(frozen=True, slots=True)
class MemoryAvatars:
    session: MemorySession

    async def put(self, avatar: Avatar) -> UploadId | None:
        table = self.session.table("avatars")
        former: Avatar | None = table.get(avatar.user_id)
        table[avatar.user_id] = avatar
        return None if former is None else former.id

    async def remove(self, user_id: UserId) -> UploadId:
        avatar: Avatar = existing(self.session.table("avatars").get(user_id), UnknownAvatar())
        del self.session.table("avatars")[user_id]
        return avatar.id


@dataclass(frozen=True, slots=True)
class MemoryAvatarReads:
    session: MemorySession

    async def of(self, actor: Actor, user_id: UserId) -> AvatarView:
        found = self.session.table("avatars", of=actor).get(user_id)
        avatar: Avatar = existing(found, UnknownAvatar())
        return AvatarView.of(avatar.id, user_id, avatar.changed_at, list(avatar.sizes.items()))

    async def owner(self, actor: Actor, avatar_id: UploadId) -> UserId:
        rows = self.session.table("avatars", of=actor).values()
        avatar: Avatar = existing(
            next((one for one in rows if one.id == avatar_id), None), UnknownAvatar()
        )
        return avatar.user_id


BINDINGS: Bindings = (
    Binding[Uploads](MemoryUploads),
    Binding[UploadReads](MemoryUploadReads),
    Binding[Avatars](MemoryAvatars),
    Binding[AvatarReads](MemoryAvatarReads),
)
