"""Programs of a tenant's own, over HTTP: what is open to them, and everything else."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from tests.http.server.test_access_page import is_page
from tests.http.server.test_scopes import OPEN, OPERATIONS, UNAUTHENTICATED, answered
from tests.support.given.cohorts import a_seeker, an_order, proposed
from tests.support.given.matching import mentor
from tests.support.given.world import World
from tests.support.http.asking import Asking, open_asking, refused

from skillbridge.application.accounts.service_tokens import CreateServiceToken, RevokeServiceToken
from skillbridge.application.accounts.views import NewApiToken
from skillbridge.application.mentors.ports import MentorReads, MentorSearch
from skillbridge.application.paging import PageRequest
from skillbridge.domain.accounts.api_token import ScopeNotForServices, UnknownToken, Wish
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.cohorts.assignment import AssignMode
from skillbridge.domain.ids import SessionId
from skillbridge.entrypoints.http.server.revocation import Revocations

pytestmark = pytest.mark.row("C3")

WISH = Wish("sums", ("cohorts:read",))
COHORTS = "/v1/cohorts"


@pytest.fixture
async def ask(world: World) -> AsyncIterator[Asking]:
    async with open_asking(world) as asking:
        asking.app.state.revocations = Revocations(asking.app.state.revocations.ended, rest=0.0)
        yield asking


async def make(world: World, wish: Wish = WISH) -> dict[str, str]:
    made: NewApiToken = await world.do(CreateServiceToken, world.system(), wish)
    return {"Authorization": f"Bearer {made.token}"}


async def test_a_service_reads_what_is_open_to_it(world: World, ask: Asking) -> None:
    operator, seeker = await world.person(*Role), await a_seeker(world)
    run = await proposed(world, operator, an_order(AssignMode.GREEDY, seeker))
    headers = await make(world)
    listed = await ask.client.get(COHORTS, headers=headers)
    assert [one["id"] for one in listed.json()["items"]] == [str(run.id)]
    for path in ("", "/placements", "/progress"):
        answer = await ask.client.get(f"{COHORTS}/{run.id}{path}", headers=headers)
        assert answer.status_code == 200, answer.text
    (placed,) = (await ask.client.get(f"{COHORTS}/{run.id}/placements", headers=headers)).json()[
        "items"
    ]
    own = (await ask.client.get(f"{COHORTS}/{run.id}/placements", headers=ask.headers)).json()
    assert placed["learner"]["id"] == own["items"][0]["learner"]["id"]
    assert placed["learner"]["name"] != own["items"][0]["learner"]["name"], "names are for people"


async def test_a_service_opens_nothing_else(world: World, ask: Asking) -> None:
    headers = await make(world)
    for operation, scope in OPERATIONS.items():
        answer = await answered(ask, operation, headers)
        if scope == UNAUTHENTICATED and is_page(operation):
            assert answer.status_code != 403, operation
        elif operation.endswith("FromPage") or operation == "ComeBackFromProvider":
            assert answer.status_code == 403, operation
        elif scope == UNAUTHENTICATED:
            assert refused(answer, 403)["type"] == "/problems/not-for-tokens", operation
        elif scope not in {OPEN, "cohorts:read"}:
            problem = refused(answer, 403)
            assert problem["type"] == "/problems/not-for-services", operation
            assert "cohorts:read" in problem["detail"]


async def test_a_service_of_another_tenant_sees_none_of_it(world: World, ask: Asking) -> None:
    operator, seeker = await world.person(*Role), await a_seeker(world)
    run = await proposed(world, operator, an_order(AssignMode.GREEDY, seeker))
    headers = await make(world)
    answer = await ask.client.get(f"{COHORTS}/{run.id}", headers=headers)
    assert answer.status_code == 200
    strange = headers["Authorization"].replace("sb_svc_", "sb_pat_")
    answer = await ask.client.get(COHORTS, headers={"Authorization": strange})
    assert answer.status_code == 401


async def test_a_revoked_one_opens_nothing(world: World, ask: Asking) -> None:
    headers = await make(world)
    assert (await ask.client.get(COHORTS, headers=headers)).status_code == 200
    await world.do(RevokeServiceToken, world.system(), "sums")
    assert (await ask.client.get(COHORTS, headers=headers)).status_code == 401
    with pytest.raises(UnknownToken):
        await world.do(RevokeServiceToken, world.system(), "sums")


async def test_one_of_the_same_name_ends(world: World, ask: Asking) -> None:
    former, newer = await make(world), await make(world)
    assert (await ask.client.get(COHORTS, headers=former)).status_code == 401
    assert (await ask.client.get(COHORTS, headers=newer)).status_code == 200


async def test_what_nobody_opened_to_services_is_closed_to_them(world: World) -> None:
    """Whatever a route would let by: mentors are known to their whole tenant."""
    await mentor(world, skills={"python": 5})
    person, service = await world.learner(), Actor.service(world.tenant_id, SessionId(uuid4()))
    search = (MentorReads, "search")
    assert await world.items(*search, person, MentorSearch(), PageRequest(9))
    assert not await world.items(*search, service, MentorSearch(), PageRequest(9))


async def test_no_service_is_given_more(world: World) -> None:
    with pytest.raises(ScopeNotForServices):
        await make(world, Wish("sums", ("cohorts:write",)))
