"""The matcher beside its Python fallback, numpy and SciPy, on equal answers."""

import asyncio
import gc
import json
import os
import re
import shutil
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from uuid import UUID

import httpx
import msgspec
import numpy as np
from scipy.optimize import linear_sum_assignment

from bench import vectorised
from bench.figures import Goal, shown, times
from bench.machine import Cores
from bench.mentors import easy_learners, learners, mentors
from bench.sheet import Sheet
from bench.vectorised import Columns
from skillbridge.adapters.matcher.client import MatcherClient
from skillbridge.adapters.matcher.wire import AssignIn, need_out
from skillbridge.application.matching.ports import Snapshot
from skillbridge.domain.ids import TenantId
from skillbridge.domain.matching.candidate import Candidate
from skillbridge.domain.matching.need import Need
from skillbridge.domain.matching.score import rank

WORKSPACE = Path(__file__).parents[1] / "matcher-rs"
K = 20
ASKED = 200
SLOW = 3
"""How often the slow ways are timed; the quick ones `ASKED` times."""
COHORT, PLACES = 500, 100
"""Learners, and mentors: so few that every learner's list of 100 names all of them."""
POOL, DENSE = TenantId(UUID(int=1)), TenantId(UUID(int=2))
BUILD_SECONDS = 900
TEN_MILLISECONDS = 10.0
Tell = Callable[[str], None]


class NoCargo(Exception):
    """The matcher cannot be built."""


class Unequal(Exception):
    """Two ways gave different answers: their speeds cannot be compared."""


async def measure(cores: Cores, *, count: int, tell: Tell) -> tuple[list[Sheet], list[Goal]]:
    """Raises NoCargo or Unequal."""
    tell("building the matcher (quick when it is built)")
    binary = await _built()
    tell(f"making {count} mentors")
    pool = mentors(count)
    columns = Columns.of(pool)
    gc.collect()
    gc.freeze()
    async with _matcher(binary, cores) as url:
        client = MatcherClient(lambda: url, timeout=10.0)
        try:
            await client.replace(POOL, Snapshot(1, pool))
            ranking, goals = await _ranking(client, url, pool, columns, tell)
            tell(f"sharing {COHORT} learners among {PLACES} mentors")
            sharing = await _sharing(client, url, pool[:PLACES])
        finally:
            await client.aclose()
    return [ranking, sharing], goals


async def _built() -> Path:
    """The binary, brought up to date by cargo."""
    cargo = shutil.which("cargo", path=f"{os.environ['PATH']}:{Path.home()}/.cargo/bin")
    if cargo is None:
        raise NoCargo("cargo is not here, so there is no matcher to measure: https://rustup.rs")
    command = ("build", "--release", "--package", "matcher-server", "--message-format=json")
    process = await asyncio.create_subprocess_exec(
        cargo, *command, cwd=WORKSPACE, stdout=PIPE, stderr=DEVNULL
    )
    output, _ = await asyncio.wait_for(process.communicate(), BUILD_SECONDS)
    told = [json.loads(line) for line in output.splitlines()]
    found = [message["executable"] for message in told if message.get("executable")]
    if process.returncode or not found:
        raise NoCargo(
            "cargo could not build the matcher: run `cargo build --release` in matcher-rs"
        )
    return Path(found[-1])


@asynccontextmanager
async def _matcher(binary: Path, cores: Cores) -> AsyncIterator[str]:
    """The real server, on the server's core alone."""
    command = cores.pinned((str(binary), "--port", "0"))
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=DEVNULL)
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), 10)
        yield f"http://{json.loads(line)['listening']}"
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 15)


async def _ranking(
    client: MatcherClient, url: str, pool: Sequence[Candidate], columns: Columns, tell: Tell
) -> tuple[Sheet, list[Goal]]:
    needs = learners(ASKED)
    tell("comparing the answers")
    for need in needs[:SLOW]:
        await _same_ranking(client, need, pool, columns)
    tell("ranking")
    over_http = await _timed(lambda need: client.rank(POOL, need, K), needs)
    inside = await _own_clock(url, lambda need: client.rank(POOL, need, K), needs)
    in_numpy = _each(lambda need: vectorised.rank(columns, need, K), needs)
    in_python = _each(lambda need: rank(need, pool, K), needs[:SLOW])
    rows = [
        _row("matcher, asked over HTTP by our client", over_http, over_http),
        _row("matcher, by its own clock", inside, over_http),
        _row("numpy, whole columns", in_numpy, over_http),
        _row("Python fallback", in_python, over_http),
    ]
    note = (
        f"Median of {ASKED} learners ({SLOW} for the fallback), the {K} best with the parts of "
        "each score. The pool is resident everywhere; one core each; the answers were equal."
    )
    title = f"Ranking {len(pool):,} mentors for one learner".replace(",", " ")
    goals = [
        Goal(f"{title}: 10 ms ÷ we", 1.0, TEN_MILLISECONDS / over_http),
        Goal(f"{title}: Python fallback ÷ we", 50.0, in_python / over_http),
    ]
    return Sheet(title, ("way", "ms", "it ÷ we"), rows, (note,)), goals


