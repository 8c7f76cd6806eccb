"""/v1/me/tokens, and what programs do with them, over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar
from tests.http.accounts.test_accounts import CREDENTIALS, EMAIL, PASSWORD, arrive, bearer
from tests.support.given.world import World
from tests.support.http.asking import open_app
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.crypto.api_tokens import Base62Tokens
from skillbridge.application.accounts.administration import (
    DisableAccount,
    GrantRole,
    RevokeRole,
    RevokeSessions,
)
from skillbridge.application.ports.api_tokens import Held, ParsedToken
from skillbridge.application.ports.fanout import Fanout
from skillbridge.domain.actor import Role
from skillbridge.entrypoints.http.server import auth, quotas
from skillbridge.entrypoints.http.server.held_tokens import KnownTokens
from skillbridge.entrypoints.http.server.revocation import Revocations, hearing_of_ends
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("C3")

TOKENS = "/v1/me/tokens"
READS = {"scopes": ["roadmaps:read"]}


async def make(
    client: httpx.AsyncClient, tokens: dict[str, Any], name: str = "laptop", **wish: Any
) -> str:
    answer = await client.put(f"{TOKENS}/{name}", headers=bearer(tokens), json={**READS, **wish})
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    made: str = answer.json()["token"]
    return made


def shown(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def test_a_program_reads_what_its_token_opens_and_no_more(
    world: World, client: httpx.AsyncClient
) -> None:
    tokens = await arrive(world, client)
    token = await make(client, tokens)
    assert (await client.get("/v1/roadmaps", headers=shown(token))).status_code == 200
    refused = await client.get("/v1/me", headers=shown(token))
    assert problem(refused) == (403, "missing-scope")
    assert refused.json()["scope_needed"] == "profile:read"
    assert refused.json()["scopes_held"] == "roadmaps:read"
    assert 'error="insufficient_scope", scope="profile:read"' in refused.headers["www-authenticate"]
    wish = {"goal": "Write small tools", "domain": "python", "hours_per_week": 5}
    refused = await client.post("/v1/roadmaps", headers=shown(token), json=wish)
    assert problem(refused) == (403, "missing-scope")


async def test_a_token_is_listed_without_itself(world: World, client: httpx.AsyncClient) -> None:
    tokens = await arrive(world, client)
    before = datetime.now(UTC)
    token = await make(client, tokens, scopes=["roadmaps:read", "badges:read"], days=7)
    answer = await client.get(TOKENS, headers=bearer(tokens))
    (one,) = answer.json()
    assert token not in answer.text
    assert (one["name"], one["scopes"]) == ("laptop", ["badges:read", "roadmaps:read"])
    assert one["last_used_at"] is None
    end = datetime.fromisoformat(one["expires_at"])
    assert timedelta(days=7) <= end - before < timedelta(days=7, minutes=5)


async def test_its_owner_is_told_by_mail(world: World, client: httpx.AsyncClient) -> None:
    tokens = await arrive(world, client)
    token = await make(client, tokens, "secret-name")
    await world.settle()
    mail = next(it for it in await world.mails() if "token" in it.subject)
    assert mail.to == EMAIL
    assert "roadmaps:read" in mail.text
    assert "secret-name" not in mail.text
    assert token not in mail.text


async def test_making_one_wants_a_fresh_proof(world: World, client: httpx.AsyncClient) -> None:
    tokens = await arrive(world, client)
    again = {"refresh_token": tokens["refresh_token"]}
    refreshed = (await client.post("/v1/auth/refresh", json=again)).json()
    answer = await client.put(f"{TOKENS}/laptop", headers=bearer(refreshed), json=READS)
    assert problem(answer) == (401, "step-up-needed")
    proof = {"proof": PASSWORD}
    stepped = await client.put("/v1/me/authentication", headers=bearer(refreshed), json=proof)
    await make(client, stepped.json())


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", f"{TOKENS}/another"),
        ("GET", TOKENS),
        ("DELETE", f"{TOKENS}/laptop"),
        ("GET", "/v1/me/sessions"),
        ("DELETE", "/v1/me/sessions"),
        ("PUT", "/v1/me/password"),
        ("PUT", "/v1/me/email"),
        ("PUT", "/v1/me/authentication"),
        ("PUT", "/v1/me/second-factor"),
        ("POST", "/v1/auth/refresh"),
        ("POST", "/v1/auth/login"),
        ("POST", "/v1/auth/logout"),
    ],
)
async def test_no_token_opens_how_one_signs_in(
    world: World, client: httpx.AsyncClient, method: str, path: str
) -> None:
    tokens = await arrive(world, client)
    everything = sorted({"roadmaps:read", "profile:read", "profile:write", "notices:write"})
    token = await make(client, tokens, scopes=everything)
    body = {"refresh_token": token} if method == "POST" else READS
    json = None if method in {"GET", "DELETE"} else body
    answer = await client.request(method, path, headers=shown(token), json=json)
    assert problem(answer) == (403, "not-for-tokens")
    assert "/v1/auth/login" in answer.json()["detail"]


async def test_a_token_is_no_refresh_token(world: World, client: httpx.AsyncClient) -> None:
    token = await make(client, await arrive(world, client))
    answer = await client.post("/v1/auth/refresh", json={"refresh_token": token})
    assert problem(answer) == (401, "sign-in-over")


@pytest.mark.parametrize("scope", ["security:read", "security:write", "users:write", "all", "*"])
async def test_a_token_is_given_no_scope_that_is_not_for_tokens(
    world: World, client: httpx.AsyncClient, scope: str
) -> None:
    tokens = await arrive(world, client)
    wish = {"scopes": ["roadmaps:read", scope]}
    answer = await client.put(f"{TOKENS}/laptop", headers=bearer(tokens), json=wish)
    assert problem(answer) == (422, "scope-not-given")
    assert answer.json()["errors"][0]["pointer"] == "#/scopes/1"
    assert (await client.get(TOKENS, headers=bearer(tokens))).json() == []


async def test_a_token_is_given_no_scope_of_a_role_that_its_owner_has_not(
    world: World, client: httpx.AsyncClient
) -> None:
    tokens = await arrive(world, client)
    wish = {"scopes": ["cohorts:read"]}
    answer = await client.put(f"{TOKENS}/laptop", headers=bearer(tokens), json=wish)
    assert problem(answer) == (422, "scope-not-given")


@pytest.mark.parametrize(
    "wish", [{"scopes": []}, {**READS, "days": 0}, {**READS, "days": 366}, {}, {"days": 1}]
)
async def test_a_wish_that_cannot_be_is_told_so(
    world: World, client: httpx.AsyncClient, wish: dict[str, Any]
) -> None:
    tokens = await arrive(world, client)
    answer = await client.put(f"{TOKENS}/laptop", headers=bearer(tokens), json=wish)
    assert answer.status_code in {400, 422}, answer.text


@pytest.mark.parametrize(
    "name", ["Laptop", "-x", "x" * 41, "a_b", "laptop%0a", "l%C3%A1ptop", "%D0%B0"]
)
async def test_a_name_that_is_none_is_refused(
    world: World, client: httpx.AsyncClient, name: str
) -> None:
    tokens = await arrive(world, client)
    answer = await client.put(f"{TOKENS}/{name}", headers=bearer(tokens), json=READS)
    assert problem(answer) == (422, "bad-token-name")


async def test_one_of_the_same_name_ends(world: World, client: httpx.AsyncClient) -> None:
    tokens = await arrive(world, client)
    former = await make(client, tokens)
    assert (await client.get("/v1/roadmaps", headers=shown(former))).status_code == 200
    newer = await make(client, tokens)
    assert problem(await client.get("/v1/roadmaps", headers=shown(former))) == (
        401,
        "not-signed-in",
    )
    assert (await client.get("/v1/roadmaps", headers=shown(newer))).status_code == 200
    assert len((await client.get(TOKENS, headers=bearer(tokens))).json()) == 1


async def test_a_revoked_token_opens_nothing(world: World, client: httpx.AsyncClient) -> None:
    tokens = await arrive(world, client)
    token = await make(client, tokens)
    assert (await client.get("/v1/roadmaps", headers=shown(token))).status_code == 200
    ended = await client.delete(f"{TOKENS}/laptop", headers=bearer(tokens))
    assert ended.status_code == 204
    assert (await client.get("/v1/roadmaps", headers=shown(token))).status_code == 401
    again = await client.delete(f"{TOKENS}/laptop", headers=bearer(tokens))
    assert problem(again) == (404, "unknown-token")


async def test_twenty_are_enough(world: World, client: httpx.AsyncClient) -> None:
    tokens = await arrive(world, client)
    for number in range(20):
        await make(client, tokens, f"n-{number}")
    answer = await client.put(f"{TOKENS}/n-20", headers=bearer(tokens), json=READS)
    assert problem(answer) == (409, "too-many-tokens")
    await make(client, tokens, "n-7")


def hostile(token: str) -> list[str]:
    slip = "A" if token[20] != "A" else "B"
    return [
        token[:20] + slip + token[21:],
        token[:-1],
        token + "0",
        token + "\x00",
        token[:30] + "\x00" + token[31:],
        token.replace("sb_pat_", "sb_svc_"),
        token.replace("sb_pat_", "SB_PAT_"),
        token.replace("sb_pat_", "sb_pat_ "),
        token[:7] + "\u0430" + token[8:],
        token[:7] + "\uff10" + token[8:],
        "sb_pat_",
        "sb_pat_" + "z" * 71,
        "sb_pat_" + "0" * 71,
        "sb_pat_" + "A" * 1_000_000,
        Base62Tokens().new(uuid4()),  # type: ignore[arg-type]  # of no tenant that there is
    ]


async def test_hostile_tokens_are_refused_in_words(world: World, client: httpx.AsyncClient) -> None:
    token = await make(client, await arrive(world, client))
    for attempt in [*hostile(token), Base62Tokens().new(world.tenant_id)]:
        raw = {b"Authorization": f"Bearer {attempt}".encode()}
        answer = await client.get("/v1/roadmaps", headers=raw)
        assert answer.status_code in {400, 401}, attempt[:80]
        assert attempt[:80] not in answer.text or len(attempt) < 10, attempt[:80]


async def test_a_slip_is_noticed_without_the_database(
    world: World, client_and_app: tuple[httpx.AsyncClient, Litestar]
) -> None:
    client, app = client_and_app
    token = await make(client, await arrive(world, client))
    known: KnownTokens = app.state.known_tokens

    class Away:
        async def holding(self, _: object) -> None:
            raise AssertionError("asked")

    known.held = Away()  # type: ignore[assignment]  # it answers nothing
    answer = await client.get(
        "/v1/roadmaps", headers=shown(token[:-1] + ("0" if token[-1] != "0" else "1"))
    )
    assert problem(answer) == (401, "bad-api-token")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_a_token_that_has_run_out_is_refused(
    world: World, client_and_app: tuple[httpx.AsyncClient, Litestar]
) -> None:
    client, app = client_and_app
    token = await make(client, await arrive(world, client), days=1)
    assert (await client.get("/v1/roadmaps", headers=shown(token))).status_code == 200
    app.state.known_tokens.clock = lambda: datetime.now(UTC) + timedelta(days=1)
    assert problem(await client.get("/v1/roadmaps", headers=shown(token))) == (401, "bad-api-token")


async def test_the_last_use_is_kept_beside_the_request(
    world: World, client_and_app: tuple[httpx.AsyncClient, Litestar]
) -> None:
    client, app = client_and_app
    tokens = await arrive(world, client)
    token = await make(client, tokens)
    await client.get("/v1/roadmaps", headers=shown(token))
    await app.state.known_tokens.settle()
    (one,) = (await client.get(TOKENS, headers=bearer(tokens))).json()
    used = datetime.fromisoformat(one["last_used_at"])
    assert datetime.now(UTC) - used < timedelta(minutes=1)


async def test_a_disabled_account_has_no_tokens(
    world: World, client_and_app: tuple[httpx.AsyncClient, Litestar]
) -> None:
    client, _ = client_and_app
    token = await make(client, await arrive(world, client))
    assert (await client.get("/v1/roadmaps", headers=shown(token))).status_code == 200
    await world.do(DisableAccount, world.system(), EMAIL, reason="A test")
    assert (await client.get("/v1/roadmaps", headers=shown(token))).status_code == 401


async def test_a_token_opens_no_more_than_its_owners_roles_do_now(
    world: World, client_and_app: tuple[httpx.AsyncClient, Litestar]
) -> None:
    client, app = client_and_app
    tokens = await arrive(world, client)
    await world.do(GrantRole, world.system(), EMAIL, Role.ADMIN, reason="A test")
    tokens = (await client.post("/v1/auth/login", json=CREDENTIALS)).json()
    token = await make(client, tokens, scopes=["cohorts:read", "roadmaps:read"])
    assert (await client.get("/v1/cohorts/runs", headers=shown(token))).status_code != 403
    await world.do(RevokeRole, world.system(), EMAIL, Role.ADMIN, reason="A test")
    app.state.known_tokens = KnownTokens(
        app.state.known_tokens.text, app.state.known_tokens.held, app.state.known_tokens.clock
    )
    assert (await client.get("/v1/cohorts/runs", headers=shown(token))).status_code == 401


async def test_unknown_tokens_are_counted_before_the_database_is_asked(
    world: World,
    client_and_app: tuple[httpx.AsyncClient, Litestar],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, app = client_and_app
    monkeypatch.setattr(auth, "OPEN_READS", replace(quotas.OPEN_READS, times=20))
    token = await make(client, await arrive(world, client))
    known, asked = app.state.known_tokens, []

    class Counted:
        async def holding(self, shown: ParsedToken) -> Held | None:
            asked.append(shown)
            held: Held | None = await inner.holding(shown)
            return held

        async def used(self, *whose: Any, at: datetime) -> None:
            await inner.used(*whose, at=at)

    inner, known.held = known.held, Counted()
    assert (await client.get("/v1/roadmaps", headers=shown(token))).status_code == 200
    for _ in range(60):
        unknown = Base62Tokens().new(world.tenant_id)
        assert (await client.get("/v1/roadmaps", headers=shown(unknown))).is_client_error
    assert len(asked) <= 20
    assert (await client.get("/v1/roadmaps", headers=shown(token))).status_code == 200, "known"


async def test_an_end_is_over_everywhere_once_it_is_told(
    world: World, client_and_app: tuple[httpx.AsyncClient, Litestar]
) -> None:
    """A process that would ask the database in an hour again."""
    client, app = client_and_app
    token = await make(client, await arrive(world, client))
    app.state.revocations = Revocations(app.state.revocations.ended, rest=3600.0)
    remembering = (app.state.revocations, app.state.known_tokens)
    async with hearing_of_ends(await world.api.get(Fanout), lambda: remembering):
        await asyncio.sleep(0)
        assert (await client.get("/v1/roadmaps", headers=shown(token))).status_code == 200
        assert await world.do(RevokeSessions, world.system(), EMAIL, reason="A test") == 2

        async def over() -> bool:
            return (await client.get("/v1/roadmaps", headers=shown(token))).status_code == 401

        async with asyncio.timeout(PATIENCE):
            await until(over, every=0.01)


@pytest.fixture
async def client_and_app(world: World) -> AsyncIterator[tuple[httpx.AsyncClient, Litestar]]:
    async with open_app(world) as app:
        app.state.revocations = Revocations(app.state.revocations.ended, rest=0.0)
        transport: Any = httpx.ASGITransport(app)  # type: ignore[arg-type]  # Litestar types its scopes more narrowly
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client, app
