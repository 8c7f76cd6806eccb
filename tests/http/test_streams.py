"""Streams of server-sent events: how many, for how long, and how each one ends."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn
from uuid import UUID, uuid4

import httpx
import pytest
from tests.application.accounts.people import Visitor
from tests.given import World
from tests.http.asking import Asking, bearer, open_asking, problem, refused, to_json
from tests.patience import PATIENCE

from skillbridge.application import live
from skillbridge.application.accounts.ports import Claims
from skillbridge.application.accounts.sessions import LogOut
from skillbridge.application.roadmaps.generation import Generation
from skillbridge.domain.actor import Role
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.ids import RoadmapId, SessionId, TenantId, UserId
from skillbridge.entrypoints.http import server_sent, streams
from skillbridge.entrypoints.http.event_types import EventType
from skillbridge.entrypoints.http.roadmaps import GENERATION
from skillbridge.entrypoints.http.server_sent import EventStream, told
from skillbridge.entrypoints.http.streams import EndReason, Place, Streams
from skillbridge.entrypoints.local.waiting import until

pytestmark = pytest.mark.row("E1", "C7")

WISH = {"goal": "Write small tools for my job", "domain": "python"}
NOW = datetime(2026, 1, 1, tzinfo=UTC)

STEP = EventType("step", dict)


@pytest.fixture
async def ask(world: World) -> AsyncIterator[Asking]:
    async with open_asking(world) as opened:
        yield opened


@dataclass
class Following:
    """People who follow the drawing of their roadmaps, which nobody draws."""

    ask: Asking
    streams: Streams
    open: list[asyncio.Task[httpx.Response]] = field(default_factory=list)

    async def begin(self, headers: dict[str, str], path: str | None = None) -> None:
        path = path or await self.path(headers)
        known = len(self.streams._places)
        task = asyncio.create_task(self.ask.client.get(path, headers=headers))
        self.open.append(task)
        async with asyncio.timeout(PATIENCE):
            await until(lambda: len(self.streams._places) > known or task.done(), every=0.001)

    async def path(self, headers: dict[str, str]) -> str:
        body = {**headers, "Content-Type": "application/json"}
        wish = await self.ask.client.post("/v1/roadmaps", content=to_json(WISH), headers=body)
        return f"{wish.headers['location']}/events"

    async def leave(self) -> None:
        """As if the connections broke."""
        for task in self.open:
            task.cancel()
        await asyncio.gather(*self.open, return_exceptions=True)


@pytest.fixture
async def following(ask: Asking) -> AsyncIterator[Following]:
    made = Following(ask, await ask.world.api.get(Streams))
    yield made
    await made.leave()


def last_event(answer: httpx.Response) -> tuple[str, dict[str, Any]]:
    block = [block for block in answer.text.replace("\r\n", "\n").split("\n\n") if block][-1]
    lines = dict(line.split(": ", 1) for line in block.split("\n"))
    return lines["event"], json.loads(lines["data"])


async def test_a_log_out_ends_the_stream_and_says_so(ask: Asking, following: Following) -> None:
    amina = Visitor(ask.world)
    signed_in = await amina.arrive()
    await following.begin({"Authorization": f"Bearer {signed_in.access_token}"})
    await following.streams.look()
    assert not following.open[0].done()
    await ask.world.do(LogOut, ask.world.doorkeeper(), signed_in.refresh_token)
    await following.streams.look()
    answer = await asyncio.wait_for(following.open[0], PATIENCE)
    assert last_event(answer) == ("end", {"reason": "signed-out"})
    assert following.streams._places == set()


async def test_a_log_out_is_noticed_by_itself(ask: Asking, following: Following) -> None:
    amina = Visitor(ask.world)
    signed_in = await amina.arrive()
    await following.begin({"Authorization": f"Bearer {signed_in.access_token}"})
    await ask.world.do(LogOut, ask.world.doorkeeper(), signed_in.refresh_token)
    answer = await asyncio.wait_for(following.open[0], PATIENCE)
    assert last_event(answer)[0] == "end"
    assert 2 * streams.EVERY <= 1, "within a second"


async def test_one_person_follows_ten_things_and_is_told_so(
    ask: Asking, following: Following
) -> None:
    path = await following.path(ask.headers)
    for _ in range(115):
        await following.begin(ask.headers, path)
    refusals = [await task for task in following.open if task.done()]
    assert len(refusals) == 115 - streams.OF_ONE
    for answer in refusals:
        told_so = refused(answer, 429)
        assert told_so["type"] == "/problems/too-many-streams"
        assert "close one" in told_so["detail"]
        assert answer.headers["retry-after"] == str(streams.RETRY)
    other = await ask.world.person()
    await following.begin(await bearer(ask.world, other.roles, other.user_id))
    assert not following.open[-1].done(), "others are none the worse"
    assert (await ask("GET", path.removesuffix("/events"))).status_code == 200
    await following.leave()
    assert following.streams._places == set(), "who leaves makes room"
    await following.begin(ask.headers, path)
    assert not following.open[-1].done()


async def test_a_full_process_says_when_to_come_back(
    ask: Asking, following: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "IN_ALL", 3)
    for _ in range(5):
        someone = await ask.world.person()
        await following.begin(await bearer(ask.world, someone.roles, someone.user_id))
    full = [await task for task in following.open if task.done()]
    assert [answer.status_code for answer in full] == [503, 503]
    assert problem(full[0])["type"] == "/problems/streams-full"
    assert full[0].headers["retry-after"] == str(streams.RETRY)


async def test_a_thousand_people_follow_at_once_and_each_is_told(
    ask: Asking, following: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PATIENCE", PATIENCE)
    path = await following.path(ask.headers)
    generation = await _generation(ask.world)
    roadmap_id = _id_in(path)
    made = following.streams
    followers = [Place(_claims(lives=timedelta(days=36_500))) for _ in range(1000)]
    told_to = [
        told(place, GENERATION, generation.follow(ask.actor, roadmap_id)) for place in followers
    ]
    held = [made.holding(place) for place in followers]
    for one in held:
        one.__enter__()
    firsts = []
    for some in range(0, 1000, 20):  # not more than there are connections
        firsts += await asyncio.gather(*(anext(one) for one in told_to[some : some + 20]))
    assert {event.event for event in firsts} == {"generation"}
    seconds = [asyncio.ensure_future(anext(events)) for events in told_to]
    await asyncio.sleep(0)
    await ask.world.settle()
    heard = await asyncio.gather(*seconds)
    assert {json.loads(str(event.data))["percent"] for event in heard} == {20}
    for place, events, one in zip(followers, told_to, held, strict=True):
        place.end(EndReason.FINISHED)
        await events.aclose()
        one.__exit__(None, None, None)
    assert made._places == set()


async def _generation(world: World) -> Generation:
    async with world.api() as scope:
        return await scope.get(Generation)


def _id_in(path: str) -> RoadmapId:
    return RoadmapId(UUID(path.split("/")[3]))


def _claims(*, lives: timedelta = timedelta(minutes=10), tenant: TenantId | None = None) -> Claims:
    return Claims(
        UserId(uuid4()),
        tenant or TenantId(uuid4()),
        SessionId(uuid4()),
        frozenset({Role.LEARNER}),
        NOW + lives,
    )


@dataclass
class Ended:
    """Which sign-ins have ended; counts the questions."""

    over: set[SessionId] = field(default_factory=set)
    asked: int = 0

    async def among(
        self, tenant_id: TenantId, session_ids: Collection[SessionId]
    ) -> frozenset[SessionId]:
        assert isinstance(tenant_id, UUID)
        self.asked += 1
        return frozenset(self.over.intersection(session_ids))


async def forever() -> AsyncGenerator[str, None]:
    yield "first"
    await asyncio.Event().wait()


async def test_a_stream_ends_with_its_token_and_one_question_looks_after_a_tenant() -> None:
    now, ended, tenant = NOW, Ended(), TenantId(uuid4())
    made = Streams(ended, lambda: now)
    short, long = _claims(lives=timedelta(seconds=5), tenant=tenant), _claims(tenant=tenant)
    places = [Place(short), *(Place(long) for _ in range(9))]
    events = [told(place, STEP, forever()) for place in places]
    held = [made.holding(place) for place in places]
    for one in held:
        one.__enter__()
    await asyncio.gather(*(anext(one) for one in events))
    await made.look()
    assert (ended.asked, [place.over.done() for place in places]) == (1, [False] * 10)
    now = NOW + timedelta(seconds=5)
    await made.look()
    last = await anext(events[0])
    assert (last.event, last.data) == ("end", '{"reason":"token-expired"}')
    with pytest.raises(StopAsyncIteration):
        await anext(events[0])
    ended.over.add(long.session_id)
    await made.look()
    assert [place.over.result() for place in places[1:]] == [EndReason.SIGNED_OUT] * 9
    for one in held:
        one.__exit__(None, None, None)
    for one_told in events:
        await one_told.aclose()
    await made.close()


async def test_a_look_that_fails_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "EVERY", 0.001)
    looked: list[int] = []

    class Away(Ended):
        async def among(self, *given: Any) -> frozenset[SessionId]:
            looked.append(1)
            if len(looked) < 3:
                raise Unavailable("the database is away")
            return frozenset(given[1])

    made, place = Streams(Away(), lambda: NOW), Place(_claims())
    with made.holding(place):
        assert await asyncio.wait_for(place.over, PATIENCE) is EndReason.SIGNED_OUT
    assert len(looked) == 3
    await made.close()


async def test_a_quiet_line_is_shown_to_be_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    assert server_sent.QUIET == 15
    monkeypatch.setattr(server_sent, "QUIET", 0.001)
    place = Place(_claims())
    events = told(place, STEP, forever())
    assert (await anext(events)).event == "step"
    assert (await anext(events)).encode() == b": \r\n\r\n"
    await events.aclose()


async def test_what_is_away_in_the_middle_ends_the_stream_with_a_word() -> None:
    async def breaking() -> AsyncGenerator[str, None]:
        yield "first"
        raise Unavailable("the database is away")

    events = told(Place(_claims()), STEP, breaking())
    sent = [(event.event, event.data) async for event in events]
    assert sent == [("step", '"first"'), ("end", '{"reason":"unavailable"}')]


async def test_who_does_not_read_is_left_and_the_place_is_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server_sent, "READ_WITHIN", 0.01)
    made = Streams(Ended(), lambda: NOW)
    stream = EventStream(made, _claims(), STEP, forever())
    response: Any = stream.to_asgi_response(None, None)
    sent: list[str] = []

    async def stuck(message: Any) -> None:
        sent.append(message["type"])
        if message["type"] == "http.response.body":
            assert len(made._places) == 1
            await asyncio.Event().wait()

    async def receive() -> NoReturn:
        await asyncio.Event().wait()
        raise AssertionError

    await asyncio.wait_for(response({}, receive, stuck), PATIENCE)
    assert sent == ["http.response.start", "http.response.body"]
    assert made._places == set()
    await made.close()
