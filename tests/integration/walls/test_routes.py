"""Every route with an id in its path, for everyone who is not its owner."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from tests.conftest import Urls
from tests.integration.walls.conftest import without_policies
from tests.integration.walls.town import Town, open_town

pytestmark = pytest.mark.row("B2", "B11", "C3")

PUBLIC: dict[str, str] = {
    "/v1/resources/{resource_id}": "the catalogue is the same for all, signed in or not",
    "/v1/auth/providers/{provider}": "by whom people may sign in is the same for all",
    "/v1/auth/providers/{provider}/finish": "as above",
    "/v1/auth/providers/{provider}/device": "as above",
    "/v1/auth/providers/{provider}/device/finish": "as above",
    "/v1/auth/providers/{provider}/callback": "as above",
    "/docs/assets/{name}": "files of the documentation page",
    "/problems/{slug}": "what an error means is the same for all",
}
"""Paths whose parameter is nobody's: no account is needed to read them."""

WITHIN_A_TENANT: dict[str, str] = {
    "/v1/mentors/{mentor_id}": "who takes requests is seen by everyone of the same tenant",
    "/v1/people/{user_id}/avatar": "and so is their picture",
    "/v1/avatars/{avatar_id}/{side}": "as above",
}
"""What is public by rule, to everyone who is signed in to that tenant."""

NAMES_ITS_OWN = {"CreatePersonalToken"}
"""What is named in the path is made there, and is never another's."""

FOR_ADMINISTRATORS = ("/v1/cohorts/", "/v1/tenants/")
"""What begins so is of the tenant's administrators, and the neighbour is one: nobody's own."""

BODIES: dict[str, Any] = {
    "RenamePasskey": {"name": "My phone"},
    "ChangeTenantSettings": {"ai": "off", "reason": "not theirs to say"},
    "RollBackTenantSettings": {"version": 1, "reason": "not theirs to say"},
}
"""The body that a route with an id in its path wants, by operation."""

HEADERS = {"ContinueUpload": {"Upload-Offset": "0"}}
"""And its headers."""


@dataclass(frozen=True)
class Endpoint:
    method: str
    pattern: str
    operation: str
    parameters: frozenset[str]

    async def ask(self, town: Town, headers: dict[str, str]) -> httpx.Response:
        path = self.pattern.format(**town.ids)
        said = {**headers, **HEADERS.get(self.operation, {})}
        return await town.client.request(
            self.method, path, headers=said, json=BODIES.get(self.operation)
        )


def endpoints(app: Litestar) -> Iterator[Endpoint]:
    """Every method of every route, but for the OPTIONS that Litestar adds."""
    for route in app.routes:
        assert isinstance(route, HTTPRoute), f"the walk does not know {route.path}"
        for handler in route.route_handlers:
            for method in handler.http_methods - {"OPTIONS"}:
                operation = str(handler.operation_id or handler.handler_name)
                parameters = frozenset(route.path_parameters)
                yield Endpoint(method, route.path_format, operation, parameters)


def guarded(town: Town) -> list[Endpoint]:
    return [
        endpoint
        for endpoint in endpoints(town.app)
        if endpoint.parameters
        and endpoint.pattern not in PUBLIC
        and endpoint.operation not in NAMES_ITS_OWN
    ]


@pytest.fixture(scope="module", params=["every layer", "no policies"])
async def town(request: pytest.FixtureRequest, urls: Urls, server: str) -> AsyncIterator[Town]:
    """Once more without policies: each statement names the tenant and the owner by itself."""
    if request.param == "every layer":
        async with open_town(urls) as opened:
            yield opened
    else:
        async with without_policies(server) as opened:
            yield opened


