"""What tenants have decided, remembered by each process for a moment.

A change is told to every process at once, over Redis; who was not told asks the database again after
`REST` seconds, so that a change counts within a second also while Redis is away.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.tenants import TenantNow, Tenants, UnknownTenant
from skillbridge.domain.ids import TenantId

TOPIC = "tenants"
REST = 1.0
REMEMBERED = 10_000
QUIET = 60.0
"""Seconds that one wait for a message lasts."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KnownTenants:
    """Asks once in `rest` seconds for each tenant, not once a request."""

    tenants: Tenants
    fanout: Fanout
    rest: float = REST
    seconds: Callable[[], float] = time.monotonic
    _known: dict[TenantId, tuple[float, TenantNow]] = field(
        init=False, repr=False, default_factory=dict
    )
    """Until when what was found holds."""
    _defaults: dict[str, TenantId] = field(init=False, repr=False, default_factory=dict)
    _told: dict[TenantId, float] = field(init=False, repr=False, default_factory=dict)
    """When a change was last told: an answer that was asked for before may be of before it."""

    async def default(self, slug: str) -> TenantId:
        """The tenant of those who name none; it keeps its slug. Raises UnknownTenant."""
        if slug not in self._defaults:
            self._defaults[slug] = await self.tenants.by_slug(slug)
        return self._defaults[slug]

    async def now(self, tenant_id: TenantId) -> TenantNow:
        """Raises UnknownTenant, and Unavailable where the database does not answer."""
        asked_at = self.seconds()
        until, known = self._known.get(tenant_id, (asked_at, None))
        if known is not None and asked_at < until:
            return known
        if known is not None:  # one asks, and those who come meanwhile take what was known
            self._known[tenant_id] = asked_at + self.rest, known
        try:
            found = await self.tenants.now(tenant_id)
        except UnknownTenant:
            self._known.pop(tenant_id, None)
            self._defaults.clear()  # it was erased, and may be founded anew
            raise
        if self._told.get(tenant_id, -math.inf) < asked_at:
            _keep(self._known, tenant_id, (asked_at + self.rest, found))
        return found

    def look_again(self, tenant_id: TenantId) -> None:
        """The next question goes to the database."""
        self._known.pop(tenant_id, None)
        _keep(self._told, tenant_id, self.seconds())

    async def tell(self, tenant_id: TenantId) -> None:
        """After the commit of a change: here at once, elsewhere when the message arrives."""
        self.look_again(tenant_id)
        await self.fanout.publish(TOPIC, tenant_id.bytes)

    @asynccontextmanager
    async def hearing(self) -> AsyncIterator[None]:
        """For the length of the block, of changes that other processes make."""

        async def hear() -> None:
            async with self.fanout.subscribe(TOPIC) as messages:
                while True:
                    told = await messages.next(within=QUIET)
                    if told is not None and len(told) == len(UUID(int=0).bytes):
                        self.look_again(TenantId(UUID(bytes=told)))

        task = asyncio.create_task(hear())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})


def _keep(known: dict[TenantId, T], tenant_id: TenantId, what: T) -> None:
    if len(known) >= REMEMBERED:
        known.clear()
    known[tenant_id] = what
