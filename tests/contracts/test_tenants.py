"""What every store of tenants and of their settings promises, on every backend."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.support.given.pictures import sent, stored
from tests.support.given.world import World

from skillbridge.application.paging import PageRequest
from skillbridge.application.ports.jobs import Jobs
from skillbridge.application.ports.tenants import (
    NOBODYS_TENANT,
    TenantNow,
    Tenants,
    UnknownTenant,
)
from skillbridge.application.tenancy.lifecycle import EraseTenant, ResumeTenant, SuspendTenant
from skillbridge.application.tenancy.ports import SettingsReads, UnknownVersion
from skillbridge.application.tenancy.settings import (
    ChangeTenantSettings,
    GetTenantSettings,
    RollBackTenantSettings,
)
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.authentication import StepUpNeeded
from skillbridge.domain.errors import ChangedSinceSeen
from skillbridge.domain.ids import TenantId
from skillbridge.domain.lifecycle import IllegalMove
from skillbridge.domain.ranking.score import USUAL, Weights
from skillbridge.domain.tenancy.settings import AiUse, Change, Features, TenantSettings
from skillbridge.domain.tenancy.tenant import NotAnAdministrator, NotConfirmed, TenantState

pytestmark = pytest.mark.row("B11")

BY_SKILL = Weights(
    skill=10_000, availability=0, language=0, location=0, rating=0, free=0, experience=0
)
WHY = Change("a pilot in Kano")


async def admin(world: World) -> Actor:
    """Who has just proved that it is them."""
    made = await world.person(Role.ADMIN)
    return replace(made, proved_at=datetime.now(UTC))


async def change(world: World, actor: Actor, **parts: Any) -> Any:
    return await world.do(ChangeTenantSettings, actor, world.tenant_id, parts, WHY)


async def now(world: World, tenant_id: TenantId | None = None) -> TenantNow:
    tenants: Tenants = await world.api.get(Tenants)
    return await tenants.now(tenant_id or world.tenant_id)


async def test_without_settings_of_its_own_a_tenant_has_the_usual_ones(world: World) -> None:
    found = await now(world)
    assert (found.version, found.settings, found.state) == (
        0,
        TenantSettings(),
        TenantState.ACTIVE,
    )
    assert found.slug == world.slug
    actor = await admin(world)
    assert (await world.do(GetTenantSettings, actor, world.tenant_id)).version == 0


async def test_every_version_is_kept_and_any_can_be_taken_up_again(world: World) -> None:
    actor = await admin(world)
    first = await change(world, actor, matching=BY_SKILL)
    second = await change(world, actor, ai=AiUse.OFF)
    assert (first.version, second.version) == (1, 2)
    assert (await now(world)).settings == TenantSettings(matching=BY_SKILL, ai=AiUse.OFF)
    back = await world.do(RollBackTenantSettings, actor, world.tenant_id, 1, WHY)
    assert (back.version, back.settings) == (3, TenantSettings(matching=BY_SKILL))
    kept = await world.items(SettingsReads, "versions", actor, PageRequest(9))
    assert [(one.version, one.settings.ai, one.changed_by, one.reason) for one in kept] == [
        (3, AiUse.ON, actor.user_id, WHY.reason),
        (2, AiUse.OFF, actor.user_id, WHY.reason),
        (1, AiUse.ON, actor.user_id, WHY.reason),
    ]
    page = await world.ask(SettingsReads, "versions", actor, PageRequest(2))
    assert page.next == 2
    rest = await world.items(SettingsReads, "versions", actor, PageRequest(2, page.next))
    assert [one.version for one in rest] == [1]
    with pytest.raises(UnknownVersion):
        await world.do(RollBackTenantSettings, actor, world.tenant_id, 9, WHY)


async def test_what_changes_nothing_is_no_version(world: World) -> None:
    actor = await admin(world)
    assert (await change(world, actor, matching=USUAL)).version == 0
    await change(world, actor, ai=AiUse.OFF)
    assert (await change(world, actor, ai=AiUse.OFF)).version == 1


async def test_only_what_was_seen_is_changed(world: World) -> None:
    actor = await admin(world)
    await change(world, actor, ai=AiUse.OFF)
    parts = {"ai": AiUse.ON}
    with pytest.raises(ChangedSinceSeen):
        await world.do(ChangeTenantSettings, actor, world.tenant_id, parts, WHY, seen={0})
    changed = await world.do(ChangeTenantSettings, actor, world.tenant_id, parts, WHY, seen={1})
    assert changed.version == 2


async def test_only_an_administrator_who_proved_it_decides(world: World) -> None:
    proved = await admin(world)
    with pytest.raises(StepUpNeeded):
        await change(world, replace(proved, proved_at=None), ai=AiUse.OFF)
    learner = replace(await world.learner(), proved_at=proved.proved_at)
    for use_case, *args in (
        (ChangeTenantSettings, {"ai": AiUse.OFF}, WHY),
        (RollBackTenantSettings, 1, WHY),
        (GetTenantSettings,),
    ):
        with pytest.raises(NotAnAdministrator):
            await world.do(use_case, learner, world.tenant_id, *args)
        with pytest.raises(UnknownTenant):
            await world.do(use_case, proved, TenantId(uuid4()), *args)
    assert (await now(world)).version == 0
    assert (await change(world, world.system(), ai=AiUse.OFF)).changed_by is None


async def test_of_no_other_tenant_anything_is_found(world: World) -> None:
    tenants: Tenants = await world.api.get(Tenants)
    assert await tenants.by_slug(world.slug) == world.tenant_id
    with pytest.raises(UnknownTenant):
        await tenants.by_slug("nowhere-at-all")
    with pytest.raises(UnknownTenant):
        await tenants.now(TenantId(uuid4()))
    nobodys = await tenants.now(NOBODYS_TENANT)
    assert nobodys.settings.features == Features(registration=False)


async def test_a_suspended_tenant_keeps_everything_and_its_jobs_rest(world: World) -> None:
    jobs: Jobs = await world.worker.get(Jobs)
    await jobs.plan("Nothing", f"slot-{uuid4()}")
    suspended = await world.do(SuspendTenant, world.system(), WHY)
    assert suspended.state is (await now(world)).state is TenantState.SUSPENDED
    await world.do(SuspendTenant, world.system(), WHY)
    claimed = await jobs.claim(limit=5_000, lease=timedelta(minutes=1))
    assert world.tenant_id not in {job.tenant_id for job in claimed}
    await jobs.plan("Nothing", slot := f"slot-{uuid4()}")
    await world.do(ResumeTenant, world.system(), WHY)
    assert (await now(world)).state is TenantState.ACTIVE
    claimed = await jobs.claim(limit=5_000, lease=timedelta(minutes=1))
    own = [job.slot for job in claimed if job.tenant_id == world.tenant_id]
    assert own
    assert slot not in own


async def test_only_a_suspended_tenant_is_erased_and_only_by_its_slug(world: World) -> None:
    system = world.system()
    await sent(world, await world.learner(), b"a file")
    await change(world, system, ai=AiUse.OFF)
    with pytest.raises(IllegalMove):
        await world.do(EraseTenant, system, confirmed=world.slug)
    await world.do(SuspendTenant, system, WHY)
    with pytest.raises(NotConfirmed):
        await world.do(EraseTenant, system, confirmed="another")
    gone = await world.do(EraseTenant, system, confirmed=world.slug)
    assert gone["users"] == gone["profiles"] == gone["tenant_settings"] == 1
    assert gone["files"] == 1
    assert await stored(world) == []
    with pytest.raises(UnknownTenant):
        await now(world)
