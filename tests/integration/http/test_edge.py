"""Random bytes at a real server: never a fault of ours, and its health answers throughout.

`make prove P=edge` sends 100,000 of them; INSTANCES=… sends another number.
"""

import asyncio
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from tests.conftest import Urls
from tests.support.given.world import memory_world
from tests.support.http.asking import bearer
from tests.support.http.hostile_bytes import Sent, a_request
from tests.support.programs.scene import a_stage
from tests.support.timing.patience import PATIENCE

from skillbridge.domain.actor import Role
from skillbridge.local.ports import HOST

pytestmark = pytest.mark.row("K1", "C5")

INSTANCES = int(os.environ.get("INSTANCES", "1000"))
AT_ONCE = 16
UNFINISHED = 0.02
"""Seconds to wait for an answer to what is not whole: most is refused at once."""


@dataclass
class Figures:
    statuses: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_health: float = 0.0
    health: int = 0
    faults: list[bytes] = field(default_factory=list)

    def note(self, sent: Sent, status: str, seconds: float) -> None:
        self.statuses[status] += 1
        self.slowest = max(self.slowest, seconds)
        if status == "500":
            self.faults.append(sent.raw)

    def __str__(self) -> str:
        told = ", ".join(f"{status}: {number}" for status, number in sorted(self.statuses.items()))
        return (
            f"{sum(self.statuses.values())} requests; {told}; slowest answer {self.slowest:.3f} s; "
            f"{self.health} times health, slowest {self.slowest_health:.3f} s"
        )


async def asked(port: int, sent: Sent) -> str:
    """The status of the first answer; `none` where the connection was closed without one."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(sent.raw)
        async with asyncio.timeout(PATIENCE if sent.whole else UNFINISHED):
            line = await reader.readline()
        return line[9:12].decode() or "none"
    except TimeoutError:
        assert not sent.whole, sent.raw[:2_000]
        return "none"
    except ConnectionError:
        return "none"
    finally:
        writer.transport.abort()


@pytest.mark.row("C11", "L9")
async def test_nothing_that_a_client_sends_is_a_fault_of_ours(urls: Urls, tmp_path: Path) -> None:
    seed, figures, done = os.environ.get("SEED", "1"), Figures(), asyncio.Event()
    random, left = Random(seed), iter(range(INSTANCES))
    async with memory_world() as world:
        allowed = (await bearer(world, frozenset(Role)))["Authorization"]
    async with a_stage(urls, tmp_path) as stage:
        port = int((await stage.serve()).url.rpartition(":")[2])

        async def sending() -> None:
            for _ in left:
                sent, begun = a_request(random, allowed), time.perf_counter()
                status = await asked(port, sent)
                figures.note(sent, status, time.perf_counter() - begun)

        async def watching() -> None:
            probe = Sent(
                b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", whole=True
            )
            while not done.is_set():
                begun = time.perf_counter()
                assert await asked(port, probe) == "200"
                seconds = time.perf_counter() - begun
                figures.health, figures.slowest_health = (
                    figures.health + 1,
                    max(figures.slowest_health, seconds),
                )
                await asyncio.sleep(0.05)

        watch = asyncio.create_task(watching())
        await asyncio.gather(*(sending() for _ in range(AT_ONCE)))
        done.set()
        await watch
    print(f"seed {seed}: {figures}")  # noqa: T201  # `make prove` shows it
    assert figures.faults == []
    assert figures.statuses["200"] > 0
    assert figures.statuses["401"] < INSTANCES / 2, "the token does not hold here"
