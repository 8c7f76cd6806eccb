"""What each read endpoint sends to PostgreSQL, and what that costs among very many other people.

Every GET under /v1 is asked, as the people who may; a new one joins by itself. Streams are not:
they begin with the same reads.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, product
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.conftest import new_database
from tests.integration.walls.test_routes import FOR_ADMINISTRATORS, Endpoint, endpoints
from tests.integration.walls.town import Town, open_town
from tests.support.measures.plans import LONGEST_PAGE, faults
from tests.support.servers.postgres_wire import Wire, listened_to, tell_plans
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.kernel.jobs import PostgresJobs
from skillbridge.application.ports.jobs import JobState
from skillbridge.application.ranking.ports.impressions import ImpressionLog
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import UserId

OTHERS, OWN = 100_000, 300
MOST = 2_500
"""Rows of a table that a statement may look at: all of one's own, and what a search may leaf
through before it looks up whom it wants."""

TRIPS = {"SuggestMentors": 3, "ListPlacements": 2}
"""Round trips of what takes more than one: the learner, whether the pool has changed, the cards; the
run, and its page."""
FIRST_SCREEN = (
    "GetMe",
    "ListRoadmaps",
    "GetRoadmap",
    "GetProgress",
    "SuggestMentors",
    "ListMatches",
    "ListNotices",
    "CountUnreadNotices",
    "ListBadges",
)
ASKED = {
    "SuggestMentors": ("", "?skills=python", "?skills=sql"),
    "ListMatches": ("", "?side=learner", "?side=mentor", "?status=active&limit=100"),
}
"""How an operation is asked besides alone and for its longest page."""
BESIDE = ("/v1/auth/", "/v1/domains", "/v1/resources")
"""The pages of signing up, and the catalogue, which lies in files."""
LOOKED_AT = {"/v1/audit", "/v1/me/exports/latest/archive"}
"""Each look is an entry of the trail, or wants a fresh proof: they are no plain reads."""
FILTERS = {
    "q": ("often", "gladly"),
    "skill": ("sql", "rust"),
    "language": ("en", "is"),
    "country": ("KE", "IS"),
    "free": ("true",),
}
"""What nearly all and what few of the crowd's mentors have."""
NOBODYS = {"q": "zzzz", "skill": "git", "language": "zu", "country": "AQ", "free": "false"}
SEARCHES = (
    *(f"{name}={value}" for name, values in FILTERS.items() for value in (*values, NOBODYS[name])),
    *(
        f"{one}={value}&{other}={second}"
        for one, other in combinations(FILTERS, 2)
        for value, second in product(FILTERS[one], FILTERS[other])
    ),
)


@dataclass(frozen=True)
class Crowded:
    """The town among the crowd, and what is heard on its way to the database."""

    town: Town
    wire: Wire
    admin: asyncpg.Connection
    tokens: dict[UserId, str]
    worker_url: str

    async def anew(self, plan_cache_mode: str) -> None:
        """Connections that plan in this way, in place of those that are open."""
        name = await self.admin.fetchval("select current_database()")
        await self.admin.execute(f"alter database {name} set plan_cache_mode = {plan_cache_mode}")
        database = await self.town.world.api.get(Database)
        await database.connections.close()
        await database.pool.expire_connections()

    async def answer(self, who: Actor, path: str) -> Any:
        bearer = {"Authorization": f"Bearer {self.tokens[who.user_id]}"}
        answer = await self.town.client.get(path, headers=bearer)
        assert answer.status_code == 200, (path, answer.text)
        await (await self.town.world.api.get(ImpressionLog)).settle()
        told = answer.headers["content-type"]
        return answer.json() if told == "application/json" else answer.content


@pytest.fixture(scope="module")
async def crowded(server: str) -> AsyncIterator[Crowded]:
    urls = await new_database(server)
    await tell_plans(urls.admin)
    admin = await asyncpg.connect(urls.admin)
    script = (Path(__file__).parents[2] / "support/given/crowd.sql").read_text()
    async with (
        listened_to(urls.app) as wire,
        open_town(replace(urls, app=wire.url)) as town,
    ):
        await admin.execute(
            script.format(
                person=town.amina.user_id,
                here=town.world.tenant_id,
                abroad=town.abroad.tenant_id,
                cohort=town.ids["cohort_id"],
                others=OTHERS,
                own=OWN,
            ),
            timeout=PATIENCE,
        )
        askers = (town.amina, town.neighbour, town.foreigner)
        tokens = {one.user_id: await town.token(one) for one in askers}
        yield Crowded(town, wire, admin, tokens, urls.worker)
    await admin.close()


def reads(town: Town) -> Iterator[tuple[Endpoint, Actor, tuple[str, ...]]]:
    """Each with whom to ask it as, and how."""
    paths = town.app.state.contract.document["paths"]
    for endpoint in endpoints(town.app):
        if endpoint.method != "GET" or endpoint.pattern.endswith("/events"):
            continue
        if endpoint.pattern not in paths or not endpoint.parameters <= town.ids.keys():
            continue
        if not endpoint.pattern.startswith("/v1/") or endpoint.pattern.startswith(BESIDE):
            continue
        if endpoint.pattern in LOOKED_AT:
            continue
        of_the_tenant = endpoint.pattern.startswith(
            tuple(one.rstrip("/") for one in FOR_ADMINISTRATORS)
        )
        parameters = paths[endpoint.pattern]["get"].get("parameters", ())
        longest = any(parameter["name"] == "limit" for parameter in parameters)
        ways = ("", *(("?limit=100",) if longest else ()), *ASKED.get(endpoint.operation, ()))
        yield endpoint, town.neighbour if of_the_tenant else town.amina, ways


