"""The application as a server calls it: an id, a line in the log, and what holds for every answer.

A middleware would not do: what leads nowhere never gets to one.
"""

import asyncio
import re
import time
from functools import cached_property
from logging import INFO
from random import Random
from typing import Any

import structlog
from litestar import Litestar
from litestar.enums import ScopeType
from litestar.routes import HTTPRoute
from litestar.types import HTTPReceiveMessage, HTTPResponseStartEvent, Message, Receive, Scope, Send

from skillbridge.domain.actor import NOBODY
from skillbridge.entrypoints.http.server.admission import Admission
from skillbridge.entrypoints.http.server.browsers import RawHeaders, of_document, of_each
from skillbridge.entrypoints.http.server.compression import Compressed, coding_for
from skillbridge.entrypoints.http.server.inject import ACTOR
from skillbridge.entrypoints.http.server.limits import LIMITED
from skillbridge.entrypoints.http.server.middleware import HEADERS, WITH_BODY
from skillbridge.entrypoints.http.server.overload import Refusals
from skillbridge.entrypoints.http.server.problems import PROBLEM
from skillbridge.entrypoints.http.server.server_sent import STREAM

log = structlog.get_logger()

PATH_LENGTH = 256
"""Of a path, this much is logged."""
NOWHERE = "/no/such/path"
"""No operation is there."""
_OTHERWISE = re.compile(
    rb"//|/\.\.?(?:/|\Z)|%(?:2[DEF]|3[0-9]|[46][1-9A-F]|5[0-9AF]|7[0-9AE])", re.IGNORECASE
)
"""A slash too many, a step on the spot or back, an escape of what needs none (RFC 3986 section 6.2.2)."""
_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_CHANCE = Random()  # noqa: S311  an id is told to whoever asks: it must be new, not a secret