async def bearer(town: Town, who: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {await town.token(who)}"}


@pytest.mark.asvs("8.2.2")
async def test_every_route_with_an_id_is_known_here(town: Town) -> None:
    strange = {
        endpoint.pattern for endpoint in guarded(town) if not endpoint.parameters <= town.ids.keys()
    }
    assert not strange, "say in this file whose ids these are, or why they are public"
    assert len(guarded(town)) >= 14
    stale = {*PUBLIC, *WITHIN_A_TENANT} - {endpoint.pattern for endpoint in endpoints(town.app)}
    assert not stale, "these routes are gone: take them out of this file"


@pytest.mark.asvs("8.2.2")
async def test_a_neighbour_and_a_foreigner_find_nothing(town: Town) -> None:
    before = await town.rows()
    for who in (town.neighbour, town.foreigner):
        headers = await bearer(town, who)
        for endpoint in guarded(town):
            if who is town.neighbour and endpoint.pattern.startswith(FOR_ADMINISTRATORS):
                continue
            answer = await endpoint.ask(town, headers)
            public = endpoint.pattern in WITHIN_A_TENANT and who is town.neighbour
            assert answer.status_code == (200 if public else 404), (endpoint, answer.text)
            if not public:
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.json()["type"] != "/problems/no-such-path", endpoint
    assert await town.rows() == before


async def test_without_a_token_no_route_says_whether_the_id_is_there(town: Town) -> None:
    before = await town.rows()
    for endpoint in guarded(town):
        answer = await endpoint.ask(town, {})
        assert answer.status_code == 401, endpoint
        assert answer.headers["www-authenticate"] == "Bearer"
    assert await town.rows() == before


async def test_a_strange_id_and_someone_elses_are_not_told_apart(town: Town) -> None:
    nothing = dict.fromkeys(town.ids, "00000000-0000-4000-8000-000000000000")
    headers = await bearer(town, town.foreigner)
    for endpoint in guarded(town):
        answer = await endpoint.ask(town, headers)
        assert answer.status_code == 404, f"{endpoint}: a stranger is told that nothing is there"
        hers = answer.json()
        path = endpoint.pattern.format(**nothing)
        body = BODIES.get(endpoint.operation)
        said = {**headers, **HEADERS.get(endpoint.operation, {})}
        asked = town.client.request(endpoint.method, path, headers=said, json=body)
        nobodys = (await asked).json()
        for own in ("instance", "request_id"):
            assert hers.pop(own) != nobodys.pop(own)
        assert hers == nobodys, endpoint


@pytest.mark.asvs("8.2.2")
async def test_no_list_holds_what_is_someone_elses(town: Town) -> None:
    before = await town.rows()
    secret = [town.ids[name] for name in ("roadmap_id", "match_id", "notice_id", "session_id")]
    for who, hidden in (
        (town.neighbour, secret),
        (town.foreigner, [*secret, town.ids["mentor_id"]]),
    ):
        headers = await bearer(town, who)
        for endpoint in endpoints(town.app):
            if endpoint.pattern == "/v1/audit":  # for administrators, of whoever did something
                continue
            if endpoint.method == "GET" and not endpoint.parameters:
                answer = await town.client.get(endpoint.pattern, headers=headers)
                assert not [id_ for id_ in hidden if id_ in answer.text], endpoint
    assert await town.rows() == before


async def test_an_id_of_another_tenant_in_a_body_is_not_there(town: Town) -> None:
    before = await town.rows()
    body = {"mentor_id": town.ids["mentor_id"], "message": "Let me in"}
    answer = await town.ask(town.foreigner, "POST", "/v1/matches", json=body)
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-mentor")
    assert await town.rows() == before


async def test_the_owner_finds_it_all(town: Town) -> None:
    operator = await bearer(town, town.neighbour)
    for endpoint in guarded(town):
        if endpoint.method == "GET" and not endpoint.pattern.endswith("/events"):
            of_the_tenant = endpoint.pattern.startswith(FOR_ADMINISTRATORS)
            headers = operator if of_the_tenant else town.headers
            assert (await endpoint.ask(town, headers)).status_code == 200, endpoint


async def test_who_runs_no_tenant_is_told_nothing_of_its_cohorts(town: Town) -> None:
    before, strange = await town.rows(), "00000000-0000-4000-8000-000000000000"
    found = [
        endpoint for endpoint in guarded(town) if endpoint.pattern.startswith(FOR_ADMINISTRATORS)
    ]
    assert len(found) >= 6
    for endpoint in found:
        for headers in (town.headers, await bearer(town, town.seeker)):
            answer = await endpoint.ask(town, headers)
            assert (answer.status_code, answer.json()["type"]) == (403, "/problems/missing-scope")
            path = endpoint.pattern.format(cohort_id=strange, tenant_id=strange)
            nothing = await town.client.request(endpoint.method, path, headers=headers)
            assert nothing.json()["detail"] == answer.json()["detail"]
    assert await town.rows() == before
