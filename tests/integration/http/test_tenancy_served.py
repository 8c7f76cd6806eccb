"""What an administrator or an operator decides counts in a server that runs, told over Redis or not."""

import time

import httpx
import pytest
from tests.support.given.matching import MORNINGS, mentor
from tests.support.programs.scene import Scene
from tests.support.timing.patience import PATIENCE

from skillbridge.application.tenancy.lifecycle import SuspendTenant
from skillbridge.application.tenancy.settings import ChangeTenantSettings
from skillbridge.domain.ranking.score import USUAL
from skillbridge.domain.tenancy.settings import Change
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("B11", "G1")

WHY = Change("it is a test")
BY_EXPERIENCE = (
    *("matching.skill=1000", "matching.experience=9000", "matching.availability=0"),
    *("matching.language=0", "matching.location=0", "matching.rating=0", "matching.free=0"),
)


async def test_new_weights_and_a_suspension_count_in_a_running_server(scene: Scene) -> None:
    world = scene.world
    learner = await world.learner()
    skilled = await mentor(world, skills={"python": 5}, availability=MORNINGS, years=1)
    old = await mentor(world, skills={"python": 2}, availability=MORNINGS, years=30)
    me = {"Authorization": f"Bearer {await scene.token(learner)}"}
    api = await scene.stage.serving()
    async with httpx.AsyncClient(
        base_url=api.url, headers=me, timeout=PATIENCE, trust_env=False
    ) as server:

        async def ranked() -> list[str]:
            answer = await server.get("/v1/mentors/suggestions?skills=python")
            return [one["mentor"]["id"] for one in answer.json()["items"]]

        async def begins_with(first: str) -> float:
            since = time.monotonic()

            async def first_is() -> bool:
                return (await ranked())[0] == first

            await until(first_is, every=0.02)
            return time.monotonic() - since

        assert await ranked() == [str(skilled.user_id), str(old.user_id)]
        by = ("tenants", "settings", "set", world.slug, *BY_EXPERIENCE, "--reason", "a pilot")
        await scene.operator(*by)
        told = await begins_with(str(old.user_id))
        back = {"matching": USUAL}
        await world.do(ChangeTenantSettings, world.system(), world.tenant_id, back, WHY)
        untold = await begins_with(str(skilled.user_id))
        await world.do(SuspendTenant, world.system(), WHY)
        since = time.monotonic()

        async def refused() -> bool:
            return (await server.get("/v1/me")).status_code == 403

        await until(refused, every=0.02)
        print(  # noqa: T201  figures of the measurement
            f"\nnew weights after {told:.2f} s, untold {untold:.2f} s; "
            f"suspended after {time.monotonic() - since:.2f} s"
        )
    events = await scene.value(
        "select count(*) from events where name = 'TenantSettingsChanged' and tenant_id = $1",
        world.tenant_id,
    )
    assert events == 2
