"""One connection to Redis for all short questions of a process, asked without waiting for each other.

Answers come in the order of the questions. The driver's own way, a connection out of a pool for each
question, costs several times the CPU; here it opens the connection and hands it over.
"""

import asyncio
from collections import deque
from typing import Any, Self, cast

import hiredis
from redis.asyncio import ConnectionPool
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import InvalidResponse, ResponseError

Word = str | int | float | bytes | memoryview

PATIENCE = 0.25
"""Seconds that a question waits for its answer, and for the connection if there is none."""


class SharedConnection:
    """Opened by the first question, and again by the next one after it broke."""

    def __init__(self, url: str, *, patience: float | None = None) -> None:
        """`patience`: seconds, in place of the usual ones."""
        self._patience = PATIENCE if patience is None else patience
        # In the older protocol nothing is said unasked, so that each answer has its question.
        self._pool = ConnectionPool.from_url(url, protocol=2)
        self._opening = asyncio.Lock()
        self._wire: _Wire | None = None

    async def ask(self, *words: Word) -> Any:
        """Raises RedisError, and OSError: TimeoutError when no answer comes in time.

        What was asked may have been done all the same.
        """
        wire = self._wire
        if wire is None or wire.broken:
            wire = await self._open()
        return await wire.ask(words)

    def close(self) -> None:
        if self._wire is not None:
            self._wire.end(NotConnected("closed"))

    async def _open(self) -> "_Wire":
        """Whoever comes meanwhile waits for the same."""
        async with asyncio.timeout(self._patience), self._opening:
            if self._wire is None or self._wire.broken:
                self._wire = await _Wire.opened(self._pool, self._patience)
            return self._wire


class _Wire(asyncio.Protocol):
    """One connection until it breaks."""

    def __init__(self, writer: asyncio.StreamWriter, patience: float) -> None:
        self._patience = patience
        self._writer = writer  # which closes what it writes to when nobody holds it
        self._transport = cast("asyncio.Transport", writer.transport)
        self._transport.set_protocol(self)
        self._loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader(protocolError=InvalidResponse, replyError=ResponseError)
        self._asked: deque[tuple[asyncio.Future[Any], float]] = deque()
        self._watch: asyncio.TimerHandle | None = None

    @classmethod
    async def opened(cls, pool: ConnectionPool, patience: float) -> Self:
        """Ready for questions: let in, and in the database that the address names."""
        connection: Any = pool.make_connection()  # type: ignore[no-untyped-call]  # untyped in redis
        try:
            await connection.connect()
        except BaseException:
            await connection.disconnect(nowait=True)
            raise
        wire = cls(connection._writer, patience)  # noqa: SLF001  the driver has no other way to hand it over
        connection._reader = connection._writer = None  # noqa: SLF001  as above
        return wire

    @property
    def broken(self) -> bool:
        return self._transport.is_closing()

    def ask(self, words: tuple[Word, ...]) -> asyncio.Future[Any]:
        now = self._loop.time()
        answer: asyncio.Future[Any] = self._loop.create_future()
        self._asked.append((answer, now))
        self._transport.write(hiredis.pack_command(words))  # type: ignore[arg-type]  # declared for one word
        if self._watch is None:
            self._watch = self._loop.call_at(now + self._patience, self._look)
        return answer

    def data_received(self, data: bytes) -> None:
        try:
            self._reader.feed(data)
            while (said := self._reader.gets()) is not False:
                self._tell(said)
        except InvalidResponse as error:
            self.end(error)

    def connection_lost(self, error: Exception | None) -> None:
        self.end(NotConnected(f"the connection broke: {error!r}"))

    def end(self, error: Exception) -> None:
        """Nobody waits for what will not come."""
        self._transport.abort()
        if self._watch is not None:
            self._watch.cancel()
        while self._asked:
            self._tell(error)

    def _tell(self, said: Any) -> None:
        answer, _ = self._asked.popleft()
        if answer.done():  # who asked has left
            return
        if isinstance(said, Exception):
            answer.set_exception(said)
        else:
            answer.set_result(said)

    def _look(self) -> None:
        """A connection over which one answer is late is taken for dead: the others came after it."""
        self._watch = None
        if not self._asked:
            return
        _, oldest = self._asked[0]
        if oldest + self._patience <= self._loop.time():
            self.end(TimeoutError("Redis does not answer"))
        else:
            self._watch = self._loop.call_at(oldest + self._patience, self._look)
