"""Files as objects, by obstore: the same calls reach a folder and a bucket.

A folder writes beside and then renames, so no object is ever seen in part. What goes wrong is told in our words, and
without the address or the key of the store.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from skillbridge.adapters.files.settings import Bucket, Folder
from skillbridge.adapters.outgoing import Outgoing
from skillbridge.adapters.resilience import Breaker, CircuitOpen
from skillbridge.application.ports.files import FilesAway, NoFile

log = structlog.get_logger()

DEADLINE = timedelta(seconds=20)
CONNECT = timedelta(seconds=3)
TRIES = 3
OUTGOING = Outgoing(
    contract="Amazon S3 REST API 2006-03-01, AWS Signature Version 4",
    deadline=DEADLINE.total_seconds(),
    tries=TRIES,
    breaker="files",
    fallback="503 with Retry-After: what has arrived stays, and is gone on with",
)


def folder(where: Folder) -> LocalStore:
    return LocalStore(where.path, mkdir=True, automatic_cleanup=True)


def bucket(where: Bucket) -> S3Store:
    """Asked by path and not by host, as other servers of the contract want it too."""
    return S3Store(
        where.name,
        endpoint=where.endpoint,
        region=where.region,
        access_key_id=where.key_id,
        secret_access_key=where.secret,
        virtual_hosted_style_request=False,
        client_options={
            "timeout": DEADLINE,
            "connect_timeout": CONNECT,
            "allow_http": where.endpoint.startswith("http://"),
        },
        retry_config={"max_retries": TRIES - 1, "retry_timeout": DEADLINE},
    )


class ObjectFiles:
    """The port over one store."""

    def __init__(self, store: LocalStore | S3Store) -> None:
        self._store = store
        self._breaker = Breaker("files", failures=5, counts=(FilesAway,))

    async def put(self, name: str, content: bytes) -> None:
        async with self._answered():
            await obstore.put_async(self._store, name, content, use_multipart=False)

    async def get(self, name: str) -> bytes:
        async with self._answered():
            try:
                found = await obstore.get_async(self._store, name)
            except FileNotFoundError as error:
                raise NoFile from error
            return bytes(await found.bytes_async())

    async def forget(self, prefix: str, *, before: datetime | None = None) -> int:
        async with self._answered():
            names = [
                one["path"]
                async for some in obstore.list(self._store, prefix)
                for one in some
                if before is None or one["last_modified"] < before
            ]
            for name in names:
                await self._delete(name)
        return len(names)

    async def _delete(self, name: str) -> None:
        try:
            await obstore.delete_async(self._store, name)
        except FileNotFoundError:
            log.debug("files.gone_already")  # somebody else forgets the same

    @asynccontextmanager
    async def _answered(self) -> AsyncIterator[None]:
        """Raises FilesAway for whatever the store could not do."""
        try:
            async with self._breaker:
                try:
                    yield
                except (BaseError, OSError) as error:
                    log.warning("files.away", kind=type(error).__name__)
                    raise FilesAway from error
        except CircuitOpen as error:
            raise FilesAway from error
