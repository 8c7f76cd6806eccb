"""Speaking to the matcher over HTTP."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import httpx
import msgspec
from structlog import get_logger
from structlog.contextvars import get_contextvars

from skillbridge.adapters.matcher.wire import (
    AssignOut,
    PoolOut,
    ProblemOut,
    RankIn,
    RankOut,
    assign_body,
    delta_body,
    need_in,
    snapshot_body,
)
from skillbridge.application.ranking.ports.pool import Delta, Snapshot
from skillbridge.domain.cohorts.assignment import AssignOptions
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.ids import TenantId
from skillbridge.domain.ranking.need import Need
from skillbridge.domain.ranking.score import USUAL, Weights

log = get_logger(__name__)

Answer = TypeVar("Answer")
MatcherUrl = Callable[[], str | None]

SMALL = 1 << 20
"""Bytes an answer may have."""
LARGE = 64 << 20
"""Bytes the answer for a cohort may have."""
PATIENCE = 30.0
"""Seconds for what is not a learner waiting: pools and cohorts."""


class MatcherAway(Unavailable):
    """The matcher cannot be reached, is too slow or says that it cannot work now."""


class NobodyListens(MatcherAway):
    """No program is at the matcher's address: not started yet, or stopped."""


class MatcherGarbled(Unavailable):
    """The matcher answered something that cannot be right."""


class NoMatcherYet(Unavailable):
    """There is no address of a matcher: it is being built, or starts. A state, not a failure."""


class PoolUnknown(Exception):  # not an error: the matcher asks for a snapshot
    """The matcher holds no mentors of this tenant."""


class VersionBehind(Exception):  # not an error: somebody else has sent what is newer
    """The matcher holds a later version than that of the snapshot, or other mentors than it names."""


class VersionGap(Exception):  # not an error: the matcher asks for another delta
    """The matcher's copy is at version `current`, not where the delta starts."""

    def __init__(self, current: int) -> None:
        super().__init__(current)
        self.current = current


def matcher_url(url: str | None, url_file: Path | None) -> MatcherUrl:
    """The given URL, or whatever `url_file` holds when asked; None while it holds nothing."""

    def read() -> str | None:
        if url or url_file is None:
            return url or None
        try:
            return url_file.read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError):
            return None

    return read


