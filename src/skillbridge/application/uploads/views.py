"""What people see of files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from skillbridge.domain.ids import UploadId, UserId
from skillbridge.domain.uploads.upload import Purpose, UploadState


@dataclass(frozen=True, slots=True)
class UploadView:
    """A file on its way; a refused one says why."""

    id: UploadId
    purpose: Purpose
    state: UploadState
    size: int
    """Bytes, as announced."""
    received: int
    """Bytes that are here: the next part begins there."""
    expires_at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """One size of a picture."""

    side: int
    """Pixels: it is a square."""
    size: int
    """Bytes that a download costs."""
    url: str


@dataclass(frozen=True, slots=True)
class AvatarView:
    """The picture of a person, by the addresses of its sizes; what is there once never changes."""

    id: UploadId
    user_id: UserId
    changed_at: datetime
    variants: Sequence[Variant]

    @classmethod
    def of(
        cls,
        avatar_id: UploadId,
        user_id: UserId,
        changed_at: datetime,
        sizes: Sequence[tuple[int, int]],
    ) -> "AvatarView":
        """`sizes`: bytes, each after its side in pixels."""
        variants = [
            Variant(side, size, f"/v1/avatars/{avatar_id}/{side}") for side, size in sorted(sizes)
        ]
        return cls(avatar_id, user_id, changed_at, variants)
