"""What every request passes: its id, its log line, and the refusal of what cannot be meant."""

import asyncio
import re
import time
from collections.abc import Mapping
from functools import cache
from os import urandom
from typing import Any

import msgspec
import structlog
from litestar import Litestar, Request
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import (
    ASGIApp,
    HTTPResponseStartEvent,
    HTTPScope,
    Message,
    Receive,
    ReceiveMessage,
    Scope,
    Send,
)

from skillbridge.domain.errors import Invalid
from skillbridge.entrypoints.http.faults import Misshapen, Parameters

log = structlog.get_logger()

RawHeaders = Mapping[bytes, bytes]

BODY_SECONDS = 15.0
"""How long a whole body may take to arrive; granian itself would wait for ever."""

PATH_LENGTH = 256
"""Of a path, this much is logged."""

_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_FORMS = frozenset({"/v1/auth/confirm", "/v1/auth/resend"})
"""Posted by pages without a script, which cannot send JSON."""
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class AmbiguousLength(Invalid):
    """The request gives its length in two ways, which proxies read differently."""


class NulCharacter(Invalid):
    """A text holds the character NUL, which cannot be kept."""


class Api(Litestar):
    """Litestar, which gives each request an id before it looks where it leads.

    A middleware would not do: what leads nowhere never gets to one.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != ScopeType.HTTP:
            await super().__call__(scope, receive, send)
            return
        request_id = _request_id(dict(scope["headers"]))
        scope["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started, status = time.perf_counter(), 500

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _label(message, request_id)
            await send(message)

        try:
            await super().__call__(scope, receive, tell)
        finally:
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
            log.info(
                "request",
                method=scope["method"],
                path=scope["path"][:PATH_LENGTH],
                status=status,
                ms=milliseconds,
            )


class Gate:
    """ASGI middleware; outermost of ours, inside of Litestar's error handling."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        _refuse(scope, dict(scope["headers"]))
        await self.app(scope, _in_time(receive), send)


class PlainRequest(Request[Any, Any, Any]):
    """A request whose body fits exactly, and holds no NUL, which PostgreSQL could not keep."""

    async def body(self) -> bytes:
        """Raises NulCharacter; inside of JSON only an escape can make one."""
        body = await super().body()
        if b"\\u0000" in body and _NUL.search(body):
            raise NulCharacter("take the NUL character out of the text")
        return body

    async def json(self) -> Any:
        """The body as the type that the operation takes. Raises Misshapen."""
        body = await self.body()
        kind = self.route_handler.parsed_fn_signature.parameters["data"].annotation
        try:
            return _decoder(kind).decode(body)
        except msgspec.ValidationError as error:
            raise Misshapen(str(error), kind, body) from error


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


async def spelled(request: Request[Any, Any, Any]) -> None:
    """Before each operation: its numbers are digits. Raises ValidationException."""
    if request.scope["query_string"]:
        parameters: Parameters = request.app.state.parameters
        parameters.must_be_spelled(request)


def _request_id(headers: RawHeaders) -> str:
    given = headers.get(b"x-request-id", b"").decode("latin-1")
    return given if _ID.fullmatch(given) else urandom(16).hex()


def _label(message: HTTPResponseStartEvent, request_id: str) -> None:
    """Works on the bytes themselves: Litestar's own header types cost three times as much."""
    headers = [
        *message["headers"],
        (b"x-request-id", request_id.encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    if not any(name == b"cache-control" for name, _ in headers):
        headers.append((b"cache-control", b"no-store"))
    message["headers"] = headers


def _refuse(scope: HTTPScope, headers: RawHeaders) -> None:
    length, chunked = headers.get(b"content-length"), headers.get(b"transfer-encoding")
    if length and chunked:
        raise AmbiguousLength("send Content-Length or Transfer-Encoding, not both")
    if "\0" in scope["path"]:
        raise NulCharacter("take the NUL character out of the address")
    if b"%00" in scope["query_string"]:
        raise NulCharacter("take the NUL character out of the address")
    if scope["method"] in _WITH_BODY and (chunked or length not in {None, b"0"}):
        kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        form = scope["path"] in _FORMS and kind == b"application/x-www-form-urlencoded"
        if kind != b"application/json" and not form:
            raise HTTPException(status_code=415)


def _in_time(receive: Receive) -> Receive:
    """A limit on the body only: a stream of events waits long for its reader to leave."""
    body_is_here, deadline = False, 0.0

    async def receive_in_time() -> ReceiveMessage:
        nonlocal body_is_here, deadline
        if body_is_here:
            return await receive()
        deadline = deadline or asyncio.get_running_loop().time() + BODY_SECONDS
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError as error:
            raise HTTPException(status_code=408) from error
        body_is_here = not (message["type"] == "http.request" and message["more_body"])
        return message

    return receive_in_time
