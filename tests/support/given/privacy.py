"""Somebody who asks for an end, and the days that go by."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.application.accounts.people import Visitor
from tests.support.given.world import World

from skillbridge.adapters.memory.store import Store
from skillbridge.application.privacy.erasure import BeginErasures, RequestErasure
from skillbridge.domain.actor import Actor


async def somebody(world: World) -> Actor:
    """With an account of their own, and who has just shown who they are."""
    visitor = Visitor(world)
    return replace(await visitor.signed_in(await visitor.arrive()), proved_at=datetime.now(UTC))


async def days_go_by(world: World) -> None:
    """Every erasure that waits may be begun."""
    if world.admin is not None:
        await world.admin.execute("update privacy_requests set acts_at = now() - interval '1 s'")
        return
    store: Store = await world.worker.get(Store)
    for request in store.rows.get((world.tenant_id, "privacy_requests"), {}).values():
        request.acts_at = datetime.now(UTC) - timedelta(seconds=1)


async def erased(world: World, actor: Actor) -> None:
    """From the question to the certificate."""
    await world.do(RequestErasure, actor)
    await days_go_by(world)
    await world.do(BeginErasures, world.system(), "now")
    await world.settle()
