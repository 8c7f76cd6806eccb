"""Signing in by a code that an app shows, as the app does it."""

from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.http.accounts.test_identities import Town, town
from tests.support.http.asking import Unlimited
from tests.support.http.endpoints import open_endpoints

from skillbridge.domain.errors import TooMany
from skillbridge.domain.pace import Left
from skillbridge.entrypoints.http.server.quotas import AT_PROVIDERS

pytestmark = pytest.mark.row("C4")
__all__ = ["town"]
SECRET = "an app keeps this"
BINDING = urlsafe_b64encode(sha256(SECRET.encode()).digest()).rstrip(b"=").decode()
BEGIN = "/v1/auth/providers/github/device"
LINK = "/v1/me/identities/device"


async def begin(town: Town) -> dict[str, Any]:
    answer = await town.client.post(BEGIN, json={"binding": BINDING})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def ask(town: Town, begun: dict[str, Any], **said: str) -> httpx.Response:
    whole = {"handle": begun["handle"], "secret": SECRET, **said}
    return await town.client.post(f"{BEGIN}/finish", json=whole)  # type: ignore[no-any-return]  # `client` is untyped


async def test_an_app_asks_at_its_pace_until_the_code_is_typed_in(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = await ask(town, begun := await begin(town))
    assert early.status_code == 429
    assert 0 < int(early.headers["retry-after"]) <= begun["interval"] == 5
    monkeypatch.setattr("skillbridge.domain.accounts.device_flow.USUAL", 0)
    town.beside.github.interval = 0
    begun = await begin(town)
    assert begun["verification_uri"] == f"{town.beside.github.url}/login/device"
    waits = await ask(town, begun)
    assert waits.status_code == 409
    assert waits.json()["type"].endswith("authorization-pending")
    assert "retry-after" in waits.headers
    for wrong in (BINDING, "another"):
        refused = await ask(town, begun, secret=wrong)
        assert refused.status_code == 401
        assert refused.json()["type"].endswith("authorization-over")
    town.beside.github.type_in(begun["user_code"])
    found = await ask(town, begun)
    assert found.status_code == 200, found.text
    assert {"access_token", "refresh_token", "device"} <= found.json().keys()
    assert (await ask(town, begun)).status_code == 401


async def test_a_no_at_the_provider_ends_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skillbridge.domain.accounts.device_flow.USUAL", 0)
    town.beside.github.interval = 0
    begun = await begin(town)
    town.beside.github.type_in(begun["user_code"], yes=False)
    refused = await ask(town, begun)
    assert refused.status_code == 401
    assert refused.json()["type"].endswith("authorization-denied")
    assert (await ask(town, begun)).json()["type"].endswith("authorization-over")


async def test_who_is_signed_in_links_so(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skillbridge.domain.accounts.device_flow.USUAL", 0)
    town.beside.github.interval = 0
    begun = await town.begin("campus")
    cookie = begun.headers["set-cookie"].partition("=")[2].partition(";")[0]
    signed_in = await town.finish(town.visit(begun, "campus"), "campus", cookie=cookie)
    me = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    answer = await town.client.put(LINK, json={"provider": "github"}, headers=me)
    assert answer.status_code == 200, answer.text
    said = {"provider": "github", "handle": answer.json()["handle"]}
    waits = await town.client.put(f"{LINK}/finish", json=said, headers=me)
    assert waits.status_code == 409
    assert (await ask(town, answer.json())).status_code == 401, "it was begun to link"
    town.beside.github.type_in(answer.json()["user_code"])
    done = await town.client.put(f"{LINK}/finish", json=said, headers=me)
    assert done.status_code == 204, done.text
    listed = (await town.client.get("/v1/me/identities", headers=me)).json()["items"]
    assert len(listed) == 2


async def test_whoever_gives_no_codes_says_who_does(town: Town) -> None:
    refused = await town.client.post("/v1/auth/providers/campus/device", json={"binding": BINDING})
    assert refused.status_code == 422
    assert refused.json()["type"].endswith("no-device-flow")
    assert (
        await town.client.post("/v1/auth/providers/nobody/device", json={"binding": BINDING})
    ).status_code == 404
    listed = (await town.client.get("/v1/auth/providers")).json()["items"]
    assert [one["name"] for one in listed if one["device"]] == ["github"]


@pytest.mark.parametrize("said", [{}, {"binding": ""}, {"binding": "x"}, {"binding": "x" * 44}])
async def test_an_app_must_be_bound(town: Town, said: dict[str, str]) -> None:
    refused = await town.client.post(BEGIN, json=said)
    assert refused.status_code == 400
    assert town.beside.github.asked == []


class UsedUp(Unlimited):
    """Of the quota of beginnings, nothing is left."""

    async def spend(
        self, name: str, *, limit: int, per: timedelta, alone: int | None = None
    ) -> Left:
        if (limit, per) == (AT_PROVIDERS.times, AT_PROVIDERS.per):
            raise TooMany("too many", retry_after=7)
        return await super().spend(name, limit=limit, per=per, alone=alone)


@pytest.mark.parametrize("path", [BEGIN, BEGIN.removesuffix("/device")])
async def test_a_flood_of_beginnings_is_stopped_before_anybody_is_asked(
    town: Town, path: str
) -> None:
    town.client.app.state.rate_limit = UsedUp()
    refused = await town.client.post(path, json={"binding": BINDING})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "7")
    assert town.beside.github.asked == []


async def test_codes_are_turned_on_by_the_settings(tmp_path: Path) -> None:
    told = {"github_client_id": "our-client", "github_client_secret": "of-ours"}
    for on in (False, True):
        async with open_endpoints(
            tmp_path, **told, github_device_flow=on, default_tenant="test"
        ) as opened:
            (one,) = (await opened.client.get("/v1/auth/providers")).json()["items"]
        assert one["device"] is on
