"""The endpoints of the catalogue: open to all, and worth keeping."""

import pytest
from tests.support.http.endpoints import Endpoints

pytestmark = pytest.mark.row("E7")


async def test_every_domain_is_listed_with_its_skills_in_order(endpoints: Endpoints) -> None:
    answer = await endpoints.client.get("/v1/domains")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=86400"
    domains = answer.json()
    assert len(domains) == 8
    for domain in domains:
        seen: set[str] = set()
        for skill in domain["skills"]:
            assert set(skill["requires"]) <= seen
            seen.add(skill["id"])


async def test_resources_of_a_domain_are_narrowed_by_skill_and_level(endpoints: Endpoints) -> None:
    every = (await endpoints.client.get("/v1/resources?domain=data-analysis")).json()
    sql = (await endpoints.client.get("/v1/resources?domain=data-analysis&skill=sql")).json()
    easy = (
        await endpoints.client.get("/v1/resources?domain=data-analysis&skill=sql&level=beginner")
    ).json()
    assert len(every) > len(sql) > len(easy) > 0
    assert all("sql" in one["skills"] and one["level"] == "beginner" for one in easy)
    assert all(one["url"].startswith("https://") and one["megabytes"] >= 0 for one in every)


async def test_one_resource(endpoints: Endpoints) -> None:
    (first, *_) = (await endpoints.client.get("/v1/resources?domain=python")).json()
    assert (await endpoints.client.get(f"/v1/resources/{first['id']}")).json() == first


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/v1/resources?domain=cooking", 422, "choose one of"),
        ("/v1/resources", 400, "errors"),
        ("/v1/resources?domain=python&level=easy", 400, "errors"),
        ("/v1/resources/no-such-thing", 404, "no resource"),
    ],
)
async def test_what_is_not_there_is_told(
    endpoints: Endpoints, path: str, status: int, told: str
) -> None:
    answer = await endpoints.client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert told in answer.text
