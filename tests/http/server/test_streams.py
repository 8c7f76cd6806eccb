"""Streams of server-sent events: how many, for how long, and how each one ends."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import structlog
from structlog.testing import capture_logs
from tests.application.accounts.people import Visitor
from tests.support.given.world import World
from tests.support.http.asking import Asking, bearer, open_asking, problem, refused, to_json
from tests.support.timing.patience import PATIENCE

from skillbridge.application import progress_channel
from skillbridge.application.accounts.sessions import LogOut
from skillbridge.application.ports.access_tokens import Claims
from skillbridge.application.roadmaps.tracker import DraftTracker
from skillbridge.domain.actor import NOBODY, Role
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.ids import RoadmapId, SessionId, TenantId, UserId
from skillbridge.entrypoints.http.roadmaps import GENERATION
from skillbridge.entrypoints.http.server import server_sent, streams
from skillbridge.entrypoints.http.server.event_types import EventType
from skillbridge.entrypoints.http.server.server_sent import STREAM, EventStream
from skillbridge.entrypoints.http.server.streams import (
    EndReason,
    Place,
    Streams,
    StreamsFull,
    TooManyStreams,
)
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("E1", "C7")

WISH = {"goal": "Write small tools for my job", "domain": "python"}
NOW = datetime(2026, 1, 1, tzinfo=UTC)

STEP = EventType("step", dict)


class Follower:
    """A stream that runs, and somebody who listens to it."""

    def __init__(
        self,
        made: Streams,
        kind: EventType[Any],
        steps: AsyncGenerator[Any, None],
        claims: Claims | None = None,
        *,
        reads: bool = True,
    ) -> None:
        self.sent: list[bytes] = []
        self._reads, self._left = reads, asyncio.Event()
        self._events: asyncio.Queue[bytes] = asyncio.Queue()
        self._running = asyncio.create_task(
            self._run(EventStream(made, claims or _claims(), kind, steps))
        )

    async def hears(self) -> tuple[str, Any]:
        """The next event and its data."""
        text = (await asyncio.wait_for(self._events.get(), PATIENCE)).decode()
        lines = dict(line.split(": ", 1) for line in text.split("\r\n") if line)
        return lines["event"], json.loads(lines["data"])

    async def leaves(self) -> None:
        self._left.set()
        await self.is_over()

    async def is_over(self) -> None:
        await asyncio.wait_for(self._running, PATIENCE)

    async def _run(self, stream: EventStream) -> None:
        scope: Any = {}
        await stream.to_asgi_response()(scope, self._receive, self._send)
        await scope[STREAM].run(scope, self._receive, self._send)
        assert scope == {}, "nothing of the request is kept"

    async def _receive(self) -> Any:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.body":
            self.sent += [message["body"]] if message["body"] else []
            self._events.put_nowait(message["body"])
            if not self._reads:
                await asyncio.Event().wait()


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
    await ask.world.do(LogOut, ask.world.pre_authentication(), signed_in.refresh_token)
    await following.streams.look()
    answer = await asyncio.wait_for(following.open[0], PATIENCE)
    assert last_event(answer) == ("end", {"reason": "signed-out"})
    assert following.streams._places == set()


async def test_a_log_out_is_noticed_by_itself(ask: Asking, following: Following) -> None:
    amina = Visitor(ask.world)
    signed_in = await amina.arrive()
    await following.begin({"Authorization": f"Bearer {signed_in.access_token}"})
    await ask.world.do(LogOut, ask.world.pre_authentication(), signed_in.refresh_token)
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


async def test_a_full_process_says_when_to_come_back(ask: Asking, following: Following) -> None:
    following.streams.limit = 3
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
    monkeypatch.setattr(progress_channel, "PATIENCE", PATIENCE)
    path = await following.path(ask.headers)
    generation = await _generation(ask.world)
    roadmap_id = _id_in(path)
    made = following.streams
    followers = []
    for _ in range(50):  # twenty at a time: not more than there are connections
        some = [
            Follower(made, GENERATION, generation.follow(ask.actor, roadmap_id), of_long)
            for of_long in (_claims(lives=timedelta(days=36_500)) for _ in range(20))
        ]
        followers += some
        assert {event for one in some for event, _ in [await one.hears()]} == {"generation"}
    await ask.world.settle()
    heard = [await one.hears() for one in followers]
    assert {told["percent"] for _, told in heard} == {20}
    for one in followers:
        await one.leaves()
    assert made._places == set()
    assert made._of_one == {}


async def _generation(world: World) -> DraftTracker:
    async with world.api() as scope:
        return await scope.get(DraftTracker)


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
    first, *others = [
        Follower(made, STEP, forever(), claims) for claims in (short, *(long for _ in range(9)))
    ]
    for one in (first, *others):
        assert await one.hears() == ("step", "first")
    await made.look()
    assert (ended.asked, len(made._places)) == (1, 10)
    now = NOW + timedelta(seconds=5)
    await made.look()
    assert await first.hears() == ("end", {"reason": "token-expired"})
    await first.is_over()
    ended.over.add(long.session_id)
    await made.look()
    for one in others:
        assert await one.hears() == ("end", {"reason": "signed-out"})
        await one.is_over()
    assert made._places == set()
    await made.close()


async def test_a_process_that_ends_says_so_to_each_and_opens_no_more() -> None:
    made = Streams(Ended(), lambda: NOW)
    open_ones = [Follower(made, STEP, forever()) for _ in range(3)]
    for one in open_ones:
        await one.hears()
    made.end_all()
    for one in open_ones:
        assert await one.hears() == ("end", {"reason": "restarting"})
        await one.is_over()
    with pytest.raises(StreamsFull, match="about to end"):
        made.take(Place(_claims()))
    await made.close()


async def test_each_program_of_a_tenant_has_streams_of_its_own_and_all_together_have_a_bound() -> (
    None
):
    made, tenant = Streams(Ended(), lambda: NOW), TenantId(uuid4())

    def place(token: SessionId) -> Place:
        return Place(replace(_claims(), user_id=NOBODY, tenant_id=tenant, session_id=token))

    tokens = [SessionId(uuid4()) for _ in range(6)]
    places = [place(token) for token in tokens[:5] for _ in range(streams.OF_ONE)]
    for one in places:
        made.take(one)
    with pytest.raises(TooManyStreams, match="10 things"):
        made.take(place(tokens[0]))
    with pytest.raises(TooManyStreams, match="50 things"):
        made.take(place(tokens[5]))
    made.take(Place(replace(_claims(), tenant_id=tenant)))
    made.leave(places[0])
    made.take(place(tokens[5]))
    await made.close()


async def test_that_there_is_no_room_is_told_once_and_that_there_is_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams, "log", structlog.get_logger())
    made = Streams(Ended(), lambda: NOW, limit=10)
    places = [Place(_claims()) for _ in range(10)]
    with capture_logs() as logs:
        for place in places:
            made.take(place)
        for _ in range(50):
            with pytest.raises(StreamsFull):
                made.take(Place(_claims()))
            made.leave(places[0])
            made.take(places[0])
        for place in places[:3]:
            made.leave(place)
        made.take(Place(_claims()))
    assert [(line["event"], line.get("refused")) for line in logs] == [
        ("streams.full", None),
        ("streams.room", 50),
    ]
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

    monkeypatch.setattr(streams, "log", structlog.get_logger())
    made, place = Streams(Away(), lambda: NOW), Place(_claims())
    with capture_logs() as logs:
        made.take(place)
        async with asyncio.timeout(PATIENCE):
            await until(lambda: made._unseen.tries == 0 and len(looked) > 2, every=0.001)
    assert place.over is EndReason.SIGNED_OUT
    assert [(line["event"], line.get("tries")) for line in logs] == [
        ("streams.unseen", None),
        ("streams.seen", 2),
    ], "a line for each change of state, none for each look"
    made.leave(place)
    await made.close()


async def test_a_quiet_line_is_shown_to_be_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    assert server_sent.QUIET == 15
    made, moments = Streams(Ended(), lambda: NOW), iter((0, 14.9, 15, 15, 29, 30.1, 30.1, 99))
    monkeypatch.setattr(server_sent, "time", SimpleNamespace(monotonic=lambda: next(moments)))

    async def quiet() -> AsyncGenerator[str | None, None]:
        yield "first"
        for _ in range(4):
            yield None

    one = Follower(made, STEP, quiet())
    await one.is_over()
    assert [line for line in one.sent if line.startswith(b":")] == [b": \r\n\r\n"] * 2
    assert one.sent[0].startswith(b"id: 1\r\nevent: step"), "14.9 and 14 seconds are not quiet yet"
    await made.close()


async def test_what_is_away_in_the_middle_ends_the_stream_with_a_word() -> None:
    async def breaking() -> AsyncGenerator[str, None]:
        yield "first"
        raise Unavailable("the database is away")

    made = Streams(Ended(), lambda: NOW)
    one = Follower(made, STEP, breaking())
    assert [await one.hears() for _ in range(2)] == [
        ("step", "first"),
        ("end", {"reason": "unavailable"}),
    ]
    await one.is_over()
    await made.close()


async def test_a_fault_of_ours_is_none_of_the_place() -> None:
    async def slow() -> AsyncGenerator[str, None]:
        yield "first"
        raise TimeoutError

    made = Streams(Ended(), lambda: NOW)
    one = Follower(made, STEP, slow())
    with pytest.raises(TimeoutError):
        await one.is_over()
    assert made._places == set()
    await made.close()


async def test_whoever_leaves_is_told_nothing_and_makes_room() -> None:
    closed: list[str] = []

    async def steps() -> AsyncGenerator[str, None]:
        try:
            yield "first"
            await asyncio.Event().wait()
        finally:
            closed.append("the steps")

    made = Streams(Ended(), lambda: NOW)
    one = Follower(made, STEP, steps())
    await one.hears()
    await one.leaves()
    assert len(one.sent) == 1
    assert (made._places, closed) == (set(), ["the steps"])
    await made.close()


async def test_who_does_not_read_is_left_and_the_place_is_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server_sent, "READ_WITHIN", 0.01)
    made = Streams(Ended(), lambda: NOW)
    one = Follower(made, STEP, forever(), reads=False)
    await one.is_over()
    assert len(one.sent) == 1
    assert made._places == set()
    await made.close()


@pytest.mark.parametrize("number", ["", "1", "2", "finished "])
async def test_another_last_event_is_no_end(ask: Asking, following: Following, number: str) -> None:
    path = await following.path(ask.headers)
    await ask.world.settle()
    answer = await ask("GET", path, Last_Event_ID=number)
    assert answer.status_code == 200
    assert last_event(answer) == ("end", {"reason": "finished"})


async def test_whoever_was_told_the_end_and_comes_back_is_told_to_stay_away(
    ask: Asking, following: Following
) -> None:
    """As `EventSource` comes back by itself, until it is answered 204."""
    path = await following.path(ask.headers)
    await following.begin({**ask.headers, "Last-Event-ID": "finished"}, path)
    assert not following.open[0].done(), "something goes on again: it is followed"
    await ask.world.settle()
    answer = await asyncio.wait_for(following.open[0], PATIENCE)
    last = [line for line in answer.text.splitlines() if line.startswith("id: ")][-1]
    back = await ask("GET", path, Last_Event_ID=last.removeprefix("id: "))
    assert (back.status_code, back.content) == (204, b"")
    assert following.streams._places == set()
