"""A town on real PostgreSQL: one learner with everything, and all who must not see it."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
from dishka import Provider
from litestar import Litestar
from tests.conftest import Urls
from tests.support.attacks.pictures import encoded
from tests.support.given.authenticator import Authenticator
from tests.support.given.cohorts import a_seeker, an_order, proposed
from tests.support.given.matching import MORNINGS, mentor
from tests.support.given.world import World, postgres_world
from tests.support.identities.providers import Identified, identified

from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.accounts.service_tokens import CreateServiceToken
from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.ranking.ports.impressions import ImpressionLog
from skillbridge.application.ranking.ports.pool import MentorPool
from skillbridge.application.tenancy.settings import ChangeTenantSettings
from skillbridge.domain.accounts.api_token import Wish
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.cohorts.assignment import AssignMode
from skillbridge.domain.ids import SessionId, TenantId, UserId
from skillbridge.domain.tenancy.settings import Change
from skillbridge.entrypoints.http.app import create_app
from skillbridge.settings import Settings

CREDENTIALS = {"email": "amina@example.org", "password": "violet tractor hums at dawn"}
PROFILE = {"name": "Amina", "bio": "From Kano.", "country": "NG", "skills": {"python": 4}}
OFFER = {
    "headline": "Python, from zero to work",
    "capacity": 3,
    "experience_years": 4,
    "accepting": True,
}
PICTURE = encoded("PNG", (2, 2))
WISH = {"goal": "Write small tools", "domain": "python", "hours_per_week": 5}


SEALED = """
    with head as (
        insert into audit_heads (tenant_id, n, hash) values ($1, 1, sha256('')) returning *
    )
    insert into audit_entries (id, tenant_id, action, category, actor_kind, details, n, hash, sealed_at)
    select gen_random_uuid(), tenant_id, action, category, 'system', details::jsonb, n, hash, now()
    from head, (values
        ('AuditSearched', 'configuration', '{}'),
        ('SecuritySignalRaised', 'intrusion_detection', '{"kind": "probing"}'),
        ('AdministratorsWarned', 'intrusion_detection', '{"through": 1}')
    ) as told (action, category, details)
"""
"""These entries of the audit trail have their seals, a security signal among them, and the others wait."""


@dataclass
class Town:
    """Amina is the first; the neighbour is of her tenant, the foreigner is not.

    Both others have every role. As the administrator, the neighbour has had a cohort matched: the
    seeker's alone.
    """

    world: World
    abroad: World
    app: Litestar
    client: httpx.AsyncClient
    amina: Actor
    headers: dict[str, str]
    neighbour: Actor
    foreigner: Actor
    seeker: Actor
    ids: dict[str, str]
    """What stands for each name of a path parameter."""

    async def ask(self, actor: Actor, method: str, path: str, **request: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {await self.token(actor)}"}
        return await self.client.request(method, path, headers=headers, **request)

    async def token(self, actor: Actor) -> str:
        """As the actor's next log-in would give it."""
        anonymous = Actor.pre_authentication(actor.tenant_id)
        async with self.world.scope(anonymous) as scope:
            users, transaction = await scope.get(Users), await scope.get(Transaction)
            tokens: Tokens = await scope.get(Tokens)
            async with transaction(anonymous):
                user = await users.get(actor.user_id)
        return tokens.issue(user.id, user.tenant_id, SessionId(uuid4()), user.roles)

    async def rows(self) -> dict[str, list[str]]:
        """Everything that the first tenant has in any table."""
        admin = self.admin
        found = {}
        for table in await tables(admin):
            own = "id" if table == "tenants" else "tenant_id"
            if table not in {"alembic_version", "processes", "job_tallies"}:  # no tenant's
                rows = await admin.fetch(
                    f"select to_jsonb(t)::text from {table} as t where {own} = $1 order by 1",
                    self.world.tenant_id,
                )
                found[table] = [row[0] for row in rows]
        return found

    @property
    def admin(self) -> asyncpg.Connection:
        assert self.world.admin is not None
        return self.world.admin


