"""The picture of a person, as everybody who may see their profile sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from skillbridge.domain.errors import Invalid, NotFound
from skillbridge.domain.ids import TenantId, UploadId, UserId
from skillbridge.domain.uploads.kind import Kind

SIDES = (64, 256)
"""In pixels, the smaller for lists: both are squares, in WebP."""
KINDS = frozenset({Kind.JPEG, Kind.PNG, Kind.GIF, Kind.WEBP})
"""What a picture may come as; of one that moves, the first is taken."""


class UnknownAvatar(NotFound):
    """There is no such picture, or it is not yours to see."""

    of_others = False
    """Most people have none: whoever shows a list of them meets many of these."""

    def __init__(self) -> None:
        super().__init__("there is no such picture")


class UnfitImage(Invalid):
    """A file cannot be read as a picture, or unpacks into too much."""


@dataclass(frozen=True, slots=True)
class Avatar:
    id: UploadId
    """That of the upload that it came from: another picture has another, and so another address."""
    tenant_id: TenantId
    user_id: UserId
    sizes: Mapping[int, int]
    """Bytes, by the side in pixels."""
    changed_at: datetime
