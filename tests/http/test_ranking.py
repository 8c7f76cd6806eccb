"""The endpoint of suggestions."""

import pytest
from tests.support.given.matching import MORNINGS, learner, mentor
from tests.support.http.endpoints import Endpoints


@pytest.mark.row("G3")
async def test_suggestions_say_who_ranked(endpoints: Endpoints) -> None:
    asks = await learner(endpoints.world)
    await mentor(endpoints.world, skills={"python": 5}, availability=MORNINGS)
    found = await endpoints(asks, "GET", "/v1/mentors/suggestions?skills=python,%20sql")
    assert (found.status_code, found.headers["x-degraded"]) == (200, "false")
    assert found.json()["skills"] == ["python", "sql"]
    (best,) = found.json()["items"]
    assert sum(best["terms"].values()) == best["total"]
    nothing = await endpoints(asks, "GET", "/v1/mentors/suggestions")
    assert (nothing.status_code, nothing.json()["type"]) == (422, "/problems/nothing-wanted")