async def tables(admin: asyncpg.Connection) -> list[str]:
    rows = await admin.fetch(
        "select relname from pg_class where relnamespace = 'public'::regnamespace"
        " and relkind in ('r', 'p', 'v', 'm', 'f') and not relispartition order by relname"
    )
    return [row["relname"] for row in rows]


@asynccontextmanager
async def open_town(urls: Urls, signals: Provider | None = None) -> AsyncIterator[Town]:
    """`signals` in place of those of one process: a Redis."""
    beside = identified()
    async with postgres_world(urls, beside.provider(), signals=signals) as world:
        app: Any = create_app(world.api, Settings(env="test", default_tenant=world.slug))
        for start in app.on_startup:
            await start(app)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            abroad = await another_tenant(world)
            amina, headers = await arrive(world, client)
            identity_id = await link(client, headers, beside)
            ids = await live_a_little(world, client, headers)
            ids |= await picture(world, client, headers)
            neighbour, seeker = await world.person(*Role), await a_seeker(world)
            assert world.admin is not None
            await world.admin.execute(
                "insert into processes (id, part, version) values (gen_random_uuid(), 'api', '1')"
            )
            more = {"languages": ("en", "ha")}
            why = Change("most of us speak Hausa")
            await world.do(ChangeTenantSettings, world.system(), world.tenant_id, more, why)
            await world.do(CreateServiceToken, world.system(), Wish("sums", ("cohorts:read",)))
            await world.admin.execute(SEALED, world.tenant_id)
            run = await proposed(world, neighbour, an_order(AssignMode.GREEDY, seeker))
            yield Town(
                world=world,
                abroad=abroad,
                app=app,
                client=client,
                amina=amina,
                headers=headers,
                neighbour=neighbour,
                foreigner=await abroad.person(*Role),
                seeker=seeker,
                ids={
                    **ids,
                    "cohort_id": str(run.id),
                    "tenant_id": str(world.tenant_id),
                    "identity_id": identity_id,
                },
            )


async def another_tenant(world: World) -> World:
    tenant_id = TenantId(uuid4())
    assert world.admin is not None
    await world.admin.execute(
        "insert into tenants (id, slug, name) values ($1, $2, 'Abroad')",
        tenant_id,
        f"t-{tenant_id.hex}",
    )
    return replace(world, tenant_id=tenant_id)


async def arrive(world: World, client: httpx.AsyncClient) -> tuple[Actor, dict[str, str]]:
    """Amina registers, confirms and logs in, as anyone does; somebody else only registers."""
    registration = {**CREDENTIALS, "name": "Amina"}
    good(await client.post("/v1/auth/register", json=registration))
    await world.settle()
    (mail,) = await world.mails()
    token = re.findall(r"token=(\S+)", mail.text)[0]
    proof = {"token": token, "password": CREDENTIALS["password"]}
    good(await client.post("/v1/auth/verify", json=proof))
    signed_in = good(await client.post("/v1/auth/login", json=CREDENTIALS)).json()
    headers = {"Authorization": f"Bearer {signed_in['access_token']}"}
    me = good(await client.get("/v1/me", headers=headers)).json()
    asked = good(await client.put("/v1/me/passkeys/register/begin", headers=headers)).json()
    new = {"name": "My phone", "credential": Authenticator().create(asked)}
    good(await client.put("/v1/me/passkeys/register/finish", headers=headers, json=new))
    wish = {"password": CREDENTIALS["password"]}
    good(await client.put("/v1/me/second-factor", headers=headers, json=wish))
    number = {**wish, "number": "+2348031234567"}
    good(await client.put("/v1/me/phone/begin", headers=headers, json=number))
    good(await client.put("/v1/me/erasure", headers=headers))
    good(await client.put("/v1/me/exports/latest", headers=headers))
    token = {"scopes": ["roadmaps:read"]}
    good(await client.put("/v1/me/tokens/laptop", headers=headers, json=token))
    good(await client.post("/v1/auth/password/forgot", json={"email": CREDENTIALS["email"]}))
    waits = {**registration, "email": "waits@example.org"}
    good(await client.post("/v1/auth/register", json=waits))
    return Actor.person(UserId(UUID(me["id"])), world.tenant_id), headers


