"""Whose a request is, and what administrators decide for their tenant."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from msgspec.structs import replace
from tests.http.server.test_free_text import proved
from tests.support.given.world import World
from tests.support.http.asking import Asking, bearer, open_asking, refused, to_json

from skillbridge.application.known_tenants import KnownTenants
from skillbridge.application.ports.tenants import Tenants
from skillbridge.application.tenancy.lifecycle import ResumeTenant, SuspendTenant
from skillbridge.application.tenancy.settings import ChangeTenantSettings
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.tenancy.settings import Change, Features

pytestmark = pytest.mark.row("B11")

WHY = "a pilot in Kano"
BY_SKILL = {
    **dict.fromkeys(("availability", "language", "location", "rating", "free", "experience"), 0),
    "skill": 10_000,
}
BRANDING = {"name": "Kano Hub", "colour": "#0b57d0", "footer": "", "reply_to": None}


@pytest.fixture
async def ask(world: World) -> Any:
    async with open_asking(world) as opened:
        actor = await world.person(*Role)
        await proved(opened, actor)
        yield opened


def path(ask: Asking) -> str:
    return f"/v1/tenants/{ask.world.tenant_id}/settings"


async def change(ask: Asking, reason: str = WHY, **parts: Any) -> httpx.Response:
    return await ask("PATCH", path(ask), to_json({**parts, "reason": reason}))


async def test_an_administrator_changes_parts_in_versions_and_takes_them_back(ask: Asking) -> None:
    usual = await ask("GET", path(ask))
    assert (usual.json()["version"], usual.headers["etag"]) == (0, '"0"')
    first = await change(ask, matching=BY_SKILL)
    assert (first.status_code, first.headers["etag"]) == (200, '"1"')
    assert first.json()["settings"]["matching"] == BY_SKILL
    assert first.json()["settings"]["branding"] == usual.json()["settings"]["branding"]
    stale = await ask("PATCH", path(ask), to_json({"ai": "off", "reason": WHY}), if_match='"0"')
    assert refused(stale, 412)["type"] == "/problems/changed-since-seen"
    seen = await ask("PATCH", path(ask), to_json({"ai": "off", "reason": WHY}), if_match='"1"')
    assert seen.json()["version"] == 2
    assert (await change(ask, ai="off")).json()["version"] == 2
    body = to_json({"version": 1, "reason": "it was better"})
    back = await ask("POST", f"{path(ask)}/rollback", body)
    assert (back.json()["version"], back.json()["settings"]["ai"]) == (3, "on")
    unchanged = await ask("GET", path(ask), if_none_match='"3"')
    assert unchanged.status_code == 304
    one = (await ask("GET", f"{path(ask)}/versions?limit=2")).json()
    two = (await ask("GET", f"{path(ask)}/versions?limit=2&after={one['next']}")).json()
    assert [view["version"] for view in (*one["items"], *two["items"])] == [3, 2, 1]
    assert two["next"] is None
    assert (
        {view["changed_by"] for view in one["items"]}
        == {str(one["items"][0]["changed_by"])}
        != {None}
    )


async def test_everything_that_is_wrong_is_told_at_once(ask: Asking) -> None:
    answer = await change(
        ask,
        matching={**BY_SKILL, "skill": 9_999},
        branding={**BRANDING, "colour": "#ffee00", "reply_to": "nobody", "name": "x.example/y"},
        languages=["xq", "en", "en"],
    )
    told = refused(answer, 422)["errors"]
    assert {error["pointer"] for error in told} == {
        "#/matching",
        "#/branding/colour",
        "#/branding/reply_to",
        "#/branding/name",
        "#/languages",
        "#/languages/0",
    }
    assert (await ask("GET", path(ask))).json()["version"] == 0


@pytest.mark.parametrize(
    "parts",
    [
        {"secrets": {}},
        {"matching": {"skill": 10_000}},
        {"limits": {"roadmaps_a_day": 0}},
        {"limits": {"roadmaps_a_day": 10**9}},
        {"features": {"registration": "no"}},
        {"ai": "everything"},
        {"languages": []},
    ],
)
async def test_what_is_unknown_or_out_of_bounds_is_refused(
    ask: Asking, parts: dict[str, Any]
) -> None:
    answer = await change(ask, **parts)
    assert answer.status_code in {400, 422}
    assert (await ask("GET", path(ask))).json()["version"] == 0


async def test_a_change_wants_a_fresh_proof_and_ones_own_tenant(ask: Asking) -> None:
    elsewhere = path(ask).replace(str(ask.world.tenant_id), str(uuid4()))
    body = to_json({"ai": "off", "reason": WHY})
    for method, where in (("GET", elsewhere), ("GET", f"{elsewhere}/versions")):
        assert refused(await ask(method, where), 404)["type"] == "/problems/unknown-tenant"
    assert refused(await ask("PATCH", elsewhere, body), 404)["type"] == "/problems/unknown-tenant"
    ask.headers = await bearer(ask.world, frozenset(Role), ask.actor.user_id)
    told = refused(await ask("PATCH", path(ask), body), 401)
    assert told["type"] == "/problems/step-up-needed"


async def test_host_header_and_claim_name_one_tenant(ask: Asking) -> None:
    ask.app.state.settings = replace(ask.app.state.settings, tenant_domain="learn.example")
    slug = ask.world.slug
    for headers in (
        {"x_tenant": slug},
        {"host": f"{slug}.learn.example"},
        {"host": "other.example"},
    ):
        assert (await ask("GET", "/v1/me", None, **headers)).status_code == 200, headers
    for headers in ({"x_tenant": "other"}, {"host": "other.learn.example"}, {"x_tenant": ""}):
        told = refused(await ask("GET", "/v1/me", None, **headers), 403)
        assert told["type"] == "/problems/of-another-tenant", headers


OPEN = {
    "/v1/auth/login": {"email": "a@example.org", "password": "x"},
    "/v1/auth/register": {
        "email": "a@example.org",
        "password": "violet tractor hums at dawn",
        "name": "Amina",
    },
    "/v1/auth/password/forgot": {"email": "a@example.org"},
    "/v1/auth/otp/request": {"email": "a@example.org"},
    "/v1/auth/verify/resend": {"email": "a@example.org"},
}
"""What strangers may send, where a tenant is named."""


async def test_a_slug_that_is_unknown_is_answered_as_one_that_lets_nobody_in(ask: Asking) -> None:
    tenants: Tenants = await ask.world.worker.get(Tenants)
    closed, suspended = f"t-{uuid4().hex}", f"t-{uuid4().hex}"
    for slug in (closed, suspended):
        system = Actor.system(await tenants.found(slug, "Elsewhere"))
        parts = {"features": Features(registration=False)}
        if slug == closed:
            await ask.world.do(ChangeTenantSettings, system, system.tenant_id, parts, Change(WHY))
        else:
            await ask.world.do(SuspendTenant, system, Change(WHY))
    for where, body in OPEN.items():
        told = []
        for slug in (closed, suspended, f"t-{uuid4().hex}", "nobody", "x' or 1=1 --"):
            answer = await ask.client.post(where, json=body, headers={"X-Tenant": slug})
            said = answer.json() if answer.content else {}
            for own in ("instance", "request_id", "challenge"):
                said.pop(own, None)
            told.append((answer.status_code, said, sorted(answer.headers)))
        assert all(one == told[0] for one in told), (where, told)


async def test_a_suspended_tenant_says_so_to_its_people_alone(ask: Asking) -> None:
    world = ask.world
    known: KnownTenants = await world.api.get(KnownTenants)
    await world.do(SuspendTenant, world.system(), Change(WHY))
    known.look_again(world.tenant_id)  # as it would hear, did its program run
    told = refused(await ask("GET", "/v1/me"), 403)
    assert told["type"] == "/problems/tenant-is-suspended"
    await world.do(ResumeTenant, world.system(), Change(WHY))
    known.look_again(world.tenant_id)
    assert (await ask("GET", "/v1/me")).status_code == 200


async def test_what_is_off_is_refused_and_nothing_else(ask: Asking) -> None:
    known: KnownTenants = await ask.world.api.get(KnownTenants)
    features = {"registration": True, "roadmaps": False, "mentors": True, "matches": True}
    assert (await change(ask, features={**features, "cohorts": False})).status_code == 200
    assert (await known.now(ask.world.tenant_id)).settings.features == Features(
        roadmaps=False, cohorts=False
    )
    for where in ("/v1/roadmaps", "/v1/cohorts"):
        assert refused(await ask("GET", where), 403)["type"] == "/problems/feature-off"
    for where in ("/v1/me", "/v1/mentors", "/v1/matches"):
        assert (await ask("GET", where)).status_code == 200
