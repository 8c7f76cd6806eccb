"""A tenant with a sealed trail, and a superuser who tampers with it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import asyncpg
from tests.support.given.world import World

from skillbridge.application.audit.anchoring import AnchorAudit
from skillbridge.application.audit.ports import AuditReads
from skillbridge.application.audit.sealing import SealAudit
from skillbridge.application.audit.verification import VerifyAudit
from skillbridge.application.audit.views import AuditEntry, Search
from skillbridge.application.paging import PageRequest
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.events.accounts import RoleGranted
from skillbridge.domain.ids import UserId

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
Tamper = Callable[["Trail"], Awaitable[None]]


class Trail:
    """By whoever owns the database: triggers and policies do not hold them."""

    def __init__(self, world: World) -> None:
        assert world.admin is not None
        self.world = world
        self.admin: asyncpg.Connection = world.admin

    async def grow(self, number: int) -> None:
        """So many entries more, each with its seal."""
        await self.write(number)
        await self.world.do(SealAudit, self.world.system())

    async def write(self, number: int) -> None:
        actor = self.world.system()
        subject = UserId(self.world.tenant_id)
        async with self.world.scope(actor) as scope:
            transaction = await scope.get(Transaction)
            for n in range(number):
                async with transaction(actor) as tx:
                    tx.emit(RoleGranted(user_id=subject, role="mentor", reason=f"No. {n}", at=NOW))

    async def anchor(self) -> None:
        await self.world.do(AnchorAudit, self.world.system())

    async def owner(self, sql: str, *arguments: object) -> None:
        """As somebody who takes the triggers away first; `$1` is the tenant."""
        async with self.admin.transaction():
            await self.admin.execute("set local session_replication_role = replica")
            await self.admin.execute(sql, self.world.tenant_id, *arguments)

    async def found(self) -> Sequence[tuple[str, int]]:
        """What is wrong, and where."""
        verified = await self.world.do(VerifyAudit, self.world.system())
        return [(finding.fault.value, finding.n) for finding in verified.findings]

    async def entries(self, asked: Search) -> Sequence[AuditEntry]:
        found: Sequence[AuditEntry] = await self.world.items(
            AuditReads, "search", self.world.system(), asked, PageRequest(9)
        )
        return found
