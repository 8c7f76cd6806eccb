"""What uploads need from outside."""

from collections.abc import AsyncIterable, Sequence
from datetime import datetime
from typing import Protocol

from skillbridge.application.uploads.views import AvatarView, UploadView
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.ids import UploadId, UserId
from skillbridge.domain.uploads.avatar import Avatar
from skillbridge.domain.uploads.kind import Kind
from skillbridge.domain.uploads.upload import Room, Upload


class Uploads(Protocol):
    """A person's own; the system's are everybody's."""

    async def room(self) -> Room:
        """What is there of the actor and of the tenant; nobody else of it announces a file meanwhile."""
        ...

    async def add(self, upload: Upload) -> None: ...

    async def get(self, upload_id: UploadId) -> Upload:
        """Held until the transaction ends. Raises UnknownUpload."""
        ...

    async def save(self, upload: Upload) -> None:
        """One that is held."""

    async def remove(self, upload_id: UploadId) -> bool:
        """False when there is none."""
        ...

    async def expired(self, at: datetime, *, limit: int) -> Sequence[Upload]:
        """For the system: those whose day is over, longest ago first."""
        ...


class UploadReads(Protocol):
    async def one(self, actor: Actor, upload_id: UploadId) -> UploadView:
        """The actor's. Raises UnknownUpload, also once its day is over."""
        ...


class Avatars(Protocol):
    async def put(self, avatar: Avatar) -> UploadId | None:
        """For the system: in place of the one before, whose id is returned. Nothing for who is erased."""
        ...

    async def remove(self, user_id: UserId) -> UploadId:
        """The actor's. Raises UnknownAvatar."""
        ...


class AvatarReads(Protocol):
    async def of(self, actor: Actor, user_id: UserId) -> AvatarView:
        """To whoever may see the person's profile. Raises UnknownAvatar."""
        ...

    async def owner(self, actor: Actor, avatar_id: UploadId) -> UserId:
        """Whose picture it is, to the same people. Raises UnknownAvatar."""
        ...


class ImagesAway(Unavailable):
    """The program that reads pictures was ended from outside, or did not come to an end."""

    def __init__(self) -> None:
        super().__init__("the picture could not be read in time")


class Images(Protocol):
    """Reads what strangers send, with all that may be wrong with it, in a process of its own with bounds."""

    async def squares(
        self, kind: Kind, content: AsyncIterable[bytes], sides: Sequence[int]
    ) -> Sequence[bytes]:
        """The middle of a picture as squares in WebP: its pixels alone, upright, and nothing that came with them.

        Raises UnfitImage, and ImagesAway.
        """
        ...
