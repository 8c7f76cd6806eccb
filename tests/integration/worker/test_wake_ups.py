"""A wake-up tells of jobs that are there: it leaves after the commit, and not without one."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import asyncpg
import pytest
from dishka import Scope, provide
from tests.conftest import Urls
from tests.support.given.world import World, postgres_world

from skillbridge.adapters.memory.provider import MemorySignals
from skillbridge.application.ports.jobs import Wake
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.accounts import AccountEnabled
from skillbridge.domain.ids import JobId

pytestmark = pytest.mark.row("L1")


@dataclass
class Onlooker:
    """Looks, whenever it is told of jobs, which of them somebody else can see."""

    admin: asyncpg.Connection
    woken: list[JobId] = field(default_factory=list)
    visible: list[JobId] = field(default_factory=list)

    async def __call__(self, job_ids: Sequence[JobId]) -> None:
        self.woken += job_ids
        rows = await self.admin.fetch("select id from jobs where id = any($1)", list(job_ids))
        self.visible += [JobId(row["id"]) for row in rows]


class Watched(MemorySignals):
    scope = Scope.APP

    def __init__(self, onlooker: Onlooker) -> None:
        super().__init__()
        self._onlooker = onlooker

    @provide(override=True)
    def wake(self) -> Wake:
        return self._onlooker


@pytest.fixture
async def onlooker(admin: asyncpg.Connection) -> Onlooker:
    return Onlooker(admin)


@pytest.fixture
async def world(urls: Urls, onlooker: Onlooker) -> AsyncIterator[World]:
    signals = Watched(onlooker)
    async with postgres_world(urls, signals=signals) as made:
        yield made


async def tell(world: World, actor: Actor, error: Exception | None = None) -> None:
    async with world.scope(actor) as scope, (await scope.get(Transaction))(actor) as tx:
        tx.emit(AccountEnabled(user_id=actor.user_id, at=await tx.now()))
        if error:
            raise error


async def test_who_is_told_of_a_job_finds_it(world: World, onlooker: Onlooker) -> None:
    await tell(world, await world.learner())
    assert len(onlooker.woken) == 1
    assert onlooker.visible == onlooker.woken


async def test_of_what_was_rolled_back_nobody_is_told(world: World, onlooker: Onlooker) -> None:
    with pytest.raises(ZeroDivisionError):
        await tell(world, await world.learner(), ZeroDivisionError())
    assert onlooker.woken == []
    await tell(world, await world.learner())
    assert onlooker.visible == onlooker.woken != []


async def test_of_what_the_database_refuses_at_the_end_nobody_is_told(
    world: World, onlooker: Onlooker
) -> None:
    """A constraint that is checked at the commit may still undo everything."""
    assert world.admin is not None
    actor = await world.learner()
    await world.admin.execute(
        """
        create function refuse_at_commit() returns trigger language plpgsql as
            $$ begin raise exception 'no commit'; end $$;
        create constraint trigger refuse_at_commit after insert on events
            deferrable initially deferred for each row execute function refuse_at_commit();
        """
    )
    try:
        with pytest.raises(Exception, match="no commit"):
            await tell(world, actor)
    finally:
        await world.admin.execute(
            "drop trigger refuse_at_commit on events; drop function refuse_at_commit()"
        )
    assert onlooker.woken == []