class MatcherClient:
    """One matcher. Its URL is asked for again whenever there is no connection.

    Every method raises NoMatcherYet, MatcherAway or MatcherGarbled; all but `replace` also
    PoolUnknown. Versions of a pool never go back, unless what is replaced is named. That there
    is no matcher, and that it came, is logged once each. The request id and the trace of whoever
    is asking are sent along.
    """

    def __init__(self, where: MatcherUrl, *, secret: str = "", timeout: float = 0.5) -> None:
        self._where = where
        self._timeout = timeout
        self._known = {"authorization": f"Bearer {secret}"} if secret else {}
        self._url: str | None = None
        self._there = True
        self._http = httpx.AsyncClient(timeout=None, trust_env=False)  # noqa: S113  # each call has a deadline

    async def aclose(self) -> None:
        """Drops the connections."""
        await self._http.aclose()

    async def rank(
        self, tenant_id: TenantId, need: Need, k: int, weights: Weights = USUAL
    ) -> RankOut:
        """The best mentors of the resident pool.

        By the usual weights that is quickest: for them the matcher has the pool prepared.
        """
        others = None if weights == USUAL else weights
        body = msgspec.json.encode(RankIn(need_in(need), k, others))
        return await self._ask("POST", f"{tenant_id}/rank", RankOut, body, within=self._timeout)

    async def assign(
        self, tenant_id: TenantId, needs: Sequence[Need], options: AssignOptions
    ) -> AssignOut:
        """A cohort shared among the resident mentors."""
        body = await asyncio.to_thread(assign_body, needs, options)
        within = PATIENCE + (options.deadline.total_seconds() if options.deadline else 0)
        return await self._ask(
            "POST", f"{tenant_id}/assign", AssignOut, body, within=within, most=LARGE
        )

    async def held(self, tenant_id: TenantId) -> PoolOut:
        """Version and digest of the resident pool."""
        return await self._ask("GET", f"{tenant_id}/pool", PoolOut, within=self._timeout)

    async def replace(
        self, tenant_id: TenantId, snapshot: Snapshot, instead_of: str | None = None
    ) -> PoolOut:
        """Puts a whole pool there; what is held then.

        An older version than is held only `instead_of` the pool with this digest. Raises
        VersionBehind.
        """
        body = await asyncio.to_thread(snapshot_body, snapshot, instead_of)
        return await self._ask("PUT", f"{tenant_id}/pool", PoolOut, body, wishes=(VersionBehind,))

    async def change(self, tenant_id: TenantId, delta: Delta) -> PoolOut:
        """Applies a delta; what is held then. Raises VersionGap when the pool is not at its base."""
        body = await asyncio.to_thread(delta_body, delta)
        return await self._ask(
            "PATCH", f"{tenant_id}/pool", PoolOut, body, wishes=(PoolUnknown, VersionGap)
        )

    async def _ask(
        self,
        method: str,
        path: str,
        kind: type[Answer],
        body: bytes | None = None,
        *,
        within: float = PATIENCE,
        most: int = SMALL,
        wishes: tuple[type[Exception], ...] = (PoolUnknown,),
    ) -> Answer:
        """`wishes` are what the matcher may ask for instead of answering; nothing else makes sense."""
        url = f"{self._address()}/v1/tenants/{path}"
        try:
            async with asyncio.timeout(within):
                status, content = await self._send(method, url, body, most)
        except httpx.ConnectError as error:
            self._url = None
            self._tell(there=False, reason=f"nobody listens at {url}")
            raise NobodyListens(f"the matcher is not there: {error!r}", retry_after=1) from error
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            self._url = None
            raise MatcherAway(f"the matcher does not answer: {error!r}", retry_after=1) from error
        self._tell(there=True)
        if status != httpx.codes.OK:
            refusal = _refusal(status, content)
            if isinstance(refusal, (Unavailable, *wishes)):
                raise refusal
            raise MatcherGarbled(f"the matcher refused out of place: {refusal!r}")
        return _decoded(content, kind)

    def _address(self) -> str:
        if self._url is None:
            self._url = self._where()
        if self._url is None:
            self._tell(there=False, reason="it has no address yet")
            raise NoMatcherYet("no matcher is running yet", retry_after=1)
        return self._url.rstrip("/")

    def _tell(self, *, there: bool, reason: str | None = None) -> None:
        """Logs that the state changed; says nothing while it lasts."""
        if there is not self._there:
            log.info("matcher found" if there else "no matcher", url=self._url, reason=reason)
        self._there = there

    async def _send(
        self, method: str, url: str, body: bytes | None, most: int
    ) -> tuple[int, bytes]:
        headers = {**_context(), **self._known, "content-type": "application/json"}
        async with self._http.stream(method, url, content=body, headers=headers) as response:
            content = bytearray()
            async for part in response.aiter_bytes():
                content += part
                if len(content) > most:
                    raise MatcherGarbled("the matcher's answer is too long")
            return response.status_code, bytes(content)


def _context() -> dict[str, str]:
    """What the log of this task is bound to, as headers; nothing a header cannot carry."""
    bound = get_contextvars()
    named = {"x-request-id": bound.get("request_id"), "traceparent": bound.get("traceparent")}
    return {
        name: value
        for name, value in named.items()
        if isinstance(value, str) and value.isascii() and value.isprintable()
    }


def _decoded(content: bytes, kind: type[Answer]) -> Answer:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        raise MatcherGarbled(f"the matcher's answer cannot be read: {error}") from error


def _refusal(status: int, content: bytes) -> Exception:
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return MatcherAway(f"the matcher cannot work now: status {status}", retry_after=1)
    if status == httpx.codes.UNAUTHORIZED:
        return MatcherGarbled("the matcher wants another MATCHER_SECRET: give both sides the same")
    problem = _decoded(content, ProblemOut)
    if problem.type.endswith("/pool-unknown"):
        return PoolUnknown(problem.detail)
    if problem.type.endswith("/version-behind"):
        return VersionBehind(problem.detail)
    if problem.type.endswith("/version-gap") and problem.current is not None:
        return VersionGap(problem.current)
    return MatcherGarbled(f"the matcher refused with status {status}: {problem.detail}")
