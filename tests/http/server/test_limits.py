"""What answers tell of limits, and the limits of reads."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from tests.support.given.world import World, memory_world
from tests.support.http.asking import Asking, bearer, open_asking, refused, to_json

from skillbridge.adapters import paces
from skillbridge.entrypoints.http.app import CONTRACT
from skillbridge.entrypoints.http.contract.document import published
from skillbridge.entrypoints.http.server import auth, limits, quotas
from skillbridge.entrypoints.http.server.meter import Meter
from skillbridge.entrypoints.http.server.quotas import quotas_of

pytestmark = pytest.mark.row("C7")

HOUR = timedelta(hours=1)
TENANT = '"tenant";q=60000;w=60'
ITEM = re.compile(r'"(?P<name>[a-z-]+)";r=(?P<r>\d+);t=(?P<t>\d+)')


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with memory_world() as opened:
        yield opened


@pytest.fixture
async def ask(world: World) -> AsyncIterator[Asking]:
    async with open_asking(world, counted=True) as opened:
        yield opened


def left(answer: httpx.Response) -> dict[str, tuple[int, int]]:
    """By the name of the quota: how many, and in how many seconds there is one more."""
    items = answer.headers["ratelimit"].split(", ")
    found = [ITEM.fullmatch(item) for item in items]
    assert all(found), answer.headers["ratelimit"]
    return {one["name"]: (int(one["r"]), int(one["t"])) for one in found if one}


def narrow(monkeypatch: pytest.MonkeyPatch, name: str, times: int) -> None:
    """The usual quota of all operations, in so far as they name none."""
    usual: quotas.Quota = getattr(auth, name)
    monkeypatch.setattr(auth, name, quotas.Quota(times, HOUR, usual.name, usual.by))


async def test_a_write_tells_what_is_left(ask: Asking) -> None:
    first, second = [await ask("PUT", "/v1/notices/read") for _ in range(2)]
    assert first.headers["ratelimit-policy"] == f'"writes";q=120;w=60, {TENANT}'
    assert left(first) == {"writes": (119, 1)}
    assert left(second)["writes"][0] in {118, 119}, "one may have come back meanwhile"


async def test_a_write_that_is_refused_tells_when_to_come_back(
    ask: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow(monkeypatch, "USUAL", 2)
    answers = [await ask("PUT", "/v1/notices/read") for _ in range(3)]
    assert [left(one)["writes"][0] for one in answers] == [1, 0, 0]
    refused(answers[2], 429)
    assert left(answers[2])["writes"] == (0, int(answers[2].headers["retry-after"]))
    assert answers[2].headers["ratelimit-policy"].startswith('"writes";q=2;w=3600, ')
    assert left(answers[1])["writes"][1] == 1800, "in half an hour there is one more"


async def test_what_was_given_back_is_left(ask: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    narrow(monkeypatch, "USUAL", 5)
    wish = {"goal": "Become a data analyst", "domain": "data-analysis", "hours_per_week": 6}
    unfit = await ask("POST", "/v1/roadmaps", to_json({**wish, "domain": "alchemy"}))
    refused(unfit, 422)
    assert left(unfit)["writes"] == (5, 0)
    made, again = [
        await ask("POST", "/v1/roadmaps", to_json(wish), Idempotency_Key="k") for _ in range(2)
    ]
    assert (made.status_code, left(made)["writes"][0]) == (202, 4)
    assert (again.headers["idempotency-replayed"], left(again)["writes"][0]) == ("true", 4)


async def test_whoever_was_refused_elsewhere_is_told_that_besides(
    ask: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A use case has limits of its own: those of log-in tell nothing but when to come back."""
    monkeypatch.setattr(paces, "microseconds", lambda: 1)
    body = to_json({"email": "amina@example.org", "password": "a wrong one of some length"})
    answers = [await ask("POST", "/v1/auth/login", body) for _ in range(6)]
    assert [one.status_code for one in answers] == [401] * 5 + [429]
    assert left(answers[0]).keys() == {"unauthenticated"}
    told = left(answers[-1])
    assert told["attempts"] == (0, int(answers[-1].headers["retry-after"]))
    assert told["unauthenticated"][0] > 5900


async def test_a_read_tells_what_is_left(ask: Asking) -> None:
    first, second = [await ask("GET", path) for path in ("/v1/badges", "/v1/notices")]
    assert first.headers["ratelimit-policy"] == f'"reads";q=600;w=60, {TENANT}'
    assert left(first) == {"reads": (599, 1)}
    assert left(second)["reads"][0] >= 598, "all reads of a person share one quota"
    head = await ask("HEAD", "/v1/badges")
    assert left(head).keys() == {"reads"}


