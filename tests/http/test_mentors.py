"""The endpoints of mentors."""

from uuid import uuid4

import pytest
from tests.support.given.matching import MORNINGS, learner, mentor
from tests.support.http.endpoints import Endpoints


async def test_an_offer_is_made_and_shown(endpoints: Endpoints) -> None:
    actor = await learner(endpoints.world)
    assert (await endpoints(actor, "GET", "/v1/me/mentor")).status_code == 404
    offer = {
        "headline": "  SQL for everyone ",
        "capacity": 3,
        "experience_years": 0,
        "accepting": True,
    }
    made = await endpoints(actor, "PUT", "/v1/me/mentor", json=offer)
    assert (made.status_code, made.json()["headline"]) == (200, "SQL for everyone")
    assert (await endpoints(actor, "GET", "/v1/me/mentor")).json() == made.json()
    wrong = await endpoints(actor, "PUT", "/v1/me/mentor", json={**offer, "capacity": 51})
    assert wrong.status_code == 400
    blank = await endpoints(actor, "PUT", "/v1/me/mentor", json={**offer, "headline": "  "})
    assert (blank.status_code, blank.json()["errors"][0]["pointer"]) == (422, "#/headline")


@pytest.mark.row("D2")
async def test_mentors_are_searched_and_shown(endpoints: Endpoints) -> None:
    asks = await learner(endpoints.world)
    of = await mentor(endpoints.world, headline="Rust, gently", country="KE", skills={"rust": 5})
    await mentor(endpoints.world, headline="Python, quickly", country="NG", skills={"python": 5})
    query = "/v1/mentors?q=gently&skill=rust&language=en&country=KE&free=true"
    found = (await endpoints(asks, "GET", query)).json()["items"]
    assert [one["id"] for one in found] == [str(of.user_id)]
    one = (await endpoints(asks, "GET", f"/v1/mentors/{of.user_id}")).json()
    assert one == found[0]
    assert (await endpoints(asks, "GET", f"/v1/mentors/{uuid4()}")).status_code == 404
    assert (await endpoints(asks, "GET", "/v1/mentors?limit=0")).status_code == 400


@pytest.mark.row("D2")
async def test_a_skill_is_known_that_a_domain_teaches_or_a_mentor_has(endpoints: Endpoints) -> None:
    asks = await learner(endpoints.world)
    for query in ("/v1/mentors?skill=cobol", "/v1/mentors/suggestions?skills=cobol"):
        assert (await endpoints(asks, "GET", query)).json()["type"] == "/problems/unknown-skill"
    await mentor(endpoints.world, skills={"cobol": 5}, availability=MORNINGS)
    for query in ("skill=cobol", "skill=cobol&country=KE", "skill=sql"):
        found = await endpoints(asks, "GET", f"/v1/mentors?{query}")
        assert (found.status_code, len(found.json()["items"])) == (200, query == "skill=cobol")
    found = await endpoints(asks, "GET", "/v1/mentors/suggestions?skills=cobol")
    assert len(found.json()["items"]) == 1
