"""Receiving a file: part by part, over a network that breaks, without a byte twice."""

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Protocol

from skillbridge.application.ports.files import PARTS, Files, of_tenant, of_upload
from skillbridge.application.ports.jobs import Step
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.uploads.ports import Uploads
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import UploadId
from skillbridge.domain.uploads.upload import (
    KEPT,
    MEBIBYTE,
    ChecksumMismatch,
    UnknownUpload,
    Upload,
    UploadTooLarge,
)

PART = MEBIBYTE
"""Bytes that one upload holds in memory at most, and what a killed server costs its client at most."""
FORGET_EVERY = timedelta(hours=1)
FORGOTTEN_AT_ONCE = 500


class Digest(Protocol):
    """As hashlib makes them."""

    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


@dataclass(slots=True)
class Checksum:
    """What the client says of all that it sends now."""

    digest: Digest
    expected: bytes

    def must_match(self) -> None:
        """Raises ChecksumMismatch."""
        if self.digest.digest() != self.expected:
            raise ChecksumMismatch


@dataclass(slots=True)
class _Stored:
    """Parts that are in the store, and not in the upload yet."""

    offset: int
    names: list[str] = field(default_factory=list)
    length: int = 0


@dataclass(frozen=True, slots=True)
class ContinueUpload:
    """Takes the next bytes, and keeps whole parts as they come: what breaks off goes on from there.

    With a checksum all of it is kept at the end, or nothing. A part is stored before it is counted, so one that was
    never counted is only rubbish, which goes with the upload; of two who send at once one is counted.
    Raises UnknownUpload, OffsetElsewhere, UploadTooLarge, TooManyParts, ChecksumMismatch and FilesAway.
    """

    transaction: Transaction
    uploads: Uploads
    files: Files

    async def __call__(
        self,
        actor: Actor,
        upload_id: UploadId,
        offset: int,
        content: AsyncIterable[bytes],
        checksum: Checksum | None = None,
    ) -> int:
        """How many bytes are here now."""
        upload = await self._begun(actor, upload_id, offset)
        stored = _Stored(offset)
        async for part in in_parts(content, upload.size - offset):
            await self._store(upload, stored, part)
            if checksum is None:
                stored = await self._count(actor, upload_id, stored)
            else:
                checksum.digest.update(part)
        if checksum is not None:
            checksum.must_match()
            stored = await self._count(actor, upload_id, stored)
        return stored.offset

    async def _begun(self, actor: Actor, upload_id: UploadId, offset: int) -> Upload:
        async with self.transaction(actor) as tx:
            upload = await self.uploads.get(upload_id)
            upload.must_go_on_from(offset, at=await tx.now())
        return upload

    async def _store(self, upload: Upload, stored: _Stored, part: bytes) -> None:
        """By what is in it: two who send different bytes for one place do not overwrite each other."""
        name = f"{stored.offset + stored.length:012d}-{sha256(part).hexdigest()[:32]}"
        place = of_upload(PARTS, upload.tenant_id, upload.user_id, upload.id)
        await self.files.put(f"{place}/{name}", part)
        stored.names.append(name)
        stored.length += len(part)

    async def _count(self, actor: Actor, upload_id: UploadId, stored: _Stored) -> _Stored:
        if not stored.names:
            return stored
        async with self.transaction(actor) as tx:
            upload = await self.uploads.get(upload_id)
            events = upload.take(
                stored.offset, tuple(stored.names), stored.length, at=await tx.now()
            )
            await self.uploads.save(upload)
            tx.emit(*events)
        return _Stored(upload.received)


async def in_parts(content: AsyncIterable[bytes], most: int) -> AsyncIterator[bytes]:
    """Whole parts, and the rest at the end: the memory holds one at a time.

    Raises UploadTooLarge once more than `most` bytes have come: before that, what fits was given.
    """
    waiting, given = bytearray(), 0
    async for piece in content:
        waiting += piece
        if given + len(waiting) > most:
            raise UploadTooLarge("more bytes came than the file was announced with")
        while len(waiting) >= PART:
            yield bytes(waiting[:PART])
            given += PART
            del waiting[:PART]
    if waiting:
        yield bytes(waiting)


@dataclass(frozen=True, slots=True)
class CancelUpload:
    """Takes a file back, and all that has arrived of it. Raises UnknownUpload."""

    transaction: Transaction
    uploads: Uploads
    files: Files

    async def __call__(self, actor: Actor, upload_id: UploadId) -> None:
        async with self.transaction(actor):
            if not await self.uploads.remove(upload_id):
                raise UnknownUpload
        await self.files.forget(of_upload(PARTS, actor.tenant_id, actor.user_id, upload_id))


@dataclass(frozen=True, slots=True)
class ForgetUploads:
    """By the clock: uploads whose day is over, and what killed processes left in the store of files."""

    step: Step
    uploads: Uploads
    files: Files

    async def __call__(self, actor: Actor, slot: str) -> None:  # noqa: ARG002  old is old in any slot
        async with self.step(actor) as tx:
            now = await tx.now()
            over = await self.uploads.expired(now, limit=FORGOTTEN_AT_ONCE)
        for one in over:
            await self.files.forget(of_upload(PARTS, one.tenant_id, one.user_id, one.id))
            async with self.step(actor):
                await self.uploads.remove(one.id)
        await self.files.forget(of_tenant(PARTS, actor.tenant_id), before=now - 2 * KEPT)
