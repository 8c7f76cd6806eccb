"""What the audit trail and the triggers cost a write: CPU of the program and of PostgreSQL together.

The write is a role that an operator gives to an account and takes away again, through the use cases. It
is done as it is, without its entries in the trail, and without triggers besides, by turns in one run.
"""

import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
from dishka import AsyncContainer

from bench.figures import Goal, ratio
from bench.sheet import Sheet, Tell
from bench.world import World, filled_world
from skillbridge import settings as environment
from skillbridge.application.accounts.administration import GrantRole, RevokeRole
from skillbridge.application.audit.sealing import SealAudit
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.events.accounts import RoleGranted, RoleRevoked
from skillbridge.entrypoints.wiring import stack

WRITES = 150
"""Pairs of a role given and taken, in each turn."""
WANTED = 1.15
"""At most: what the whole write costs, by what it costs without trail and triggers … 15 % of it."""
BACKENDS = "select pid from pg_stat_activity where usename = 'skillbridge_worker'"
TABLES = ("users", "jobs", "events", "audit_entries")
WAYS = ("as it is", "without the trail", "without triggers either")


async def measure(*, rounds: int, tell: Tell) -> tuple[list[Sheet], list[Goal]]:
    tell("starting a database and filling it")
    async with filled_world() as world:
        admin = await asyncpg.connect(world.admin_url)
        container = stack.worker(environment.load(world.environment))
        try:
            found, sealing = await _measure(world, container, admin, rounds, tell)
        finally:
            await container.close()
            await admin.close()
    least = found[WAYS[2]]
    rows = [
        (way, f"{median(some):,.0f}", f"{ratio(some, least):.2f}") for way, some in found.items()
    ]
    notes = (
        f"Medians of {rounds} interleaved rounds of {2 * WRITES} writes; ratios within a round.",
        f"Sealing, beside the writes and not in them: {sealing:,.0f} µs an entry.",
    )
    sheet = Sheet("What trail and triggers cost a write", ("", "CPU, µs", "ratio"), rows, notes)
    goal = Goal("A write: CPU, with trail and triggers ÷ without", WANTED, ratio(found[WAYS[0]], least), at_most=True)  # fmt: skip
    return [sheet], [goal]


async def _measure(
    world: World, container: AsyncContainer, admin: Any, rounds: int, tell: Tell
) -> tuple[dict[str, list[float]], float]:
    actor = Actor.system(world.user.tenant_id)
    found: dict[str, list[float]] = {way: [] for way in WAYS}
    sealing = []
    for number in range(rounds + 1):  # the first one warms up
        tell(f"writes, round {number} of {rounds}")
        for way in WAYS:
            with _audited(wanted=way == WAYS[0]):
                await _triggers(admin, on=way != WAYS[2])
                before = await _cpu(admin)
                for _ in range(WRITES):
                    await _turn(container, actor, world.user.email)
                used = (await _cpu(admin) - before) / (2 * WRITES)
            found[way] += [used] if number else []
            await _triggers(admin, on=True)
            if way == WAYS[0]:
                before = await _cpu(admin)
                async with container() as scope:
                    entries = await (await scope.get(SealAudit))(actor)
                sealing.append((await _cpu(admin) - before) / entries)
    return found, median(sealing)


async def _turn(container: AsyncContainer, actor: Actor, email: str) -> None:
    use_cases: tuple[type[Any], ...] = (GrantRole, RevokeRole)
    for use_case in use_cases:
        async with container() as scope:
            act = await scope.get(use_case)
            assert await act(actor, email, Role.MODERATOR, reason="Was asked to help")


@contextmanager
def _audited(wanted: bool) -> Any:
    kept = {kind: kind.audit for kind in (RoleGranted, RoleRevoked)}
    try:
        for kind, declared in kept.items():
            kind.audit = declared if wanted else None
        yield
    finally:
        for kind, declared in kept.items():
            kind.audit = declared


async def _triggers(admin: Any, *, on: bool) -> None:
    for table in TABLES:
        await admin.execute(f"alter table {table} {'enable' if on else 'disable'} trigger user")


async def _cpu(admin: Any) -> float:
    """Microseconds of this process and of the backends that it speaks to."""
    backends = [_used(row["pid"]) for row in await admin.fetch(BACKENDS)]
    return sum(backends) + time.process_time() * 1e6


def _used(pid: int) -> float:
    """The first figure of the scheduler is nanoseconds on a processor."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e3
