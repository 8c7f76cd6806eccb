"""How often one person may write."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.support.given.matching import mentor as a_mentor
from tests.support.given.world import World
from tests.support.http.asking import Asking, bearer, open_asking, refused, to_json

from skillbridge.adapters.memory.store import Store
from skillbridge.application.notifications.ports import NoticeReads
from skillbridge.application.paging import PageRequest
from skillbridge.domain.events.profiles import ProfileChanged
from skillbridge.entrypoints.http.server import quotas

pytestmark = pytest.mark.row("C7")


@pytest.fixture
async def ask(world: World) -> AsyncIterator[Asking]:
    async with open_asking(world, counted=True) as opened:
        yield opened


def profile(number: int) -> bytes:
    return to_json({"name": f"Amina {number}"})


async def changes_told(world: World) -> int:
    if world.admin is None:
        store = await world.api.get(Store)
        return sum(isinstance(kept.event, ProfileChanged) for kept in store.events.values())
    counted: int = await world.admin.fetchval(
        "select count(*) from events where tenant_id = $1 and name = 'ProfileChanged'",
        world.tenant_id,
    )
    return counted


@pytest.mark.asvs("2.4.1", "15.2.2")
async def test_a_loop_of_writes_is_stopped_and_told_when_to_come_back(ask: Asking) -> None:
    answers = [await ask("PATCH", "/v1/me", profile(number)) for number in range(150)]
    done = [answer for answer in answers if answer.status_code == 200]
    assert quotas.MOVES_WORK.times <= len(done) < 50, "a few come back while the loop runs"
    told = refused(answers[-1], 429)
    assert (told["type"], 0 < int(answers[-1].headers["retry-after"]) <= 10) == (
        "/problems/too-many",
        True,
    )
    assert await changes_told(ask.world) == len(done)


async def test_what_one_person_spent_is_nobody_elses_and_no_other_operations(
    ask: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/v1/notices/read"
    for _ in range(quotas.USUAL.times):
        assert (await ask("PUT", path)).status_code == 204
    for _ in range(quotas.USUAL.times):
        if (await ask("PUT", path)).status_code == 429:
            break  # the others came back meanwhile
    else:
        pytest.fail("nothing stops whoever writes on and on")
    assert (await ask("PATCH", "/v1/me", profile(1))).status_code == 200
    assert (await ask("GET", "/v1/notices")).status_code == 200, "reads have their own"
    other = await ask.world.person()
    headers = await bearer(ask.world, other.roles, other.user_id)
    assert (await ask.client.put(path, headers=headers)).status_code == 204


WHOLE: dict[str, Any] = {
    "name": "Amina", "bio": "", "country": None, "time_zone": "UTC",
    "languages": ["en"], "skills": {}, "availability": [],
}  # fmt: skip
SHAPELESS, RULELESS = to_json({"nmae": "Amina"}), to_json({"time_zone": "Mars/Olympus"})


async def test_put_and_patch_of_one_resource_share_its_quota(ask: Asking) -> None:
    for number in range(quotas.MOVES_WORK.times):
        assert (await ask("PATCH", "/v1/me", profile(number))).status_code == 200
    statuses = [(await ask("PUT", "/v1/me", to_json(WHOLE))).status_code for _ in range(15)]
    assert statuses[-1] == 429, "a few came back meanwhile"


@pytest.mark.parametrize("body", [SHAPELESS, RULELESS, b"{", b"[]"])
async def test_what_was_refused_takes_nothing_from_the_quota(ask: Asking, body: bytes) -> None:
    times = quotas.MOVES_WORK.times
    refusals = [(await ask("PATCH", "/v1/me", body)).status_code for _ in range(2 * times)]
    assert set(refusals) <= {400, 422}
    for number in range(times):
        assert (await ask("PATCH", "/v1/me", profile(number))).status_code == 200


@pytest.mark.row("J2")
async def test_a_conflict_takes_nothing_from_the_quota(ask: Asking) -> None:
    first, second = [await a_mentor(ask.world, capacity=3) for _ in range(2)]
    again = to_json({"mentor_id": str(first.user_id)})
    assert (await ask("POST", "/v1/matches", again)).status_code == 201
    for _ in range(2 * quotas.TOLD_TO_OTHERS.times):
        assert (await ask("POST", "/v1/matches", again)).status_code == 409
    other = to_json({"mentor_id": str(second.user_id)})
    assert (await ask("POST", "/v1/matches", other)).status_code == 201


async def test_a_flood_of_refused_writes_is_stopped(
    ask: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "GIVEN_BACK_AT_MOST", quotas.Quota(5, quotas.TOLD_TO_OTHERS.per))
    allowed = 5 + quotas.MOVES_WORK.times
    statuses = [(await ask("PATCH", "/v1/me", RULELESS)).status_code for _ in range(allowed + 20)]
    assert statuses[:allowed] == [422] * allowed
    assert statuses[-1] == 429
    assert (await ask("PUT", "/v1/notices/read")).status_code == 204, "the others have their own"


@pytest.mark.row("J2")
async def test_sixty_requests_and_withdrawals_are_two_notices(ask: Asking) -> None:
    mentor = await a_mentor(ask.world, capacity=3)
    body, made = to_json({"mentor_id": str(mentor.user_id)}), 0
    for _ in range(60):
        asked = await ask("POST", "/v1/matches", body)
        if asked.status_code == 201:
            made += 1
            await ask("POST", f"{asked.headers['location']}/withdraw")
    assert refused(asked, 429)
    assert made == quotas.TOLD_TO_OTHERS.times
    await ask.world.settle()
    told = await ask.world.items(NoticeReads, "newest", mentor, PageRequest(200))
    assert sorted(notice.kind for notice in told) == ["MatchRequested", "MatchWithdrawn"]


async def test_a_profile_that_stays_as_it_is_tells_nobody(ask: Asking) -> None:
    body: dict[str, Any] = {
        "name": "Amina",
        "skills": {"sql": 2, "git": 1},
        "availability": [
            {"weekday": 1, "start": 60, "end": 120},
            {"weekday": 0, "start": 60, "end": 120},
        ],
    }
    first = await ask("PATCH", "/v1/me", to_json(body))
    body["availability"].reverse()
    body["skills"] = dict(reversed(body["skills"].items()))
    second = await ask("PATCH", "/v1/me", to_json(body))
    assert first.json() == second.json()
    assert await changes_told(ask.world) == 1


async def test_the_unauthenticated_are_counted_by_network(
    ask: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "skillbridge.entrypoints.http.server.auth.UNAUTHENTICATED",
        quotas.Quota(2, quotas.TOLD_TO_OTHERS.per),
    )
    body = to_json({"refresh_token": "sbr_unknown"})
    statuses = [(await ask("POST", "/v1/auth/logout", body)).status_code for _ in range(4)]
    assert statuses == [204, 204, 429, 429]
