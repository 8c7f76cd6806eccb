"""Short-lived copies."""

from datetime import timedelta
from typing import Protocol


class Cache(Protocol):
    """Short-lived copies; a cache that is away is a cache that is empty."""

    async def get(self, key: str) -> bytes | None: ...

    async def put(self, key: str, value: bytes, *, ttl: timedelta) -> None: ...