@pytest.mark.row("B12", "L10")
async def test_each_read_takes_as_few_round_trips_as_it_can(crowded: Crowded) -> None:
    bill: dict[str, int] = {}
    for endpoint, who, ways in reads(crowded.town):
        path = endpoint.pattern.format(**crowded.town.ids) + ways[-1]
        await crowded.answer(who, path)  # prepares what it will ask
        trips = []
        for _ in range(3):  # now and then one asks whether the sign-in has ended, too
            crowded.wire.clear()
            await crowded.answer(who, path)
            trips.append(crowded.wire.trips)
        bill[endpoint.operation] = min(trips)
    assert {name: n for name, n in bill.items() if n > TRIPS.get(name, 1)} == {}
    assert TRIPS.items() <= bill.items(), "these take fewer by now: say so here"
    assert sum(bill[name] for name in FIRST_SCREEN) <= 11


@pytest.mark.row("B5")
@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_no_read_costs_more_for_there_being_others(crowded: Crowded, mode: str) -> None:
    """Whether the server plans for these values or once for all."""
    await crowded.anew(mode)
    town, heard, found = crowded.town, set[str](), set[str]()
    searches = {f"/v1/mentors?{search}" for search in SEARCHES}
    everyone = [(search, town.foreigner) for search in sorted(searches)]
    for endpoint, who, ways in reads(town):
        everyone += [(endpoint.pattern.format(**town.ids) + way, who) for way in ways]
    for path, who in everyone:
        crowded.wire.clear()
        body = await crowded.answer(who, path)
        following = body.get("next") if isinstance(body, dict) else None
        if isinstance(following, str):  # progress has next steps
            mark = "&" if "?" in path else "?"
            await crowded.answer(who, f"{path}{mark}after={following}")
        for one in crowded.wire.plans:
            heard.add(one["Query Text"])
            page = MOST if path in searches else LONGEST_PAGE  # the few whom an index has named
            found |= {f"{path} {fault}" for fault in faults(one["Plan"], MOST, page)}
    assert found == set(), "is a table empty among so many? its rows are made in crowd.sql"
    assert len(heard) >= 15


RARE = {
    "q=gladly": "p.bio like '%gladly%'",
    "country=IS": "p.country = 'IS'",
    "skill=rust&language=is": "p.skills ? 'rust' and 'is' = any(p.languages)",
    "q=often -gladly mentor&free=true": "m.active_matches < m.capacity and p.bio not like '%gladly%'",
}


@pytest.mark.parametrize("search", RARE)
async def test_a_search_finds_all_whom_it_fits_in_their_order(
    crowded: Crowded, search: str
) -> None:
    rows = await crowded.admin.fetch(
        "select m.user_id from mentors as m join profiles as p using (user_id)"
        f" where m.tenant_id = $1 and m.accepting and {RARE[search]}"
        " order by m.created_at desc, m.user_id desc",
        crowded.town.abroad.tenant_id,
    )
    found: list[str] = []
    following: str | None = ""
    while following is not None:
        path = f"/v1/mentors?{search}&limit=50" + (f"&after={following}" if following else "")
        body = await crowded.answer(crowded.town.foreigner, path)
        found += [card["id"] for card in body["items"]]
        following = body["next"]
    assert len(rows) > 5
    assert found == [str(row["user_id"]) for row in rows]


@pytest.mark.row("B5")
async def test_the_ledger_is_told_without_reading_what_is_done(crowded: Crowded) -> None:
    async with listened_to(crowded.worker_url) as wire:
        database = await Database.connect(wire.url, size=1)
        jobs = PostgresJobs(database)
        wire.clear()
        for state in JobState:
            assert len(await jobs.report(state, limit=50)) <= 50
        assert (await jobs.counts())[JobState.DONE] >= OTHERS
        await database.close()
    found = [fault for one in wire.plans for fault in faults(one["Plan"], MOST)]
    assert len(wire.plans) >= len(JobState) + 1
    assert found == []


@pytest.mark.row("B5")
async def test_a_read_that_has_lost_its_index_is_noticed(crowded: Crowded) -> None:
    made = await crowded.admin.fetchval(
        "select pg_get_indexdef('ix_notices_user_newest'::regclass)"
    )
    await crowded.admin.execute("drop index ix_notices_user_newest")
    try:
        crowded.wire.clear()
        await crowded.answer(crowded.town.amina, "/v1/notices")
    finally:
        await crowded.admin.execute(made)
    found = [fault for one in crowded.wire.plans for fault in faults(one["Plan"], MOST)]
    assert [fault for fault in found if "sorts" in fault or "reads all" in fault]
