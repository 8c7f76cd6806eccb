"""Pictures read by a program of their own: it is fed, listened to for so long, and always ended."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterable, Sequence
from contextlib import suppress

import structlog

from skillbridge.adapters.images.reader import SECONDS, UNFIT
from skillbridge.application.uploads.ports import ImagesAway
from skillbridge.domain.uploads.avatar import UnfitImage
from skillbridge.domain.uploads.kind import Kind

log = structlog.get_logger()

AT_ONCE = 2
"""Readers of one process of ours: so many times their bound is all the memory that pictures take."""
WAIT = SECONDS + 5.0
"""Seconds: the reader ends itself before."""
MOST_ANSWER = 1024 * 1024
FORMATS = {Kind.JPEG: "JPEG", Kind.PNG: "PNG", Kind.GIF: "GIF", Kind.WEBP: "WEBP"}
ITS_OWN_FAULT = {
    -signal.SIGXCPU,
    -signal.SIGSEGV,
    -signal.SIGABRT,
    -signal.SIGBUS,
    -signal.SIGFPE,
    -signal.SIGILL,
}
"""Ends that the picture has brought about: it would again."""
TOO_MUCH = "the picture takes too much to be read: save it anew with another program, and smaller"


class ReaderProcess:
    """Starts one reader for each picture."""

    def __init__(self, command: Sequence[str] = ()) -> None:
        """`command`: another program in place of the reader."""
        own = (sys.executable, "-I", "-B", "-m", "skillbridge.adapters.images.reader")
        self._command = command or own
        self._places = asyncio.Semaphore(AT_ONCE)

    async def squares(
        self, kind: Kind, content: AsyncIterable[bytes], sides: Sequence[int]
    ) -> Sequence[bytes]:
        async with self._places:
            status, said = await self._run(FORMATS[kind], content, sides)
        if status == UNFIT:
            raise UnfitImage(said.decode(errors="replace"))
        if status in ITS_OWN_FAULT:
            log.warning("images.reader_fell", status=status)
            raise UnfitImage(TOO_MUCH)
        if status != 0:
            log.warning("images.reader_ended", status=status)
            raise ImagesAway
        return _split(said, len(sides))

    async def _run(
        self, form: str, content: AsyncIterable[bytes], sides: Sequence[int]
    ) -> tuple[int, bytes]:
        """Exit status and answer. Whatever happens here, the reader is not there any more afterwards."""
        reader = await asyncio.create_subprocess_exec(
            *self._command,
            form,
            *map(str, sides),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
            limit=MOST_ANSWER,
        )
        try:
            async with asyncio.timeout(WAIT):
                said = await _exchange(reader, content)
                if len(said) == MOST_ANSWER:
                    raise ImagesAway
                return await reader.wait(), said
        except TimeoutError as error:
            raise ImagesAway from error
        finally:
            with suppress(ProcessLookupError):
                reader.kill()
            await asyncio.shield(reader.wait())


async def _exchange(reader: asyncio.subprocess.Process, content: AsyncIterable[bytes]) -> bytes:
    assert reader.stdin is not None
    assert reader.stdout is not None
    with suppress(BrokenPipeError, ConnectionResetError):  # it ended before it had read all
        async for part in content:
            reader.stdin.write(part)
            await reader.stdin.drain()
    reader.stdin.close()
    said = await reader.stdout.read(MOST_ANSWER)
    while len(said) < MOST_ANSWER and (more := await reader.stdout.read(MOST_ANSWER - len(said))):
        said += more
    return said


def _split(said: bytes, count: int) -> list[bytes]:
    """Raises ImagesAway for an answer that is none."""
    found: list[bytes] = []
    for _ in range(count):
        length = int.from_bytes(said[:4])
        found.append(said[4 : 4 + length])
        said = said[4 + length :]
    if said or not all(found):
        raise ImagesAway
    return found
