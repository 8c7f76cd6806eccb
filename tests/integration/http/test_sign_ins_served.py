"""Sign-ins at real servers: killed and started again, two at once, and with a Redis that forgot all."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from tests.application.accounts.people import Visitor
from tests.support.given.device import Device
from tests.support.programs.scene import Api, Scene
from tests.support.timing.patience import PATIENCE

from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("Z10", "C1", "L1")
REFRESH = "/v1/auth/refresh"


@asynccontextmanager
async def of(api: Api, scene: Scene) -> AsyncIterator[httpx.AsyncClient]:
    here = {"X-Tenant": scene.world.slug}
    async with httpx.AsyncClient(
        base_url=api.url, timeout=PATIENCE, headers=here, trust_env=False
    ) as client:
        yield client


async def refreshed(server: httpx.AsyncClient, phone: Device, token: str) -> httpx.Response:
    headers = {"DPoP": phone.proof(REFRESH, token)}
    return await server.post(REFRESH, json={"refresh_token": token}, headers=headers)


async def test_a_lost_answer_is_given_by_a_server_that_started_anew_beside_an_emptied_redis(
    scene: Scene,
) -> None:
    amina, phone = Visitor(scene.world), Device()
    await amina.register()
    await amina.confirm()
    foo = (await amina.log_in(origin=phone.origin())).refresh_token
    api = await scene.stage.serve()
    async with of(api, scene) as server:
        bar = (await refreshed(server, phone, foo)).json()["refresh_token"]
    await api.program.kill()
    await scene.stage.valkey.ask("FLUSHALL")
    api = await scene.stage.serve()
    async with of(api, scene) as server:
        assert (await refreshed(server, phone, foo)).json()["refresh_token"] == bar
        assert (await refreshed(server, phone, bar)).status_code == 200
        stolen = await refreshed(server, phone, foo)
        assert (stolen.status_code, stolen.json()["type"]) == (401, "/problems/token-stolen")
        over = await refreshed(server, phone, bar)
        assert (over.status_code, over.json()["type"]) == (401, "/problems/sign-in-over")
    await api.program.kill()


async def test_what_one_server_ends_the_other_knows(scene: Scene) -> None:
    amina = Visitor(scene.world)
    signed_in = await amina.arrive()
    me = {"Authorization": f"Bearer {signed_in.access_token}"}
    one, other = await scene.stage.serving(), await scene.stage.serve()
    async with of(one, scene) as here, of(other, scene) as there:
        for server in (here, there):
            assert (await server.get("/v1/me", headers=me)).status_code == 200
        presented = {"refresh_token": signed_in.refresh_token}
        assert (await here.post("/v1/auth/logout", json=presented)).status_code == 204
        since, statuses = time.monotonic(), list[int]()

        async def over() -> bool:
            statuses.append((await there.get("/v1/me", headers=me)).status_code)
            return statuses[-1] == 401

        await until(over, every=0.005)
        seconds = time.monotonic() - since
        print(f"\nthe other process refused it after {seconds:.3f} s")  # noqa: T201  a figure of the measurement
        assert (await here.get("/v1/me", headers=me)).status_code == 401
    await other.program.kill()
