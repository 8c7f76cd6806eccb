"""`python -m bench`, behind `make bench`: measures, prints, and writes docs/generated/bench.md."""

import asyncio
import signal
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench import audit, growth, jobs, log_ins, matcher, overload, reads, streams, writes
from bench.assignment import Unequal
from bench.contenders import EVERYONE
from bench.figures import Goal, shown
from bench.machine import Cores, TooSmall, description
from bench.program import Silent
from bench.same import Differs
from bench.server import DidNotStart
from bench.sheet import Sheet
from bench.wrk import Failing, NoWrk, lacking

PAGE = Path(__file__).parents[1] / "docs" / "generated" / "bench.md"
MATCHER_PEERS = ("duckdb", "numpy", "ortools", "scipy", "lapx", "matching")
JOB_PEERS = ("celery", "procrastinate")
PACKAGES = (*(name for one in EVERYONE for name in one.packages), *JOB_PEERS, *MATCHER_PEERS)
REFUSALS = (
    TooSmall,
    Differs,
    DidNotStart,
    Failing,
    NoWrk,
    writes.Lost,
    jobs.Undone,
    matcher.NoCargo,
    Unequal,
    Silent,
    streams.Unheard,
    log_ins.Unanswered,
)


class Part(StrEnum):
    READS = "reads"
    WRITES = "writes"
    GROWTH = "growth"
    JOBS = "jobs"
    STREAMS = "streams"
    OVERLOAD = "overload"
    LOG_INS = "log-ins"
    AUDIT = "audit"
    MATCHER = "matcher"


LOADED = {Part.READS, Part.WRITES, Part.OVERLOAD}
WRITING = 2
"""Seconds at most: there are so many modules to complete and no more."""


def bench(
    only: Annotated[
        list[Part] | None, typer.Option(help="Just this; the page is then left as it is.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, max=50, help="Interleaved rounds.")] = 5,
    seconds: Annotated[int, typer.Option(min=1, max=60, help="Of load, each.")] = 3,
) -> None:
    """How fast we are, beside others on the same rows."""
    console = Console(width=120)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stops the servers on its way out
    try:
        cores = Cores.here()
        head = description(PACKAGES)
        cores.step_aside()
        parts = set(only or Part)
        if len(parts) > 1 and parts & LOADED and (lack := lacking()):
            console.print(f"[yellow]what wants load is left out, no page is written:[/] {lack}")
            parts -= LOADED
        sheets, goals = asyncio.run(_measure(parts, cores, console, rounds, seconds))
    except REFUSALS as refusal:
        console.print(f"[red]{refusal}[/]", highlight=False)
        raise typer.Exit(1) from refusal
    console.print(head, highlight=False)
    for sheet in [*sheets, _summary(goals)]:
        console.print(sheet.for_terminal())
    if parts == set(Part):  # half a page would look like a whole one
        _write(head, [_summary(goals), *sheets])
        console.print(f"written to docs/generated/{PAGE.name}")


async def _measure(
    parts: set[Part], cores: Cores, console: Console, rounds: int, seconds: int
) -> tuple[list[Sheet], list[Goal]]:
    sheets: list[Sheet] = []
    goals: list[Goal] = []
    with console.status("…") as status:
        if Part.READS in parts:
            found = await reads.measure(cores, rounds=rounds, seconds=seconds, tell=status.update)
            sheets += found[0]
            goals += found[1]
        if Part.WRITES in parts:
            found = await writes.measure(
                cores, rounds=rounds, seconds=min(seconds, WRITING), tell=status.update
            )
            sheets += found[0]
            goals += found[1]
        if Part.JOBS in parts:
            found = await jobs.measure(cores, rounds=rounds, tell=status.update)
            sheets += found[0]
            goals += found[1]
        if Part.STREAMS in parts:
            found = await streams.measure(cores, tell=status.update)
            sheets += found[0]
            goals += found[1]
        if Part.OVERLOAD in parts:
            found = await overload.measure(cores, tell=status.update)
            sheets += found[0]
            goals += found[1]
        if Part.LOG_INS in parts:
            found = await log_ins.measure(cores, rounds=rounds, tell=status.update)
            sheets += found[0]
            goals += found[1]
        if Part.AUDIT in parts:
            found = await audit.measure(rounds=rounds, tell=status.update)
            sheets += found[0]
            goals += found[1]
        if Part.GROWTH in parts:
            found = await growth.measure(rounds=rounds, tell=status.update)
            sheets += found[0]
            goals += found[1]
        if Part.MATCHER in parts:
            found = await matcher.measure(cores, tell=status.update)
            sheets += found[0]
            goals += found[1]
    return sheets, goals


def _summary(goals: Sequence[Goal]) -> Sheet:
    rows = [
        (goal.what, goal.limit, shown(goal.measured), "yes" if goal.met else "no") for goal in goals
    ]
    return Sheet("What we want", ("what", "wanted", "measured", "reached"), rows)


def _write(head: str, sheets: Sequence[Sheet]) -> None:
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    body = "\n".join(sheet.for_page() for sheet in sheets)
    PAGE.write_text(f"# Bench\n\nWritten by `make bench`. {head}\n\n{body}", encoding="utf-8")


if __name__ == "__main__":
    typer.run(bench)
