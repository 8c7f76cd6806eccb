"""What every log of impressions promises, on every backend."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.support.given.matching import MORNINGS, learner, mentor
from tests.support.given.world import World
from tests.support.http.walking import each_once

from skillbridge.application.matching.matches import (
    AcceptMatch,
    CompleteMatch,
    DeclineMatch,
    RequestMatch,
)
from skillbridge.application.paging import PageRequest
from skillbridge.application.ranking import impressions as module
from skillbridge.application.ranking.features import FEATURES
from skillbridge.application.ranking.impressions import Example, ExportExamples, ForgetImpressions
from skillbridge.application.ranking.ports.impressions import (
    ImpressionList,
    ImpressionLog,
    ImpressionReads,
    PastImpression,
)
from skillbridge.application.ranking.ports.ranker import Option, Source
from skillbridge.application.ranking.suggestions import SuggestMentors
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import ImpressionListId
from skillbridge.domain.matching.match import MatchStatus

ATTRIBUTED_WITHIN = timedelta(days=14)
KEPT = timedelta(days=180)

pytestmark = pytest.mark.row("G8", "A9")

HOUR = timedelta(hours=1)
EVER = datetime(2000, 1, 1, tzinfo=UTC)


def now() -> datetime:
    return datetime.now(UTC)


async def shown(world: World, to: Actor, *mentors: Actor, ago: timedelta = HOUR) -> ImpressionList:
    """As the API would note it, but at a time of our own."""
    impression_list = ImpressionList(
        id=ImpressionListId(uuid4()),
        at=now() - ago,
        model="base",
        source=Source.FALLBACK,
        degraded=False,
        options=tuple(Option(one.user_id, dict.fromkeys(FEATURES, 7)) for one in mentors),
    )
    log: ImpressionLog = await world.api.get(ImpressionLog)
    log.note(to, impression_list)
    await log.settle()
    return impression_list


async def past(world: World, **query: Any) -> list[PastImpression]:
    asked = {"since": EVER, "until": now(), "page": PageRequest(99)}
    found = await world.items(ImpressionReads, "page", world.system(), **{**asked, **query})
    return list(found)


async def outcomes(world: World) -> list[MatchStatus | None]:
    return [one.outcome for one in await past(world)]


async def examples(
    world: World, since: datetime = EVER, until: datetime | None = None
) -> list[Example]:
    async with world.scope(world.system()) as scope:
        export = await scope.get(ExportExamples)
        rows = each_once(export(world.system(), since, until), lambda one: (one.list, one.mentor))
        return [one async for one in rows]


async def test_a_list_that_was_shown_is_kept_place_by_place(world: World) -> None:
    asks = await learner(world, country="NG")
    good = await mentor(
        world, years=3, country="NG", skills={"python": 5}, availability=MORNINGS, capacity=2
    )
    fair = await mentor(world, skills={"python": 1}, availability=MORNINGS[:1])
    found = await world.do(SuggestMentors, asks, ["python", "sql"])
    log: ImpressionLog = await world.api.get(ImpressionLog)
    await log.settle()
    first, second = await past(world)
    assert (first.mentor_id, second.mentor_id) == (good.user_id, fair.user_id)
    assert first.learner_id == second.learner_id == asks.user_id
    assert first.place.list_id == second.place.list_id
    assert (first.place.position, second.place.position) == (1, 2)
    assert (first.model, first.source, first.degraded, first.outcome) == (
        "base",
        "fallback",
        False,
        None,
    )
    assert set(first.features) == set(FEATURES)
    assert first.features == {
        **found.items[0].terms,
        "total": found.items[0].total,
        "base_position": 1,
        "skills_met": 1,
        "skills_wanted": 2,
        "reviews": 0,
        "free_places": 2,
        "experience_years": 3,
        "same_country": 1,
    }
    assert second.features["base_position"] == 2


async def test_an_export_goes_on_page_by_page_to_its_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 2)
    asks, mentors = await learner(world), [await mentor(world) for _ in range(5)]
    await shown(world, asks, *mentors, ago=2 * HOUR)
    await shown(world, asks, mentors[0], ago=timedelta(minutes=1))
    assert [one.position for one in await examples(world)] == [1, 2, 3, 4, 5, 1]
    assert [one.position for one in await examples(world, until=now() - HOUR)] == [1, 2, 3, 4, 5]


async def test_an_empty_list_is_nothing_to_learn_from(world: World) -> None:
    await world.do(SuggestMentors, await learner(world), ["python"])
    await (await world.api.get(ImpressionLog)).settle()
    assert await past(world) == []


async def test_the_outcome_follows_the_match(world: World) -> None:
    asks, of = await learner(world), await mentor(world, capacity=2)
    await shown(world, asks, of)
    assert await outcomes(world) == [None]
    match = await world.do(RequestMatch, asks, of.user_id)
    assert await outcomes(world) == [MatchStatus.REQUESTED]
    await world.do(AcceptMatch, of, match.id)
    assert await outcomes(world) == [MatchStatus.ACTIVE]
    await world.do(CompleteMatch, of, match.id)
    assert await outcomes(world) == [MatchStatus.COMPLETED]
    assert [(one.label, one.open) for one in await examples(world)] == [(3, False)]


async def test_a_request_counts_for_the_last_list_before_it(world: World) -> None:
    asks, of = await learner(world), await mentor(world)
    await shown(world, asks, of, ago=3 * HOUR)
    await shown(world, asks, of, ago=2 * HOUR)
    match = await world.do(RequestMatch, asks, of.user_id)
    await world.do(DeclineMatch, of, match.id)
    assert await outcomes(world) == [None, MatchStatus.DECLINED]
    assert [one.label for one in await examples(world)] == [0, 1]


async def test_what_others_are_shown_since_changes_nothing(world: World) -> None:
    asks, other, of = await learner(world), await learner(world), await mentor(world)
    await shown(world, asks, of, ago=3 * HOUR)
    await shown(world, other, of, ago=2 * HOUR)
    await world.do(RequestMatch, asks, of.user_id)
    assert await outcomes(world) == [MatchStatus.REQUESTED, None]


async def test_a_request_counts_neither_late_nor_for_others(world: World) -> None:
    asks, of = await learner(world), await mentor(world)
    other, bystander = await learner(world), await mentor(world)
    await shown(world, asks, of, ago=ATTRIBUTED_WITHIN + HOUR)
    await shown(world, other, of)
    await shown(world, asks, bystander)
    await world.do(RequestMatch, asks, of.user_id)
    assert await outcomes(world) == [None, None, None]
    assert [one.open for one in await examples(world)] == [False, True, True]


async def test_pages_are_by_time_and_begin_where_the_last_ended(world: World) -> None:
    asks, one, two = await learner(world), await mentor(world), await mentor(world)
    old = await shown(world, asks, one, two, ago=3 * HOUR)
    new = await shown(world, asks, two, one, ago=2 * HOUR)
    everything = await past(world)
    assert [(row.place.list_id, row.place.position) for row in everything] == [
        (old.id, 1),
        (old.id, 2),
        (new.id, 1),
        (new.id, 2),
    ]
    assert await past(world, page=PageRequest(3)) == everything[:3]
    assert await past(world, page=PageRequest(99, everything[1].place)) == everything[2:]
    assert await past(world, since=new.at) == everything[2:]
    assert await past(world, until=new.at) == everything[:2]


async def test_an_export_has_pseudonyms_that_hold_for_it_alone(world: World) -> None:
    asks, of = await learner(world), await mentor(world)
    await shown(world, asks, of, ago=3 * HOUR)
    await shown(world, asks, of)
    first, second = await examples(world)
    assert (first.learner, first.mentor) == (second.learner, second.mentor)
    assert len({first.list, second.list, first.learner, first.mentor}) == 4
    ids = f"{asks.user_id} {asks.user_id.hex} {of.user_id}"
    assert first.learner not in ids
    assert first.mentor not in ids
    again = await examples(world)
    assert again[0].learner != first.learner, "nobody can join two exports"
    assert len(await examples(world, since=now() - 2 * HOUR)) == 1


async def test_what_is_old_is_forgotten_and_twice_is_once(world: World) -> None:
    asks, of = await learner(world), await mentor(world)
    await shown(world, asks, of, ago=KEPT + HOUR)
    await shown(world, asks, of, ago=KEPT - HOUR)
    for _ in range(2):
        await world.do(ForgetImpressions, world.system(), "a slot")
        assert len(await past(world)) == 1
    assert (await past(world))[0].place.shown_at > now() - KEPT