async def _same_ranking(
    client: MatcherClient, need: Need, pool: Sequence[Candidate], columns: Columns
) -> None:
    said = (await client.rank(POOL, need, K)).suggestions
    matcher = [(one.total, one.id.int) for one in said]
    fallback = [(one.total, one.mentor_id.int) for one in rank(need, pool, K)]
    if not matcher == fallback == vectorised.rank(columns, need, K):
        raise Unequal(f"the rankings for learner {need.learner_id} differ")


async def _sharing(client: MatcherClient, url: str, pool: Sequence[Candidate]) -> Sheet:
    needs, columns = easy_learners(COHORT), Columns.of(pool)
    await client.replace(DENSE, Snapshot(1, pool))
    body = msgspec.json.encode(
        {"needs": [need_out(need) for need in needs], "mode": "optimal", "k": len(pool)}
    )
    async with httpx.AsyncClient(trust_env=False, timeout=60) as http:

        async def ask(_: Need) -> AssignIn:
            answer = await http.post(
                f"{url}/v1/tenants/{DENSE}/assign",
                content=body,
                headers={"content-type": "application/json"},
            )
            return msgspec.json.decode(answer.raise_for_status().content, type=AssignIn)

        answer = await ask(needs[0])
        best = _scipy(columns, needs)
        if not answer.optimal or answer.objective != best:
            raise Unequal(f"the matcher's sum is {answer.objective}, SciPy's {best}")
        matcher = await _timed(ask, needs[:SLOW])
    scipy = _each(lambda _: _scipy(columns, needs), needs[:SLOW])
    return Sheet(
        f"Sharing {COHORT} learners among {len(pool)} mentors, the highest sum of scores",
        ("way", "ms", "it ÷ we"),
        [
            _row("matcher, optimal with proof, over HTTP", matcher, matcher),
            _row("numpy scores + SciPy linear_sum_assignment", scipy, matcher),
        ],
        (f"Both reach {best}. Scoring every pair is in both figures. Median of {SLOW}.",),
    )


def _scipy(pool: Columns, needs: Sequence[Need]) -> int:
    """The highest sum: a column for each free place, zero for a pair that may not be."""
    places = [row for row, one in enumerate(pool.mentors) for _ in range(one.free)]
    worth = np.array([np.maximum(vectorised.scores(pool, need), 0)[places] for need in needs])
    chosen = linear_sum_assignment(worth, maximize=True)
    return int(worth[chosen].sum())


async def _own_clock(
    url: str, ask: Callable[[Need], Awaitable[object]], needs: Sequence[Need]
) -> float:
    """The mean of the server's own histogram over these questions, in milliseconds."""
    before = await _clock(url)
    for need in needs:
        await ask(need)
    after = await _clock(url)
    return 1000 * (after - before) / len(needs)


async def _clock(url: str) -> float:
    async with httpx.AsyncClient(trust_env=False) as http:
        page = (await http.get(f"{url}/metrics")).text
    found = re.search(r'matcher_request_seconds_sum\{route="[^"]*/rank"\} (\S+)', page)
    assert found is not None
    return float(found[1])


async def _timed(ask: Callable[[Need], Awaitable[object]], needs: Sequence[Need]) -> float:
    """Milliseconds, the median."""
    taken = []
    for need in needs:
        start = time.perf_counter()
        await ask(need)
        taken.append(time.perf_counter() - start)
    return 1000 * median(taken)


def _each(work: Callable[[Need], object], needs: Sequence[Need]) -> float:
    """Milliseconds, the median."""
    taken = []
    for need in needs:
        start = time.perf_counter()
        work(need)
        taken.append(time.perf_counter() - start)
    return 1000 * median(taken)


def _row(way: str, milliseconds: float, ours: float) -> tuple[str, str, str]:
    return (way, shown(milliseconds), times(milliseconds / ours))
