"""A packed answer takes no more room than an answer may."""

import gzip
import tracemalloc
from collections.abc import AsyncIterator

import httpx2
import pytest

from skillbridge.adapters.openai.bounded import PACKED, BoundedStream, TooBig

pytestmark = pytest.mark.row("E5")
MOST = 1_000
MEGABYTE = 2**20


class Sent(httpx2.AsyncByteStream):
    def __init__(self, *chunks: bytes) -> None:
        self._chunks = chunks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk

    async def aclose(self) -> None: ...


async def test_what_would_unpack_into_much_is_not_unpacked() -> None:
    bomb = gzip.compress(b"x" * 50 * MEGABYTE)
    tracemalloc.start()
    try:
        with pytest.raises(TooBig):
            async for _ in BoundedStream(Sent(bomb), MOST, PACKED["gzip"]):
                pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MEGABYTE


async def test_what_fits_arrives_whole_in_whatever_pieces() -> None:
    packed = gzip.compress(b"y" * MOST)
    pieces = (packed[place : place + 3] for place in range(0, len(packed), 3))
    stream = BoundedStream(Sent(*pieces), MOST, PACKED["gzip"])
    assert b"".join([chunk async for chunk in stream]) == b"y" * MOST
