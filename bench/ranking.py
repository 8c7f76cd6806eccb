"""Ranking a million mentors for one learner: our kernels, numpy, DuckDB; and ours over HTTP."""

import asyncio
import gc
import json
import re
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import httpx
import msgspec

from bench.assignment import HELD_OUT, ROUNDS, Unequal
from bench.figures import Goal, ratio, shown, times
from bench.machine import Cores
from bench.program import Program, program
from bench.sheet import Sheet
from skillbridge.adapters.matcher.client import MatcherClient
from skillbridge.domain.ids import SkillId, TenantId, UserId
from skillbridge.domain.ranking.candidate import Candidate
from skillbridge.domain.ranking.need import Need, Wanted
from skillbridge.domain.ranking.score import rank

MENTORS = 1_000_000
LEARNERS = 400
K = 20
TURN = 20
"""Learners in a peer's turn."""
FALLBACK_MENTORS, FALLBACK_LEARNERS = 100_000, 3
MESSAGE = 20_000
"""Mentors in a message to the server."""
POOL = TenantId(UUID(int=1))
PEERS = {
    "duckdb": "DuckDB, every core",
    "columns": "numpy, whole columns",
    "filtered": "numpy, hard rules first",
}
WANTED = {"duckdb": 80, "columns": 100}
Tell = Callable[[str], None]


async def measure(
    binary: Path, server: Path, cores: Cores, *, tell: Tell
) -> tuple[list[Sheet], list[Goal]]:
    """Raises Unequal or Silent."""
    with TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        async with program([str(binary)], cores.all) as us:
            tell(f"making {MENTORS:,} mentors")
            await us.ask(
                do="pool", seed=HELD_OUT, mentors=MENTORS, learners=LEARNERS, folder=str(folder)
            )
            kernels, goals = await _beside_others(us, cores, folder, tell)
        over_http, more = await _over_http(server, cores, folder, tell)
    return [kernels, over_http], [*goals, *more]


async def _beside_others(
    us: Program, cores: Cores, folder: Path, tell: Tell
) -> tuple[Sheet, list[Goal]]:
    ours: list[float] = []
    theirs: dict[str, list[float]] = {name: [] for name in PEERS}
    async with AsyncExitStack() as stack:
        peers = {}
        for name in PEERS:
            tell(f"giving the columns to {name}")
            command = [sys.executable, "-m", "bench.peers.queries", name, str(folder)]
            peers[name] = await stack.enter_async_context(program(command, cores.all))
            await peers[name].ask(start=0, count=1, k=K)
        for number in range(ROUNDS):
            tell(f"ranking: round {number + 1} of {ROUNDS}")
            start = number * TURN
            answer = await us.ask(do="rank", start=start, count=TURN, k=K)
            ours.append(1000 * median(answer["seconds"]))
            for name, peer in peers.items():
                theirs[name].append(await _turn(peer, start, answer["answers"], name))
    rows, goals = await _kernels(us, tell)
    best = median(ours)
    rows += [
        (PEERS[name], shown(median(found)), "", times(median(found) / best))
        for name, found in theirs.items()
    ]
    title = "Ranking 1 000 000 mentors for one learner"
    goals += [
        Goal(f"{title}: {PEERS[name]} ÷ we", WANTED[name], ratio(theirs[name], ours))
        for name in WANTED
    ]
    notes = (
        (
            f"The {K} best, exactly; answers equal. Ours: {LEARNERS} learners one after another. Others: "
            f"{ROUNDS} rounds of {TURN} learners in turn with us; ratios are made within a round."
        ),
        "The same columns in memory everywhere; each way may use every core, numpy uses one.",
    )
    return Sheet(title, ("way", "p50 ms", "p99 ms", "it ÷ we"), rows, notes), goals


async def _turn(peer: Program, start: int, expected: object, name: str) -> float:
    """Milliseconds, the median; raises Unequal."""
    answer = await peer.ask(start=start, count=TURN, k=K)
    if answer["answers"] != expected:
        raise Unequal(f"the rankings of {name} and ours differ")
    return 1000 * float(median(answer["seconds"]))


async def _kernels(us: Program, tell: Tell) -> tuple[list[tuple[str, ...]], list[Goal]]:
    """Each kernel this processor has, the best first."""
    rows: list[tuple[str, ...]] = []
    goals: list[Goal] = []
    first: dict[str, Any] = {}
    for kernel in (await us.ask(do="kernels"))["kernels"]:
        tell(f"ranking by the kernel {kernel}")
        answer = await us.ask(do="rank", start=0, count=LEARNERS, k=K, kernel=kernel)
        middle, tail = _p50_p99(answer["seconds"])
        if not goals:
            first = answer
            what = f"Ranking 1 000 000 mentors for one learner, kernel {kernel}"
            goals = [
                Goal(f"{what}: p50 ms", 0.5, middle, at_most=True),
                Goal(f"{what}: p99 ms", 1.0, tail, at_most=True),
            ]
        if answer["answers"] != first["answers"]:
            raise Unequal(f"the kernel {kernel} ranks otherwise")
        rows.append(
            (
                f"we, kernel {kernel}",
                shown(middle),
                shown(tail),
                times(middle / _p50_p99(first["seconds"])[0]),
            )
        )
    return rows, goals


