"""The endpoints of matches: words, codes and headers."""

import pytest
from tests.support.given.matching import learner, mentor
from tests.support.http.endpoints import Endpoints

from skillbridge.domain.actor import Actor


@pytest.mark.row("G4")
async def test_a_match_from_the_question_to_the_end(endpoints: Endpoints) -> None:
    asks, of = await learner(endpoints.world), await mentor(endpoints.world)
    question = {"mentor_id": str(of.user_id), "message": "Would you look at my code?"}
    asked = await endpoints(asks, "POST", "/v1/matches", json=question)
    assert asked.status_code == 201, asked.text
    where = asked.headers["location"]
    assert where == f"/v1/matches/{asked.json()['id']}"
    seen = (await endpoints(of, "GET", where)).json()
    assert (seen["status"], seen["learner"]["name"]) == ("requested", "Amina")
    accepted = await endpoints(of, "POST", f"{where}/accept")
    assert (accepted.status_code, accepted.json()["status"]) == (200, "active")
    again = await endpoints(of, "POST", f"{where}/accept")
    assert (again.status_code, again.json()) == (200, accepted.json())
    late = await endpoints(asks, "POST", f"{where}/withdraw")
    assert (late.status_code, late.json()["type"]) == (409, "/problems/illegal-move")
    completed = await endpoints(asks, "POST", f"{where}/complete")
    assert completed.json()["status"] == "completed"


@pytest.mark.row("G4")
async def test_who_has_asked_already_is_told_where(endpoints: Endpoints) -> None:
    asks, of = await learner(endpoints.world), await mentor(endpoints.world)
    question = {"mentor_id": str(of.user_id)}
    asked = await endpoints(asks, "POST", "/v1/matches", json=question)
    again = await endpoints(asks, "POST", "/v1/matches", json=question)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-asked")
    assert again.headers["location"] == asked.headers["location"]
    assert again.json()["match_id"] == asked.json()["id"]


async def test_an_illegal_move_names_those_of_who_asks(endpoints: Endpoints) -> None:
    asks, of = await learner(endpoints.world), await mentor(endpoints.world)
    asked = await endpoints(asks, "POST", "/v1/matches", json={"mentor_id": str(of.user_id)})
    where = asked.headers["location"]

    async def told(who: Actor) -> str:
        return str((await endpoints(who, "POST", f"{where}/complete")).json()["detail"])

    assert await told(asks) == "cannot complete what is requested: you can withdraw"
    assert await told(of) == "cannot complete what is requested: you can accept, decline"
    await endpoints(of, "POST", f"{where}/accept")
    withdrawn = (await endpoints(asks, "POST", f"{where}/withdraw")).json()
    assert withdrawn["detail"] == "cannot withdraw what is active: you can cancel, complete"
    assert "match_id" not in withdrawn


@pytest.mark.parametrize(
    ("who", "verb", "status"),
    [("of", "decline", "declined"), ("asks", "withdraw", "withdrawn")],
)
async def test_a_request_is_declined_or_withdrawn(
    endpoints: Endpoints, who: str, verb: str, status: str
) -> None:
    people = {"asks": await learner(endpoints.world), "of": await mentor(endpoints.world)}
    body = {"mentor_id": str(people["of"].user_id)}
    where = (await endpoints(people["asks"], "POST", "/v1/matches", json=body)).headers["location"]
    assert (await endpoints(people[who], "POST", f"{where}/{verb}")).json()["status"] == status


async def test_an_active_match_is_cancelled(endpoints: Endpoints) -> None:
    asks, of = await learner(endpoints.world), await mentor(endpoints.world)
    asked = await endpoints(asks, "POST", "/v1/matches", json={"mentor_id": str(of.user_id)})
    where = asked.headers["location"]
    await endpoints(of, "POST", f"{where}/accept")
    assert (await endpoints(of, "POST", f"{where}/cancel")).json()["status"] == "cancelled"


async def test_a_learner_has_not_the_scope_of_a_mentor(endpoints: Endpoints) -> None:
    asks, of = await learner(endpoints.world), await mentor(endpoints.world)
    asked = await endpoints(asks, "POST", "/v1/matches", json={"mentor_id": str(of.user_id)})
    refused = await endpoints(asks, "POST", f"{asked.headers['location']}/accept")
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/missing-scope")


async def test_another_learner_sees_no_match(endpoints: Endpoints) -> None:
    asks, of = await learner(endpoints.world), await mentor(endpoints.world)
    asked = await endpoints(asks, "POST", "/v1/matches", json={"mentor_id": str(of.user_id)})
    other = await learner(endpoints.world)
    assert (await endpoints(other, "GET", asked.headers["location"])).status_code == 404
    assert (await endpoints(other, "GET", "/v1/matches")).json() == {"items": [], "next": None}


async def test_matches_are_listed_by_side_and_status(endpoints: Endpoints) -> None:
    asks = await learner(endpoints.world)
    for _ in range(3):
        of = await mentor(endpoints.world)
        await endpoints(asks, "POST", "/v1/matches", json={"mentor_id": str(of.user_id)})
    first = (await endpoints(asks, "GET", "/v1/matches?side=learner&limit=2")).json()
    assert len(first["items"]) == 2
    rest = (await endpoints(asks, "GET", f"/v1/matches?limit=2&after={first['next']}")).json()
    assert (len(rest["items"]), rest["next"]) == (1, None)
    assert (await endpoints(asks, "GET", "/v1/matches?side=mentor")).json()["items"] == []
    assert (await endpoints(asks, "GET", "/v1/matches?status=active")).json()["items"] == []
    assert (await endpoints(asks, "GET", "/v1/matches?status=lost")).status_code == 400
