"""An HTTP transport that stops reading when an answer grows too big, packed or not."""

import zlib
from collections.abc import AsyncIterator

import httpx2

PACKED = {"gzip": 31, "x-gzip": 31, "deflate": 47}
"""What some servers send although it was not asked for, and how zlib unpacks it."""
PLAIN = {"", "identity"}


class TooBig(Exception):
    """The answer is bigger than allowed, or packed so that its size cannot be told."""


class BoundedStream(httpx2.AsyncByteStream):
    """`unpacked` is never asked for more than may still come: a small answer may hold gigabytes."""

    def __init__(self, inner: httpx2.AsyncByteStream, most_bytes: int, wbits: int | None) -> None:
        self._inner = inner
        self._left = most_bytes
        self._unpacking = zlib.decompressobj(wbits) if wbits is not None else None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            plain = self._unpacked(chunk)
            self._left -= len(plain)
            if self._left < 0:
                raise TooBig
            yield plain

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _unpacked(self, chunk: bytes) -> bytes:
        if self._unpacking is None:
            return chunk
        try:
            return self._unpacking.decompress(chunk, self._left + 1)
        except zlib.error as error:
            raise TooBig from error


class BoundedTransport(httpx2.AsyncBaseTransport):
    """Unpacks by itself what is packed, and refuses what it cannot unpack within the bound."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, most_bytes: int) -> None:
        self._inner = inner
        self._most_bytes = most_bytes

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        request.headers["accept-encoding"] = "identity"
        response = await self._inner.handle_async_request(request)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        packed = response.headers.pop("content-encoding", "").strip().lower()
        if packed not in PLAIN and packed not in PACKED:
            await response.aclose()
            raise TooBig
        response.stream = BoundedStream(response.stream, self._most_bytes, PACKED.get(packed))
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()
