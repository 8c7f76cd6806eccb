"""Asking a provider over HTTP: in bounded time, for a bounded answer in JSON, and nowhere else."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import msgspec

from skillbridge.adapters.outgoing import Outgoing
from skillbridge.adapters.resilience import Breaker, CircuitOpen

T = TypeVar("T")

SECONDS = 8.0
"""For all of one answer: whoever signs in waits."""
MOST_BYTES = 256 * 1024
MOST_WAITING = 32
"""For one provider in one process: the others of its hundred requests go on while that one hangs."""
LONGEST_WAIT = 16.0
"""Seconds for all that one sign-in asks of it, and for its turn to ask."""
USER_AGENT = "SkillBridge"
OUTGOING = Outgoing(
    contract="OpenID Connect Core 1.0 and Discovery 1.0, GitHub REST 2022-11-28, Supabase Auth 2",
    deadline=SECONDS,
    tries=1,
    breaker="identities of",
    fallback="503 provider-away: a password, a passkey or a mailed code signs in meanwhile",
)


class NoAnswer(Exception):
    """None came in time, or none that can be used; the words are for the log."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A success, or what the client did wrong."""

    status: int
    body: bytes

    @property
    def good(self) -> bool:
        return self.status < 300  # noqa: PLR2004  a status of HTTP

    def read(self, kind: type[T]) -> T:
        """Raises NoAnswer for anything that is not JSON of this kind."""
        try:
            return msgspec.json.decode(self.body, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise NoAnswer(f"an answer of another form: {error}") from error


def is_visible(text: str) -> bool:
    """Whether it can be a subject, or stand in a header: ASCII without what controls."""
    return text.isascii() and text.isprintable()


@dataclass(slots=True)
class Waiting:
    """Those who wait for one provider: neither many nor long, whatever it does."""

    most: int = MOST_WAITING
    _now: int = 0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Raises NoAnswer."""
        if self._now >= self.most:
            raise NoAnswer(f"{self._now} wait for it already")
        self._now += 1
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                yield
        except TimeoutError as error:
            raise NoAnswer("too long for one sign-in") from error
        finally:
            self._now -= 1


class Fetcher:
    """Follows no redirect, unpacks nothing, and takes neither proxy nor password from the environment.

    Where it may ask at all, its transport says: `PublicWeb`, for an issuer tells addresses of its own.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._http = httpx.AsyncClient(
            transport=transport,
            timeout=None,  # noqa: S113  each question has a deadline
            trust_env=False,
            follow_redirects=False,
        )
        self._breakers: dict[str, Breaker] = {}
        """By host: one that is down leaves the others alone."""

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Raises NoAnswer."""
        return await self._ask(self._http.build_request("GET", url, headers=_said(headers)))

    async def post(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Raises NoAnswer."""
        asked = self._http.build_request("POST", url, data=dict(form), headers=_said(headers))
        return await self._ask(asked)

    async def send(self, method: str, url: str, said: object, headers: Mapping[str, str]) -> Reply:
        """A question with a body in JSON. Raises NoAnswer."""
        headers = {"content-type": "application/json", **headers}
        body = msgspec.json.encode(said)
        asked = self._http.build_request(method, url, content=body, headers=_said(headers))
        return await self._ask(asked)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _ask(self, request: httpx.Request) -> Reply:
        try:
            async with self._breaker(request.url.host), asyncio.timeout(SECONDS):
                response = await self._http.send(request, stream=True)
                try:
                    return Reply(response.status_code, await _bounded(response))
                finally:
                    await response.aclose()
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, CircuitOpen) as error:
            raise NoAnswer(type(error).__name__) from error

    def _breaker(self, host: str) -> Breaker:
        if host not in self._breakers:
            counts = (TimeoutError, httpx.TransportError)
            self._breakers[host] = Breaker(f"{OUTGOING.breaker} {host}", failures=5, counts=counts)
        return self._breakers[host]


async def _bounded(response: httpx.Response) -> bytes:
    status = response.status_code
    if status >= 500 or 300 <= status < 400 or status == 429:  # noqa: PLR2004  statuses of HTTP
        raise NoAnswer(f"status {status}")
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise NoAnswer("an answer that is packed, though none was asked for")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise NoAnswer(f"an answer of more than {MOST_BYTES} bytes")
    return bytes(body)


def _said(headers: Mapping[str, str] | None) -> dict[str, Any]:
    usual = {"accept": "application/json", "accept-encoding": "identity", "user-agent": USER_AGENT}
    return {**usual, **(headers or {})}
