"""Where the bytes of files are kept, by names that are ours alone."""

from datetime import datetime
from typing import Protocol

from skillbridge.domain.errors import NotFound, Unavailable
from skillbridge.domain.ids import TenantId, UploadId, UserId

PARTS, KEPT = "parts", "kept"
"""What is on its way, and what stays. Each file lies under its tenant and its person, so that either can be erased
as a whole."""


class NoFile(NotFound):
    """Nothing is kept by this name."""

    def __init__(self) -> None:
        super().__init__("there is no such file any more")


class FilesAway(Unavailable):
    """The store of files does not answer."""

    def __init__(self) -> None:
        super().__init__("files cannot be reached for the moment; try again in a few seconds")


class Files(Protocol):
    """Small objects by name; none is ever changed. All of it raises FilesAway."""

    async def put(self, name: str, content: bytes) -> None:
        """Whole or not at all; the same name again is the same content again."""

    async def get(self, name: str) -> bytes:
        """Raises NoFile."""
        ...

    async def forget(self, prefix: str, *, before: datetime | None = None) -> int:
        """All that lies under the prefix, or what was put there before a time; how many it were."""
        ...


def of_tenant(area: str, tenant_id: TenantId) -> str:
    return f"{area}/{tenant_id}"


def of_person(area: str, tenant_id: TenantId, user_id: UserId) -> str:
    return f"{of_tenant(area, tenant_id)}/{user_id}"


def of_upload(area: str, tenant_id: TenantId, user_id: UserId, upload_id: UploadId) -> str:
    return f"{of_person(area, tenant_id, user_id)}/{upload_id}"
