"""What an open stream holds, beside the barest that FastAPI has.

Ours has a subscription, and a sign-in that is looked after.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from bench.contenders import FASTAPI, OURS
from bench.figures import Goal, shown, times
from bench.machine import Cores
from bench.server import Server
from bench.sheet import Sheet, Tell
from bench.side_by_side import serving
from bench.world import World, filled_world
from skillbridge.domain.ids import UserId

WARM, COUNTS = 20, (500, 1500)
OF_ONE = 10
"""One person follows so many things at most."""
AT_A_TIME = 20
SETTLE = 1.0
"""Seconds until what opening took is given back."""
LEAST = 30.0
DRAFT = """
    with learner as (
        select distinct learner_id from roadmaps where learner_id <> $1 order by 1 limit $2
    )
    update roadmaps set status = 'drafting', percent = 0, modules = '[]'
    from learner where roadmaps.learner_id = learner.learner_id
    returning roadmaps.id, roadmaps.learner_id
"""


class Unheard(Exception):
    """A stream was not opened, or said nothing."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a server's processes take with so many streams open."""

    before: int
    with_streams: Sequence[int]

    def each(self, place: int) -> float:
        """Kilobytes a stream, of those beyond the first that warmed up."""
        return (self.with_streams[place] - self.before) / COUNTS[place] / 1000


async def measure(cores: Cores, *, tell: Tell) -> tuple[list[Sheet], list[Goal]]:
    """Raises DidNotStart or Unheard."""
    found: dict[str, Held] = {}
    tell("starting a database and filling it")
    async with filled_world() as world:
        paths = await _drafting(world)
        for contender in (OURS, FASTAPI):
            tell(f"streams of {contender.name}")
            async with serving(contender, world, cores) as server:
                found[contender.name] = await _held(server, paths)
    ours = found[OURS.name].each(-1)
    goal = Goal(f"streams: kB each at {COUNTS[-1]}, ours", LEAST, ours, at_most=True)
    return [_sheet(found)], [goal]


async def _drafting(world: World) -> list[tuple[str, str]]:
    """Paths of streams that go on, each with the token of whose it is."""
    admin = await asyncpg.connect(world.admin_url)
    try:
        await admin.execute("set session_replication_role = replica")
        people = -(-(WARM + COUNTS[-1]) // OF_ONE)
        rows = await admin.fetch(DRAFT, world.user.id, people)
    finally:
        await admin.close()
    tokens: dict[UUID, str] = {}
    for row in rows:
        whose = row["learner_id"]
        tokens[whose] = tokens.get(whose) or world.token(UserId(whose))
    return [
        (f"/v1/roadmaps/{row['id']}/generation/events", tokens[row["learner_id"]]) for row in rows
    ]


async def _held(server: Server, paths: Sequence[tuple[str, str]]) -> Held:
    async with AsyncExitStack() as stack:
        await _open(server, paths[:WARM], stack)
        await asyncio.sleep(SETTLE)
        before, with_streams, opened = server.memory(), [], 0
        for count in COUNTS:
            await _open(server, paths[WARM + opened : WARM + count], stack)
            opened = count
            await asyncio.sleep(SETTLE)
            with_streams.append(server.memory())
        return Held(before, with_streams)


async def _open(server: Server, paths: Sequence[tuple[str, str]], stack: AsyncExitStack) -> None:
    for first in range(0, len(paths), AT_A_TIME):
        some = paths[first : first + AT_A_TIME]
        for writer in await asyncio.gather(*(_follow(server, *one) for one in some)):
            stack.callback(writer.close)


async def _follow(server: Server, path: str, token: str) -> asyncio.StreamWriter:
    """Returns when the first event has come; raises Unheard."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    ask = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n"
    writer.write(ask.encode())
    try:
        await asyncio.wait_for(reader.readuntil(b"data: "), 30)
    except (TimeoutError, asyncio.IncompleteReadError) as error:
        raise Unheard(f"{server.url}{path} said nothing") from error
    return writer


def _sheet(found: dict[str, Held]) -> Sheet:
    ours = found[OURS.name]
    rows = [
        (
            name,
            shown(held.before / 1e6),
            *(shown(held.each(place)) for place in range(len(COUNTS))),
            times(held.each(-1) / ours.each(-1)),
        )
        for name, held in found.items()
    ]
    columns = ("server", "MB before", *(f"kB each at {count}" for count in COUNTS), "it ÷ we")
    how = (
        f"Resident memory of the server's processes beyond what {WARM} streams took, each open over a "
        "connection of its own and told where it stands."
    )
    what = (
        "Ours hears messages and ends with its sign-in; FastAPI's, on uvicorn, is a generator that "
        "sleeps."
    )
    return Sheet("Open streams", columns, rows, (how, what))