async def _over_http(
    server: Path, cores: Cores, folder: Path, tell: Tell
) -> tuple[Sheet, list[Goal]]:
    needs, messages = _written(folder)
    few = FALLBACK_MENTORS // MESSAGE
    async with _matcher(server, cores) as url:
        client = MatcherClient(lambda: url, timeout=10.0)
        try:
            tell("giving the matcher its pool")
            await _give(url, messages[:few])
            fallback, fewer = await _fallback(client, messages[:few], needs)
            await _give(url, messages[few:])
            tell("ranking over HTTP")
            for need in needs[:TURN]:
                await _asked(client, need)
            before = await _clock(url)
            seconds = [await _asked(client, need) for need in needs]
            inside = 1000 * (await _clock(url) - before) / len(needs)
        finally:
            await client.aclose()
    middle, tail = _p50_p99(seconds)
    rows = [
        ("1 000 000 mentors, asked by our client", shown(middle), shown(tail)),
        ("the same by the server's own clock, mean", shown(inside), ""),
        ("100 000 mentors, asked by our client", shown(fewer), ""),
        ("100 000 mentors, Python fallback", shown(fallback), ""),
    ]
    notes = (
        (
            f"{LEARNERS} learners one after another, the {K} best with the parts of each score; "
            f"{FALLBACK_LEARNERS} for the fallback, whose answers were equal. The pool is resident."
        ),
    )
    goals = [
        Goal("Ranking 1 000 000 mentors over HTTP: p99 ms", 5.0, tail, at_most=True),
        Goal("Ranking 100 000 mentors: Python fallback ÷ we over HTTP", 50.0, fallback / fewer),
    ]
    return Sheet("Ranking over HTTP", ("way", "p50 ms", "p99 ms"), rows, notes), goals


async def _fallback(
    client: MatcherClient, messages: Sequence[Path], needs: Sequence[Need]
) -> tuple[float, float]:
    """Milliseconds in Python and over HTTP; raises Unequal."""
    pool = [mentor for message in messages for mentor in _mentors(message)]
    gc.collect()
    gc.freeze()
    taken = []
    for need in needs[:FALLBACK_LEARNERS]:
        start = time.perf_counter()
        found = rank(need, pool, K)
        taken.append(time.perf_counter() - start)
        said = (await client.rank(POOL, need, K)).suggestions
        if [(one.total, one.id) for one in said] != [(one.total, one.mentor_id) for one in found]:
            raise Unequal(f"the rankings for learner {need.learner_id} differ")
    asked = [await _asked(client, need) for need in needs[:TURN]]
    return 1000 * median(taken), 1000 * median(asked)


async def _asked(client: MatcherClient, need: Need) -> float:
    start = time.perf_counter()
    await client.rank(POOL, need, K)
    return time.perf_counter() - start


def _p50_p99(seconds: Sequence[float]) -> tuple[float, float]:
    """In milliseconds."""
    return 1000 * median(seconds), 1000 * quantiles(seconds, n=100)[98]


async def _give(url: str, messages: Sequence[Path]) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=60) as http:
        for message in messages:
            answer = await http.request(
                "PUT" if message.stem.endswith("-000") else "PATCH",
                f"{url}/v1/tenants/{POOL}/pool",
                content=message.read_bytes(),
                headers={"content-type": "application/json"},
            )
            answer.raise_for_status()


async def _clock(url: str) -> float:
    """Seconds spent in ranking so far, by the server's own histogram."""
    async with httpx.AsyncClient(trust_env=False) as http:
        page = (await http.get(f"{url}/metrics")).text
    found = re.search(r'matcher_request_seconds_sum\{route="[^"]*/rank"\} (\S+)', page)
    assert found is not None
    return float(found[1])


@asynccontextmanager
async def _matcher(server: Path, cores: Cores) -> AsyncIterator[str]:
    """The real server, on every core."""
    cpus = ",".join(map(str, sorted(cores.all)))
    process = await asyncio.create_subprocess_exec(
        "taskset",
        "--cpu-list",
        cpus,
        str(server),
        "--open",
        "--port",
        "0",
        stdout=PIPE,
        stderr=DEVNULL,
    )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), 10)
        yield f"http://{json.loads(line)['listening']}"
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 15)


def _written(folder: Path) -> tuple[list[Need], list[Path]]:
    """The learners, and the messages that give a server its mentors."""
    said = msgspec.json.decode((folder / "needs.json").read_bytes())
    return [_need(one) for one in said], sorted(folder.glob("pool-*.json"))


def _mentors(message: Path) -> list[Candidate]:
    said = msgspec.json.decode(message.read_bytes())
    return [_mentor(one) for one in said.get("candidates") or said["upserts"]]


def _mentor(said: Mapping[str, Any]) -> Candidate:
    same = ("country", "utc_offset", "capacity", "taken", "rating_sum", "rating_count")
    return Candidate(
        id=UserId(UUID(said["id"])),
        skills={SkillId(name): level for name, level in said["skills"].items()},
        languages=frozenset(said["languages"]),
        availability=int(said["availability"], 16),
        experience_months=said["experience_months"],
        **{name: said[name] for name in same},
    )


def _need(said: Mapping[str, Any]) -> Need:
    return Need(
        learner_id=UserId(UUID(said["learner_id"])),
        skills=tuple(
            Wanted(SkillId(one["skill"]), one["target"], one["weight"]) for one in said["skills"]
        ),
        languages=tuple(said["languages"]),
        country=said["country"],
        utc_offset=said["utc_offset"],
        availability=int(said["availability"], 16),
        slots_needed=said["slots_needed"],
    )