async def test_reads_of_one_person_end_and_those_of_others_go_on(ask: Asking) -> None:
    meter: Meter = ask.app.state.meter
    for _ in range(quotas.READS.times):
        meter.take(quotas.READS, ask.actor.user_id.int)
    answers = [await ask("GET", "/v1/badges") for _ in range(50)]
    told = answers[-1] if answers[-1].status_code == 429 else answers[-2]
    refused(told, 429)
    assert left(told)["reads"] == (0, int(told.headers["retry-after"]))
    assert (await ask("PUT", "/v1/notices/read")).status_code == 204, "writes have their own"
    other = await ask.world.person()
    headers = await bearer(ask.world, other.roles, other.user_id)
    assert (await ask.client.get("/v1/badges", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/v1/badges", 200), ("PUT", "/v1/notices/read", 204)]
)
async def test_one_tenant_does_not_starve_another(
    ask: Asking, monkeypatch: pytest.MonkeyPatch, method: str, path: str, status: int
) -> None:
    tenant = quotas.Quota(2, HOUR, quotas.OF_TENANT.name, quotas.OF_TENANT.by)
    monkeypatch.setattr(limits, "OF_TENANT", tenant)
    answers = [await ask(method, path) for _ in range(3)]
    assert [one.status_code for one in answers] == [status, status, 429]
    assert left(answers[2]) == {"tenant": (0, int(answers[2].headers["retry-after"]))}
    async with memory_world() as elsewhere, open_asking(elsewhere) as other:
        assert (await other(method, path)).status_code == status


async def test_whoever_is_not_known_is_counted_by_network(
    ask: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also with an access token that does not hold: else it would be tried without an end."""
    narrow(monkeypatch, "OPEN_READS", 4)
    get = ask.client.get
    answers = [await get("/v1/domains"), await get("/v1/domains"), await get("/v1/auth/verify")]
    answers += [await get("/v1/me", headers={"Authorization": "Bearer x"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200, 422, 401, 429]
    assert [left(one)["open-reads"][0] for one in answers] == [3, 2, 1, 0, 0]
    assert (await get("/health/live")).status_code == 200
    assert (await ask("GET", "/v1/me")).status_code != 429, "who shows who they are has their own"


async def test_health_is_told_however_often_it_is_asked(ask: Asking) -> None:
    answer = await ask.client.get("/health/live")
    assert (answer.status_code, "ratelimit" in answer.headers) == (200, False)


@pytest.mark.parametrize(
    ("operation", "names"),
    [
        ("SuggestMentors", ["computed-reads", "tenant"]),
        ("FollowGeneration", ["followed", "tenant"]),
        ("FollowCohortRun", ["followed", "tenant"]),
        ("RequestMatch", ["told-to-others", "tenant"]),
        ("UpdateProfile", ["moves-work", "tenant"]),
        ("GetMe", ["reads", "tenant"]),
        ("LogIn", ["unauthenticated"]),
        ("BeginSignIn", ["begun-at-providers"]),
        ("BeginDeviceSignIn", ["begun-at-providers"]),
        ("BeginLink", ["links", "tenant"]),
        ("BeginDeviceLink", ["links", "tenant"]),
        ("ListDomains", ["open-reads"]),
        ("IsAlive", []),
    ],
)
async def test_the_contract_tells_the_quotas_of_each_operation(
    ask: Asking, operation: str, names: list[str]
) -> None:
    document: dict[str, Any] = ask.app.state.contract.document
    found = [one for path in document["paths"].values() for one in path.values()]
    (told,) = [one for one in found if one["operationId"] == operation]
    assert [one["name"] for one in told["x-rate-limits"]] == names
    good = next(one for status, one in told["responses"].items() if status < "300")
    assert ({"RateLimit", "RateLimit-Policy"} <= good["headers"].keys()) == bool(names)
    assert ("429" in told["responses"]) == bool(names)


def test_a_quota_has_one_name_and_a_name_one_quota() -> None:
    found = {one for handler in published(CONTRACT).values() for one in quotas_of(handler)}
    assert len({one.name for one in found}) == len(found) > 5


async def test_pages_of_another_origin_may_read_what_is_left(world: World) -> None:
    async with open_asking(world, cors=("https://app.example.org",)) as ask:
        answer = await ask("GET", "/v1/badges", Origin="https://app.example.org")
    exposed = answer.headers["access-control-expose-headers"].lower()
    assert {"ratelimit", "ratelimit-policy", "retry-after"} <= {
        name.strip() for name in exposed.split(",")
    }
