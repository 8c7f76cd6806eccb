"""Servers beside each other on one core: started together, asked in turn, told in one table."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median

from bench.contenders import OURS, Contender
from bench.figures import Load, ratio, shown, times
from bench.machine import Cores
from bench.server import Server, running
from bench.sheet import Sheet
from bench.world import World
from skillbridge.local.ports import free_port

Rounds = Mapping[str, Sequence[Load]]
"""The loads of each, in the order of the rounds."""


@asynccontextmanager
async def serving(contender: Contender, world: World, cores: Cores) -> AsyncIterator[Server]:
    port = free_port()
    command = cores.pinned(contender.on(port))
    url, ready = f"http://127.0.0.1:{port}", "/v1/roadmaps?limit=1"
    async with running(command, world.environment, url, ready, world.token()) as server:
        yield server


@asynccontextmanager
async def all_serving(
    contenders: Iterable[Contender], world: World, cores: Cores
) -> AsyncIterator[dict[str, Server]]:
    """All at once: those who are not asked sleep."""
    async with AsyncExitStack() as stack:
        yield {
            one.name: await stack.enter_async_context(serving(one, world, cores))
            for one in contenders
        }


def table(title: str, what: str, found: Rounds, notes: Sequence[str]) -> Sheet:
    """`what` is one of those that are counted: a request, a write."""
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
        "server", f"{what}s/s", "we ÷ it", f"CPU µs/{what}", "it ÷ we", "p99 ms", "core busy",
    )  # fmt: skip
    return Sheet(title, columns, rows, notes)
