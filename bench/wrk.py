"""The load: wrk, one thread, many connections."""

import asyncio
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 64
PUT_EACH = Path(__file__).with_name("put_each.lua")
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}
_DONE = re.compile(r"(\d+) requests in ([\d.]+)(us|ms|s|m)")
_REFUSED = re.compile(r"Non-2xx or 3xx responses: (\d+)")
_LATE = re.compile(r"Socket errors: .*timeout (\d+)")
_SLOWEST = re.compile(r"^\s+99%\s+([\d.]+)(us|ms|s|m)", re.MULTILINE)


class NoWrk(Exception):
    """The load generator is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "wrk is not installed. Debian, Ubuntu: apt-get install wrk; Fedora: dnf install wrk; "
            "else https://github.com/wg/wrk. Without it: make bench ARGS='--only matcher'"
        )


class Failing(Exception):
    """The server answered with errors, so its speed means nothing."""


@dataclass(frozen=True, slots=True)
class Answered:
    """How many requests were answered in how long."""

    requests: int
    seconds: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Met:
    """What a crowd met: how many were answered in how long, and how many well and in time."""

    requests: int
    good: int
    seconds: float
    p99_ms: float


def require_wrk() -> None:
    """Raises NoWrk."""
    if shutil.which("wrk") is None:
        raise NoWrk


def lacking() -> str | None:
    """What is missing here for any load, in words; the rest can be measured without."""
    try:
        require_wrk()
    except NoWrk as missing:
        return str(missing)
    return None


async def ask(url: str, token: str, *, seconds: int) -> Answered:
    """Asks as fast as answers come; raises Failing for any answer but success."""
    return await _run(seconds, "-H", f"Authorization: Bearer {token}", url)


async def put_each(url: str, lines: Path, *, seconds: int) -> Answered:
    """Puts each line once, `token path`, as fast as answers come; raises Failing as `ask` does."""
    return await _run(seconds, "-s", str(PUT_EACH), url, "--", str(lines))


async def _run(seconds: int, *words: str) -> Answered:
    command = ("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "--timeout", "10s")
    process = await asyncio.create_subprocess_exec(*command, *words, stdout=asyncio.subprocess.PIPE)
    output, _ = await asyncio.wait_for(process.communicate(), seconds + 15)
    return read(output.decode())


def read(output: str) -> Answered:
    """What wrk printed; raises Failing."""
    done, slowest = _DONE.search(output), _SLOWEST.search(output)
    if "Non-2xx" in output or "Socket errors" in output or not (done and slowest):
        raise Failing(f"not every request succeeded:\n{output}")
    return Answered(
        int(done[1]),
        float(done[2]) * _SECONDS[done[3]],
        float(slowest[1]) * _SECONDS[slowest[2]] * 1000,
    )


async def crowd(url: str, token: str, *, connections: int, seconds: int, in_time: int) -> Met:
    """Asks over so many connections, whatever is answered; raises Failing if nothing is."""
    command = ("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency")
    process = await asyncio.create_subprocess_exec(
        *command, "--timeout", f"{in_time}s", "-H", f"Authorization: Bearer {token}", url,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(process.communicate(), seconds + 60)
    return read_crowd(output.decode())


def read_crowd(output: str) -> Met:
    """What wrk printed, errors and lateness counted; raises Failing when there is nothing to count."""
    bad = sum(int(found[1]) for one in (_REFUSED, _LATE) if (found := one.search(output)))
    all_told = read(re.sub(r"Non-2xx|Socket errors", "", output))
    good = max(all_told.requests - bad, 0)
    return Met(all_told.requests, good, all_told.seconds, all_told.p99_ms)
