"""Our two reads beside the same two of others, taking turns on one core."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median

import httpx

from bench import same, wrk
from bench.contenders import EVERYONE, OURS, PEERS, POOL, Contender
from bench.figures import Goal, Load, ratio, shown, times
from bench.machine import Cores
from bench.server import Server, running
from bench.sheet import Sheet
from bench.world import LEARNERS, MODULES, ROADMAPS, World, filled_world
from skillbridge.entrypoints.local.ports import free_port

WARM_SECONDS = 1
BUSY = 0.85
"""The share of the server's core from which requests a second mean something."""
Tell = Callable[[str], None]
Rounds = Mapping[str, Sequence[Load]]


async def measure(
    cores: Cores, *, rounds: int, seconds: int, tell: Tell
) -> tuple[list[Sheet], list[Goal]]:
    """One sheet an endpoint; raises Differs, DidNotStart, Failing or NoWrk."""
    wrk.require_wrk()
    tell("starting a database and filling it")
    async with filled_world() as world, _everyone(world, cores) as servers:
        sheets: list[Sheet] = []
        goals: list[Goal] = []
        for title, path in _endpoints(world).items():
            size = await _compare(servers, path, world)
            found = await _rounds(servers, path, world, rounds, seconds, tell)
            sheets.append(_sheet(f"{title}, {size / 1000:.1f} kB", found, world))
            goals += _goals(title, found)
        return sheets, goals


def _endpoints(world: World) -> dict[str, str]:
    return {
        "GET /v1/roadmaps/{id}": f"/v1/roadmaps/{world.roadmap_id}",
        "GET /v1/roadmaps?limit=20": "/v1/roadmaps?limit=20",
    }


@asynccontextmanager
async def _everyone(world: World, cores: Cores) -> AsyncIterator[dict[str, Server]]:
    """All at once: those who are not asked sleep."""
    async with AsyncExitStack() as stack:
        servers = {}
        for contender in EVERYONE:
            servers[contender.name] = await stack.enter_async_context(
                serving(contender, world, cores)
            )
        yield servers


@asynccontextmanager
async def serving(contender: Contender, world: World, cores: Cores) -> AsyncIterator[Server]:
    port = free_port()
    command = cores.pinned(contender.on(port))
    url, ready = f"http://127.0.0.1:{port}", "/v1/roadmaps?limit=1"
    async with running(command, world.environment, url, ready, world.token()) as server:
        yield server


async def _compare(servers: Mapping[str, Server], path: str, world: World) -> int:
    """Raises Differs unless everyone answers the same; returns the size of our answer."""
    headers = {"Authorization": f"Bearer {world.token()}"}
    async with httpx.AsyncClient(headers=headers, trust_env=False) as client:
        bodies = {
            name: (await client.get(server.url + path)).raise_for_status()
            for name, server in servers.items()
        }
    for peer in PEERS:
        same.check(bodies[OURS.name].json(), bodies[peer.name].json(), peer.name)
    return len(bodies[OURS.name].content)


async def _rounds(
    servers: Mapping[str, Server], path: str, world: World, rounds: int, seconds: int, tell: Tell
) -> Rounds:
    found: dict[str, list[Load]] = {name: [] for name in servers}
    for server in servers.values():
        await wrk.ask(server.url + path, world.token(), seconds=WARM_SECONDS)
    for number in range(rounds):
        tell(f"{path.partition('?')[0][:20]}…, round {number + 1} of {rounds}")
        for name, server in servers.items():
            found[name].append(await _load(server, path, world, seconds))
    return found


async def _load(server: Server, path: str, world: World, seconds: int) -> Load:
    before = server.cpu_seconds()
    answered = await wrk.ask(server.url + path, world.token(), seconds=seconds)
    used = server.cpu_seconds() - before
    return Load(answered.requests, answered.seconds, answered.p99_ms, used)


def _sheet(title: str, found: Rounds, world: World) -> Sheet:
    rates = {name: [load.rate for load in loads] for name, loads in found.items()}
    costs = {name: [load.cpu_us for load in loads] for name, loads in found.items()}
    rows = [
        (
            name,
            shown(median(rates[name])),
            times(ratio(rates[OURS.name], rates[name])),
            shown(median(costs[name])),
            times(ratio(costs[name], costs[OURS.name])),
            shown(median(load.p99_ms for load in loads)),
            f"{median(load.busy for load in loads):.0%}",
        )
        for name, loads in found.items()
    ]
    columns = (
        "server", "requests/s", "we ÷ it", "CPU µs/request", "it ÷ we", "p99 ms", "core busy",
    )  # fmt: skip
    return Sheet(title, columns, rows, _notes(found, world))


def _notes(found: Rounds, world: World) -> tuple[str, ...]:
    rounds = len(found[OURS.name])
    how = (
        f"Medians of {rounds} interleaved rounds; ratios are made within a round. One server core, "
        f"wrk -t1 -c{wrk.CONNECTIONS} and PostgreSQL {world.postgres_version} on the others; one "
        f"process and at most {POOL} connections each; logs off."
    )
    what = (
        f"{LEARNERS} learners with {ROADMAPS} roadmaps of {MODULES} modules; every answer was "
        "compared with ours first. We and the floor obey row level security; the others filter by "
        "learner on a login that sees everything."
    )
    who = (
        "Every server verifies the same HS256 token on each request, we once for each token: "
        "what was verified is remembered until it ends, as in production."
    )
    return (how, what, who, *_warning(found[OURS.name]))


def _warning(loads: Sequence[Load]) -> tuple[str, ...]:
    """A core that waits says nothing about how many requests it could answer."""
    busy = median(load.busy for load in loads)
    if busy >= BUSY:
        return ()
    note = (
        f"Our core was busy for {busy:.0%} only: something else held the servers back, so compare "
        "the CPU columns and measure again on a quiet machine."
    )
    return (note,)


def _goals(title: str, found: Rounds) -> list[Goal]:
    ours = [load.rate for load in found[OURS.name]]
    return [
        Goal(
            f"{title}: requests/s, we ÷ {peer.name}",
            peer.least,
            ratio(ours, [load.rate for load in found[peer.name]]),
        )
        for peer in PEERS
    ]
