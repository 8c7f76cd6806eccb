"""Pictures on their way, and what is in the store of files."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

import obstore
from tests.support.given.world import World

from skillbridge.adapters.files.objects import ObjectFiles
from skillbridge.application.ports.files import Files
from skillbridge.application.uploads.avatars import BeginAvatar
from skillbridge.application.uploads.ports import UploadReads
from skillbridge.application.uploads.receiving import ContinueUpload
from skillbridge.application.uploads.views import UploadView
from skillbridge.domain.actor import Actor


async def pieces(*some: bytes) -> AsyncIterator[bytes]:
    for one in some:
        yield one


async def sent(world: World, actor: Actor, content: bytes) -> UploadView:
    """Announced and received as a whole; nobody has looked at it yet."""
    begun: UploadView = await world.do(BeginAvatar, actor, len(content))
    await world.do(ContinueUpload, actor, begun.id, 0, pieces(content))
    return begun


async def shown(world: World, actor: Actor, content: bytes) -> UploadView:
    """And looked at."""
    begun = await sent(world, actor, content)
    await world.settle()
    return await seen(world, actor, begun.id)


async def seen(world: World, actor: Actor, upload_id: Any) -> UploadView:
    found: UploadView = await world.ask(UploadReads, "one", actor, upload_id)
    return found


async def stored(world: World, *within: str) -> list[str]:
    """The names of the tenant's objects, those of which one of these is a part."""
    files = await world.worker.get(Files)
    assert isinstance(files, ObjectFiles)
    names: Iterable[str] = [
        one["path"] async for some in obstore.list(files._store) for one in some
    ]
    wanted = (str(world.tenant_id), *within)
    return sorted(name for name in names if all(part in name for part in wanted))


async def content_of(world: World, name: str) -> bytes:
    files: Files = await world.worker.get(Files)
    return await files.get(name)
