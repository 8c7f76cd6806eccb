"""Our two reads beside the same two of others, taking turns on one core."""

from collections.abc import Mapping, Sequence
from statistics import median

import httpx

from bench import same, wrk
from bench.contenders import EVERYONE, OURS, PEERS, POOL
from bench.figures import Goal, Load, ratio
from bench.machine import Cores
from bench.server import Server
from bench.sheet import Sheet, Tell
from bench.side_by_side import Rounds, all_serving, table
from bench.world import LEARNERS, MODULES, ROADMAPS, World, filled_world

WARM_SECONDS = 1
BUSY = 0.85
"""The share of the server's core from which requests a second mean something."""


async def measure(
    cores: Cores, *, rounds: int, seconds: int, tell: Tell
) -> tuple[list[Sheet], list[Goal]]:
    """One sheet an endpoint; raises Differs, DidNotStart, Failing or NoWrk."""
    wrk.require_wrk()
    tell("starting a database and filling it")
    async with filled_world() as world, all_serving(EVERYONE, world, cores) as servers:
        sheets: list[Sheet] = []
        goals: list[Goal] = []
        for title, path in _endpoints(world).items():
            size = await _compare(servers, path, world)
            found = await _rounds(servers, path, world, rounds, seconds, tell)
            head, notes = f"{title}, {size / 1000:.1f} kB", _notes(found, world)
            sheets.append(table(head, "request", found, notes))
            goals += _goals(title, found)
        return sheets, goals


def _endpoints(world: World) -> dict[str, str]:
    return {
        "GET /v1/roadmaps/{id}": f"/v1/roadmaps/{world.roadmap_id}",
        "GET /v1/roadmaps?limit=20": "/v1/roadmaps?limit=20",
    }


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
        "Every server verifies the same Ed25519 token, and remembers until it ends that it did, as in "
        "production."
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
