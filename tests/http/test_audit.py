"""GET /v1/audit: for administrators, by pages and filters; each look is an entry itself."""

from uuid import uuid4

import pytest
from tests.support.given.cohorts import an_operator
from tests.support.http.endpoints import Endpoints

pytestmark = pytest.mark.row("C6")

GIVEN = "the-clients-own"


async def test_a_look_is_found_by_the_next_with_who_asked_and_by_which_request(
    endpoints: Endpoints,
) -> None:
    boss = await an_operator(endpoints.world)
    for action in ("RoleGranted", "RoleRevoked"):
        empty = await endpoints(
            boss, "GET", f"/v1/audit?action={action}", headers={"X-Request-Id": GIVEN}
        )
        assert (empty.status_code, empty.json()) == (200, {"items": [], "next": None})
    asked = "/v1/audit?action=AuditSearched&limit=1"
    first = (await endpoints(boss, "GET", asked)).json()
    rest = (await endpoints(boss, "GET", f"{asked}&after={first['next']}")).json()
    [looked] = rest["items"]
    assert (looked["action"], looked["category"]) == ("AuditSearched", "configuration")
    assert (looked["actor_kind"], looked["actor_id"]) == ("person", str(boss.user_id))
    assert looked["details"] == {"asked": ["action=RoleRevoked"]}
    assert looked["correlation_id"] == GIVEN
    assert len(looked["request_id"]) == 32, "ours, beside the client's"
    for request_id, number in ((GIVEN, 2), (looked["request_id"], 1), ("f" * 32, 0)):
        found = (await endpoints(boss, "GET", f"/v1/audit?request={request_id}")).json()
        assert len(found["items"]) == number, request_id


async def test_people_and_times_are_filters(endpoints: Endpoints) -> None:
    boss = await an_operator(endpoints.world)
    await endpoints(boss, "GET", "/v1/audit")
    for query, number in (
        (f"actor={boss.user_id}&until=2000-01-01T00:00:00Z", 0),
        (f"actor={boss.user_id}&since=2000-01-01T00:00:00.5Z&action=AuditSearched", 3),
        (f"actor={uuid4()}", 0),
        (f"subject={boss.user_id}", 0),
    ):
        answer = await endpoints(boss, "GET", f"/v1/audit?{query}")
        found = [one for one in answer.json()["items"] if one["action"] == "AuditSearched"]
        assert (answer.status_code, len(found)) == (200, number), answer.text


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday", "since=2026-02-30T00:00:00Z", "until=2026-02-03T00:00:00",
        "until=2026-02-03T00:00:00%2B01:00", "actor=me", "subject=1", "action=drop%20table",
        "request=a%20b", "after=x", "who=1",
    ],
)  # fmt: skip
async def test_what_cannot_be_meant_is_refused(endpoints: Endpoints, query: str) -> None:
    boss = await an_operator(endpoints.world)
    assert (await endpoints(boss, "GET", f"/v1/audit?{query}")).status_code in {400, 422}


async def test_nobody_else_reads_the_trail(endpoints: Endpoints) -> None:
    for person in (await endpoints.world.learner(), await endpoints.world.mentor()):
        refused = await endpoints(person, "GET", "/v1/audit")
        assert (refused.status_code, refused.json()["scope_needed"]) == (403, "audit:read")
