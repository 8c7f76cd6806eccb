"""A file on its way to us: announced by its size, sent in as many parts as the network wants, then looked at.

receiving ── fill ──▶ received ── finish ──▶ done
                          └────── refuse ──▶ refused

What has arrived stays for a day, so that nobody sends a byte twice; then all of it is forgotten.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from skillbridge.domain.errors import Conflict, Damaged, Invalid, NotFound, TooLarge
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.uploads import UploadReceived, UploadRefused
from skillbridge.domain.ids import TenantId, UploadId, UserId
from skillbridge.domain.lifecycle import Lifecycle

MEBIBYTE = 1024 * 1024
KEPT = timedelta(days=1)
"""So long an upload can be gone on with, and is remembered."""
MOST_OPEN = 3
"""Uploads of one person at a time."""
MOST_PARTS = 1024
"""Each costs an object and a name."""


class Purpose(StrEnum):
    """What a file is for; each has its own rules and its own address."""

    AVATAR = "avatar"


class UploadState(StrEnum):
    RECEIVING = "receiving"
    RECEIVED = "received"
    DONE = "done"
    REFUSED = "refused"


LIFE = Lifecycle(
    UploadState,
    {
        "fill": ({UploadState.RECEIVING}, UploadState.RECEIVED),
        "finish": ({UploadState.RECEIVED}, UploadState.DONE),
        "refuse": ({UploadState.RECEIVED}, UploadState.REFUSED),
    },
)


class UnknownUpload(NotFound):
    """There is no such upload among yours, or its day is over."""

    def __init__(self) -> None:
        super().__init__("there is no such upload among yours; begin it again")


class EmptyUpload(Invalid):
    """A file has at least one byte."""

    def __init__(self) -> None:
        super().__init__(
            "say in Upload-Length how many bytes the file has: at least one", field="Upload-Length"
        )


class UploadTooLarge(TooLarge):
    """A file has more bytes than its purpose takes, or more than were announced."""


class OffsetElsewhere(Conflict):
    """What is sent does not begin where the last part ended; HEAD tells where to go on."""

    def __init__(self, received: int) -> None:
        super().__init__(f"{received} bytes are here: go on from there")


class TooManyParts(Conflict):
    """The file came in very many small parts."""

    def __init__(self) -> None:
        super().__init__(
            f"a file comes in {MOST_PARTS} parts at most: begin again, and send larger ones"
        )


class TooManyUploads(Conflict):
    """So many uploads of one person are open already."""

    def __init__(self) -> None:
        super().__init__(f"{MOST_OPEN} uploads of yours are open: end one, or take it back")


class TenantFull(Conflict):
    """The organisation keeps as many bytes as it may."""

    def __init__(self) -> None:
        super().__init__("your organisation has no room for more files; ask its administrators")


class ChecksumMismatch(Damaged):
    """What arrived is not what was sent, by its checksum: nothing of it is kept, send it again."""

    def __init__(self) -> None:
        super().__init__("what arrived differs from what was sent: send it again from this offset")


@dataclass(frozen=True, slots=True)
class UploadRule:
    """How large one file may be, as an installation has set it."""

    most: int
    """Bytes."""

    def must_take(self, size: int) -> None:
        """Raises EmptyUpload and UploadTooLarge."""
        if size < 1:
            raise EmptyUpload
        if size > self.most:
            raise UploadTooLarge(
                f"a file has {self.most} bytes at most, and this one has {size}: make it smaller",
                field="Upload-Length",
            )


@dataclass(frozen=True, slots=True)
class Room:
    """What is there already, when one more is announced."""

    open_uploads: int
    """Of the person."""
    tenant_bytes: int
    """Of all people of the tenant: what is kept, and what was announced."""

    def must_hold(self, size: int, *, tenant_most: int) -> None:
        """Raises TooManyUploads and TenantFull."""
        if self.open_uploads >= MOST_OPEN:
            raise TooManyUploads
        if self.tenant_bytes + size > tenant_most:
            raise TenantFull


@dataclass(slots=True, kw_only=True)
class Upload:
    id: UploadId
    tenant_id: TenantId
    user_id: UserId
    purpose: Purpose
    size: int
    """Bytes, as announced."""
    expires_at: datetime
    received: int = 0
    parts: tuple[str, ...] = ()
    """The names of what has arrived, in order."""
    state: UploadState = UploadState.RECEIVING
    reason: str | None = None
    """Why it was refused, for its person."""

    def must_go_on_from(self, offset: int, *, at: datetime) -> None:
        """Raises UnknownUpload and OffsetElsewhere."""
        if at >= self.expires_at:
            raise UnknownUpload
        if offset != self.received:
            raise OffsetElsewhere(self.received)

    def take(
        self, offset: int, parts: tuple[str, ...], length: int, *, at: datetime
    ) -> tuple[Event, ...]:
        """So many bytes more, in these parts; the last of them fill it.

        Raises UnknownUpload, OffsetElsewhere, UploadTooLarge and TooManyParts.
        """
        self.must_go_on_from(offset, at=at)
        if offset + length > self.size:
            raise UploadTooLarge(f"the file was announced with {self.size} bytes, and more came")
        if len(self.parts) + len(parts) > MOST_PARTS:
            raise TooManyParts
        self.received, self.parts = offset + length, (*self.parts, *parts)
        if self.received < self.size:
            return ()
        self.state = LIFE.after("fill", self.state)
        return (UploadReceived(upload_id=self.id, user_id=self.user_id, at=at),)

    def finish(self) -> None:
        """What it was for is done. Raises IllegalMove."""
        self.state = LIFE.after("finish", self.state)

    def refuse(self, reason: str, *, at: datetime) -> tuple[Event, ...]:
        """It is not what its purpose takes. Raises IllegalMove."""
        self.state, self.reason = LIFE.after("refuse", self.state), reason
        return (UploadRefused(upload_id=self.id, user_id=self.user_id, at=at),)