async def link(client: httpx.AsyncClient, headers: dict[str, str], beside: Identified) -> str:
    """By GitHub she signs in, too; what she began at her campus waits, and so does a code."""
    begun = {}
    for provider in ("campus", "github"):
        said = {"provider": provider}
        begun = good(
            await client.put("/v1/me/identities/authorization", headers=headers, json=said)
        ).json()
    brought = beside.github.visit(begun["authorization_url"])
    good(
        await client.put(
            "/v1/me/identities", headers=headers, json={"provider": "github", **brought}
        )
    )
    good(await client.put("/v1/me/identities/device", headers=headers, json={"provider": "github"}))
    (linked,) = good(await client.get("/v1/me/identities", headers=headers)).json()["items"]
    return str(linked["id"])


async def picture(
    world: World, client: httpx.AsyncClient, headers: dict[str, str]
) -> dict[str, str]:
    """Of hers, and another one that is on its way."""

    async def begin() -> str:
        said = {**headers, "Upload-Length": str(len(PICTURE))}
        return good(await client.post("/v1/me/avatar", headers=said)).headers["location"]

    kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    good(await client.patch(await begin(), headers={**headers, **kind}, content=PICTURE))
    await world.settle()
    under_way = await begin()
    good(await client.patch(under_way, headers={**headers, **kind}, content=PICTURE[:9]))
    avatar = good(await client.get("/v1/me/avatar", headers=headers)).json()
    return {
        "upload_id": under_way.rpartition("/")[2],
        "avatar_id": avatar["id"],
        "user_id": avatar["user_id"],
        "side": "64",
    }


async def live_a_little(
    world: World, client: httpx.AsyncClient, headers: dict[str, str]
) -> dict[str, str]:
    """A profile, an offer, a roadmap with a completion, a match, badges and notices."""

    async def do(method: str, path: str, body: Any = None) -> Any:
        content = None if body is None else json.dumps(body)
        more = {} if body is None else {"Content-Type": "application/json"}
        more |= {"Idempotency-Key": f"{method}:{path}"} if method == "POST" else {}
        answer = good(
            await client.request(method, path, content=content, headers={**headers, **more})
        )
        await world.settle()
        return answer.json()

    await do("PATCH", "/v1/me", PROFILE)
    await do("PUT", "/v1/me/mentor", OFFER)
    roadmap_id = (await do("POST", "/v1/roadmaps", WISH))["roadmap_id"]
    roadmap = await do("GET", f"/v1/roadmaps/{roadmap_id}")
    module_id = roadmap["modules"][0]["id"]
    await do("PUT", f"/v1/roadmaps/{roadmap_id}/modules/{module_id}/completion")
    helper = await mentor(world, skills={"python": 5}, availability=MORNINGS)
    assert (await do("GET", "/v1/mentors/suggestions?skills=python"))["items"]
    await (await world.api.get(ImpressionLog)).settle()
    await (await world.worker.get(MentorPool)).seal(world.tenant_id)
    match = await do("POST", "/v1/matches", {"mentor_id": str(helper.user_id), "message": "Hi"})
    notices = (await do("GET", "/v1/notices"))["items"]
    assert notices
    assert await do("GET", "/v1/me/badges")
    return {
        "roadmap_id": roadmap_id,
        "module_id": module_id,
        "match_id": match["id"],
        "notice_id": notices[0]["id"],
        "mentor_id": (await do("GET", "/v1/me"))["id"],
        "name": "laptop",
        "session_id": (await do("GET", "/v1/me/sessions"))["items"][0]["id"],
        "passkey_id": (await do("GET", "/v1/me/passkeys"))[0]["id"],
    }


def good(answer: httpx.Response) -> httpx.Response:
    assert answer.is_success, answer.text
    return answer
