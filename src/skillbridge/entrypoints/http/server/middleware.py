"""What every request passes: the refusal of what cannot be meant, and of what takes too long."""

import asyncio
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from litestar import Request
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import (
    ASGIApp,
    HTTPScope,
    Receive,
    ReceiveMessage,
    Scope,
    Send,
)

from skillbridge.domain.errors import Invalid
from skillbridge.entrypoints.http.server.faults.parameters import Parameters
from skillbridge.entrypoints.http.server.faults.refused import Misshapen, Refused, Unreadable
from skillbridge.entrypoints.http.server.same_site import must_be_ours

RawHeaders = Mapping[bytes, bytes]

BODY_SECONDS = 15.0
"""How long a whole body may take to arrive; granian itself would wait for ever."""


@dataclass(frozen=True, slots=True)
class BodyTime:
    """How long a body may take that is not read as a whole, in seconds."""

    idle: float
    """Without a byte."""
    whole: float


USUAL = BodyTime(BODY_SECONDS, BODY_SECONDS)

JSON_ONLY = ("application/json",)

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_FORMS = frozenset(
    f"/v1/auth/{page}" for page in ("confirm", "resend", "new-password", "forgot", "new-address")
)
"""Posted by pages without a script, which cannot send JSON."""
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
HEADERS = "skillbridge.headers"
"""Where the connection's scope keeps the headers by name; of several of one name, the first."""


class NulCharacter(Invalid):
    """A text holds the character NUL, which cannot be kept."""


class RefuseMalformed:
    """Refuses what cannot be meant, and a body that takes too long.

    Outermost of our middleware, inside of Litestar's error handling.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        _refuse(scope, scope[HEADERS])  # type: ignore[literal-required]  # ASGI scopes are open
        brings_one = scope["method"] in WITH_BODY
        if brings_one:
            receive = _in_time(receive, scope["route_handler"].opt.get("streams", USUAL))
        await self.app(scope, receive, send)


class PlainRequest(Request[Any, Any, Any]):
    """A request whose body fits exactly, and holds no NUL, which PostgreSQL could not keep."""

    async def body(self) -> bytes:
        """Raises NulCharacter; inside of JSON only an escape can make one."""
        body = await super().body()
        if b"\\u0000" in body and _NUL.search(body):
            raise NulCharacter("take the NUL character out of the text")
        return body

    async def json(self) -> Any:
        """The body as the type that the operation takes. Raises Misshapen and Unreadable."""
        body = await self.body()
        kind = self.route_handler.parsed_fn_signature.parameters["data"].annotation
        try:
            return _read(body, kind)
        except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
            raise Unreadable(_why(error)) from error


def _read(body: bytes, kind: Any) -> Any:
    try:
        return _decoder(kind).decode(body)
    except msgspec.ValidationError:
        return with_whole_numbers(body, kind)


def _why(error: Exception) -> str:
    """The decoder names the byte, and repeats nothing of what was sent."""
    if isinstance(error, RecursionError):
        return "the body is nested too deep"
    if isinstance(error, UnicodeError):
        return "the body is not UTF-8"
    return f"the body is not valid JSON: {error}"


_UNTYPED = msgspec.json.Decoder(float_hook=lambda text: _whole(float(text)))
_EXACT = 2.0**53
"""Below it every whole number is a float of its own."""


def with_whole_numbers(body: bytes, kind: Any) -> Any:
    """The body with `281.0` read as 281, as JSON Schema counts. Raises Misshapen."""
    try:
        return msgspec.convert(_UNTYPED.decode(body), kind)
    except msgspec.ValidationError as error:
        raise Misshapen(str(error), kind, body) from error


def _whole(number: float) -> float:
    return int(number) if abs(number) < _EXACT and number.is_integer() else number


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


async def spelled(request: Request[Any, Any, Any]) -> None:
    """Before each operation: the query is one of its own. Raises ValidationException or Invalid."""
    if request.scope["query_string"]:
        parameters: Parameters = request.app.state.parameters
        parameters.must_fit(request)


def _refuse(scope: HTTPScope, headers: RawHeaders) -> None:
    if b"host" not in headers:
        raise Refused("ambiguous-host", 400)
    if "\0" in scope["path"]:
        raise NulCharacter("take the NUL character out of the address")
    if b"%00" in scope["query_string"]:
        raise NulCharacter("take the NUL character out of the address")
    chunked, length = b"transfer-encoding" in headers, headers.get(b"content-length", b"0")
    if scope["method"] in WITH_BODY and (chunked or length != b"0"):
        kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        form = scope["path"] in _FORMS and kind == b"application/x-www-form-urlencoded"
        if form:
            must_be_ours(headers, scope["litestar_app"].state.origin, by_form=True)
        elif kind.decode("latin-1") not in _taken(scope):
            raise _unsupported(scope)
        if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
            raise Refused("unsupported-content-coding", 415, Accept_Encoding="identity")


def _unsupported(scope: HTTPScope) -> Refused:
    """Says which kinds are taken, as RFC 9110 section 15.5.16 and RFC 5789 section 2.2 have it."""
    taken = ", ".join(_taken(scope))
    patch = {"Accept_Patch": taken} if scope["method"] == "PATCH" else {}
    return Refused("unsupported-media-type", 415, Accept=taken, **patch)


def _taken(scope: HTTPScope) -> Collection[str]:
    """The kinds of body that the operation takes."""
    taken: Collection[str] = scope["route_handler"].opt.get("takes", JSON_ONLY)
    return taken


def _in_time(receive: Receive, most: BodyTime) -> Receive:
    """A limit on the body only: a stream of events waits long for its reader to leave."""
    body_is_here, deadline = False, 0.0

    async def receive_in_time() -> ReceiveMessage:
        nonlocal body_is_here, deadline
        if body_is_here:
            return await receive()
        now = asyncio.get_running_loop().time()
        deadline = deadline or now + most.whole
        try:
            async with asyncio.timeout_at(min(deadline, now + most.idle)):
                message = await receive()
        except TimeoutError as error:
            raise HTTPException(status_code=408) from error
        if message["type"] == "http.disconnect":  # or the pieces of the body are malformed
            raise HTTPException(status_code=400)
        body_is_here = not (message["type"] == "http.request" and message["more_body"])
        return message

    return receive_in_time
