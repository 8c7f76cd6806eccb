"""Secrets are sent to real programs wherever a request has room for one, and searched for in all that is kept."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from tests.application.accounts.people import Visitor
from tests.application.accounts.phone import Phone
from tests.integration.postgres.test_canaries import found_in
from tests.support.programs.scene import Api, Scene
from tests.support.timing.patience import PATIENCE

from skillbridge.application.accounts.personal_tokens import CreatePersonalToken
from skillbridge.domain.accounts.api_token import Wish
from skillbridge.local.ports import free_port

pytestmark = [pytest.mark.row("A4", "C6"), pytest.mark.asvs("16.2.5")]

PASSWORD = "seventeen purple llamas yodel"
TYPED_WRONG = "eighteen purple llamas yodel"
OF_MAIL_SERVER = "nineteen-purple-llamas"
SHAPELESS = {
    *("password", "a password that was mistyped", "password of the mail server"),
    *("secret of an app", "recovery code", "link"),
}
"""What looks like nothing: as a path or an id of a request it is one, and the log says so. A link has it in its query."""


@pytest.fixture
async def secrets(scene: Scene) -> Mapping[str, str]:
    """What one person has that nobody else may read; `here` is theirs to be told by."""
    amina = Visitor(scene.world, password=PASSWORD)
    signed_in = await amina.arrive()
    app = Phone(amina)
    actor = replace(await app.actor(signed_in), proved_at=datetime.now(UTC))
    made, _ = await scene.world.do(CreatePersonalToken, actor, Wish("laptop", ("roadmaps:read",)))
    await app.enrol(actor)
    codes = await app.confirm(actor)
    return {
        "password": PASSWORD,
        "a password that was mistyped": TYPED_WRONG,
        "access token": signed_in.access_token,
        "refresh token": signed_in.refresh_token,
        "token of a program": made.token,
        "secret of an app": app.secret,
        "recovery code": codes.codes[0],
        "link": (await amina.links())[0],
        "password of the mail server": OF_MAIL_SERVER,
    }


def by_headers(secret: str) -> Iterator[dict[str, str]]:
    for scheme in ("Bearer", "Basic", "bearer bearer", "DPoP"):
        yield {"Authorization": f"{scheme} {secret}"}
    for name in (
        "X-Tenant",
        "If-None-Match",
        "Idempotency-Key",
        "DPoP",
        "Cookie",
        "Last-Event-ID",
    ):
        yield {name: secret}


def by_bodies(secret: str) -> Iterator[tuple[str, bytes | dict[str, Any]]]:
    """As it should be, as a wrong field, as a wrong kind, and cut off in the middle."""
    login = "/v1/auth/login"
    yield login, {"email": "amina@example.org", "password": secret}
    yield login, {"email": secret, "password": secret}
    yield login, {"email": "amina@example.org", "password": {"it": secret}}
    yield login, {"email": "amina@example.org", "password": "x", secret: 1, "more": secret}
    yield login, f'{{"email": "amina@example.org", "password": "{secret}'.encode()
    yield login, f'{{"email": "amina@example.org", "password": "{secret}\\u0000"}}'.encode()
    yield "/v1/auth/refresh", {"refresh_token": secret}
    yield "/v1/auth/logout", {"refresh_token": secret}
    yield "/v1/auth/verify", {"token": secret, "password": secret}
    yield "/v1/auth/second-factor", {"challenge": secret, "code": secret}
    yield "/v1/auth/password/reset", {"token": secret, "password": secret}


async def send_everywhere(client: httpx.AsyncClient, secrets: Mapping[str, str]) -> set[int]:
    """The statuses of the answers."""
    met: set[int] = set()
    told = {"Authorization": f"Bearer {secrets['access token']}"}
    for name, secret in secrets.items():
        for headers in by_headers(secret):
            met.add((await client.get("/v1/roadmaps", headers=told | headers)).status_code)
            met.add(
                (await client.post("/v1/roadmaps", json={}, headers=told | headers)).status_code
            )
        for path, body in by_bodies(secret):
            kind = {"Content-Type": "application/json"}
            sent = {"content": body} if isinstance(body, bytes) else {"json": body}
            met.add((await client.post(path, headers=kind, **sent)).status_code)
        in_query = {"after": secret, "token": secret, secret: "1"}
        met.add((await client.get("/v1/roadmaps", params=in_query, headers=told)).status_code)
        if name not in SHAPELESS:
            path, known = f"/v1/roadmaps/{quote(secret)}", told | {"X-Request-ID": secret[:64]}
            met.add((await client.get(path, headers=known)).status_code)
    return met


async def mails_fail(scene: Scene, client: httpx.AsyncClient) -> None:
    """A worker whose mail server is away, and a mail with a link and a code that it cannot send."""
    address = f"smtp://skillbridge:{OF_MAIL_SERVER}@127.0.0.1:{free_port()}"
    worker = await scene.stage.worker(SMTP_URL=address, SMTP_TLS="none")
    asked = await client.post("/v1/auth/password/forgot", json={"email": "amina@example.org"})
    assert asked.status_code == 202

    async def failed() -> bool:
        query = "select count(*) from jobs where tenant_id = $1 and error <> ''"
        return bool(await scene.value(query, scene.world.tenant_id))

    await scene.until(failed)
    await worker.kill()


def told(api: Api, scene: Scene) -> str:
    return "\n".join(
        program.log.read_text("utf-8") for program in (api.program, *scene.stage.programs)
    )


async def test_no_secret_is_in_a_log_a_table_or_redis(
    scene: Scene, secrets: Mapping[str, str]
) -> None:
    api = await scene.stage.serve(SKILLBRIDGE_LOG_LEVEL="debug")
    here = {"X-Tenant": scene.world.slug, "User-Agent": "Firefox on a bus"}
    async with httpx.AsyncClient(
        base_url=api.url, timeout=PATIENCE, headers=here, trust_env=False
    ) as client:
        met = await send_everywhere(client, secrets)
        await mails_fail(scene, client)
    assert {400, 401, 422} <= met
    assert not {status for status in met if status >= 500}
    log = told(api, scene)
    redis = await scene.stage.valkey.everything()
    assert log.count("/v1/auth/login") > 20
    assert redis
    for name, secret in secrets.items():
        assert secret not in log, name
        assert secret not in redis, name
        assert await found_in(scene.admin, secret.lower()) == {}, name
    await api.program.kill()