class Api(Litestar):
    """Litestar, which gives each request an id before it looks where it leads.

    `prefix` is what a proxy has in front of our paths, as in `https://x.example/skillbridge`: links
    are made with it, and it may come along or be taken off on the way.
    """

    admission: Admission
    refusals: Refusals
    prefix = ""
    of_each: RawHeaders = of_each("")
    """Headers that every answer has."""
    host = (b"host", b"localhost")
    """The host of the public URL, whatever a client says: Litestar makes URLs of it, and what a
    client says need be no host."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != ScopeType.HTTP:
            await super().__call__(scope, receive, send)
            return
        headers = scope[HEADERS] = dict(reversed(scope["headers"]))
        own = scope["own_request_id"] = f"{_CHANCE.getrandbits(128):032x}"
        scope["request_id"] = _given_id(headers) or own
        if self.prefix:
            _take_off(scope, self.prefix)
        admission = self.admission
        if admission.working < admission.at_once:
            admission.working += 1
        elif not await admission.turn(scope["path"]):
            await self.refusals.send(scope, headers, self.prefix, send)
            return
        try:
            await self._answer(scope, headers, receive, send)
        finally:
            admission.done()

    async def _answer(
        self, scope: Any, headers: dict[bytes, bytes], receive: Any, send: Any
    ) -> None:
        method, path, request_id = scope["method"], scope["path"], scope["request_id"]
        scope["asked_path"] = path
        if _is_otherwise_spelled(scope):
            scope["path"] = NOWHERE
        scope["asked_host"] = headers.get(b"host", b"").decode("latin-1")
        rest = [it for it in scope["headers"] if it[0] != b"host"]
        if len(scope["headers"]) - len(rest) == 1 or scope.get("http_version") != "1.1":
            rest.append(self.host)  # in HTTP/1.1 one is a must: RFC 9112 section 3.2
            headers[b"host"] = self.host[1]
        else:
            headers.pop(b"host", None)
        scope["headers"] = rest
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        if method == "HEAD":
            scope["method"] = "GET"
            receive, send = _without_body(send)
        elif method in WITH_BODY:
            receive = self.admission.beside(receive)
        started, status = time.perf_counter(), 500

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._label(message, scope, request_id)
            await send(message)

        coding = coding_for(scope["method"], path, headers.get(b"accept-encoding"))
        try:
            await super().__call__(scope, receive, Compressed(tell, coding))
            if STREAM in scope:
                with self.admission.aside():
                    await scope.pop(STREAM).run(scope, receive, send)
        finally:
            if log.is_enabled_for(INFO):
                log.info(
                    "request",
                    method=method,
                    path=path[:PATH_LENGTH],
                    status=status,
                    ms=round((time.perf_counter() - started) * 1000, 1),
                    **_who_and_why(scope),
                )

    def _label(self, message: HTTPResponseStartEvent, scope: Scope, request_id: str) -> None:
        """Works on the bytes themselves: Litestar's own header types cost three times as much."""
        headers = [
            *message["headers"],
            (b"x-request-id", request_id.encode()),
            *self.of_each,
        ]
        headers += of_document(headers)
        if (limited := scope.get(LIMITED)) is not None:
            headers += limited.headers()  # type: ignore[attr-defined]  # ASGI scopes are open
        names = {name for name, _ in headers}
        if self.cors_config is not None:
            headers = _varying(headers)
        if b"cache-control" not in names:
            headers.append((b"cache-control", b"no-store"))
        if b"allow" in names:
            headers = [
                (name, self._allowed(scope, it) if name == b"allow" else it) for name, it in headers
            ]
        if self.prefix and b"location" in names:
            headers = [(name, self._led(it) if name == b"location" else it) for name, it in headers]
        message["headers"] = headers

    def _allowed(self, scope: Scope, said: bytes) -> bytes:
        """Every method of the path: Litestar's answer to OPTIONS knows those of one handler."""
        methods = set(said.decode().split(", "))
        methods |= self._methods.get(scope.get("path_template", ""), set())
        return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set()))).encode()

    def _led(self, location: bytes) -> bytes:
        return self.prefix.encode() + location if location.startswith(b"/") else location

    @cached_property
    def _methods(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for route in self.routes:
            if isinstance(route, HTTPRoute):
                found.setdefault(route.path_format, set()).update(route.methods)
        return found


def _varying(headers: RawHeaders) -> RawHeaders:
    """A cache lends no answer for one origin to another; Litestar writes `Origin` over what was said."""
    said = [part for name, it in headers if name == b"vary" for part in it.split(b", ")]
    kept = [(name, it) for name, it in headers if name != b"vary"]
    return [*kept, (b"vary", b", ".join(dict.fromkeys([*said, b"Accept", b"Origin"])))]


def _who_and_why(scope: Any) -> dict[str, str]:
    """Whose access token it was, and by which problem it was refused: what did not happen is seen, too."""
    told = {}
    if (own := scope.get("own_request_id")) != scope.get("request_id"):
        told["own_request_id"] = own
    if (problem := scope.get(PROBLEM)) is not None:
        told["problem"] = problem
    if (actor := scope.get(ACTOR)) is not None and actor.user_id != NOBODY:
        told |= {"user": str(actor.user_id), "session": str(actor.session_id)}
    return told


def _given_id(headers: dict[bytes, bytes]) -> str | None:
    """By which the client wants to find its request; the audit trail has ours beside it."""
    given = headers.get(b"x-request-id", b"").decode("latin-1")
    return given if _ID.fullmatch(given) else None


def _take_off(scope: Any, prefix: str) -> None:
    """Off the path, where the proxy has not done so."""
    if scope["path"] == prefix or scope["path"].startswith(f"{prefix}/"):
        scope["path"] = scope["path"].removeprefix(prefix) or "/"


def _is_otherwise_spelled(scope: Any) -> bool:
    """Whether the path is another spelling of one that may be ours: a proxy's rules know but one."""
    raw = scope.get("raw_path") or scope["path"].encode()
    odd = b"//" in raw or b"%" in raw or b"/." in raw
    return odd and _OTHERWISE.search(raw) is not None


def _without_body(send: Send) -> tuple[Receive, Send]:
    """For HEAD: the answer to GET up to its headers; whoever streams is then told to stop."""
    answered = asyncio.Event()

    async def receive() -> HTTPReceiveMessage:
        await answered.wait()
        return {"type": "http.disconnect"}

    async def only_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            await send(message)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            answered.set()

    return receive, only_headers
