"""A server under measurement: a process tree on one core."""

import asyncio
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import httpx
import psutil

START_SECONDS = 30.0


class DidNotStart(Exception):
    """The server did not answer in time; the message has its last words."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running one."""

    url: str
    process: Process

    def cpu_seconds(self) -> float:
        """User and system time of all its living processes so far."""
        root = psutil.Process(self.process.pid)
        return sum(_cpu(one) for one in (root, *root.children(recursive=True)))

    def memory(self) -> int:
        """Bytes resident in all its living processes."""
        root = psutil.Process(self.process.pid)
        return sum(one.memory_info().rss for one in (root, *root.children(recursive=True)))


@asynccontextmanager
async def running(
    command: Sequence[str], environment: Mapping[str, str], url: str, ready: str, token: str
) -> AsyncIterator[Server]:
    """Starts the command, waits until `ready` under `url` answers, stops it at the end."""
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=DEVNULL, stderr=PIPE, start_new_session=True
    )
    assert process.stderr is not None
    words = asyncio.create_task(_last_words(process.stderr))
    try:
        try:
            await asyncio.wait_for(_answers(process, url + ready, token), START_SECONDS)
        except TimeoutError as error:
            await _stop(process)
            said = (await asyncio.wait_for(words, 10)).decode(errors="replace")
            raise DidNotStart(f"{' '.join(command)}:\n{said}") from error
        yield Server(url, process)
    finally:
        await _stop(process)
        words.cancel()


async def _answers(process: Process, url: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(trust_env=False) as client:
        while process.returncode is None:
            with suppress(httpx.TransportError):
                if (await client.get(url, headers=headers)).is_success:
                    return
            await asyncio.sleep(0.1)
    raise TimeoutError


async def _last_words(stream: asyncio.StreamReader) -> bytes:
    """Reads to the end, so that the pipe never fills; keeps the last 4000 bytes."""
    kept = b""
    while part := await stream.read(4096):
        kept = (kept + part)[-4000:]
    return kept


async def _stop(process: Process) -> None:
    """Asks the whole tree to stop; a server that does not listen is killed."""
    if process.returncode is not None:
        return
    tree = [process.pid, *(one.pid for one in psutil.Process(process.pid).children(recursive=True))]
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), 10)
    except TimeoutError:
        for pid in tree:
            with suppress(psutil.NoSuchProcess):
                psutil.Process(pid).kill()
        await process.wait()


def _cpu(process: psutil.Process) -> float:
    try:
        used = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(used.user + used.system)
