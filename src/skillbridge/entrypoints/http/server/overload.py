"""The answer to what is not admitted, made without the framework: it costs a tenth of the least."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar.config.cors import CORSConfig
from litestar.types import Send

from skillbridge.domain.errors import Unavailable
from skillbridge.entrypoints.http.server.browsers import RawHeaders
from skillbridge.entrypoints.http.server.faults.fault import slug_of
from skillbridge.entrypoints.http.server.problems import MEDIA_TYPE, status_of, title_of

SPREAD = 3
"""Seconds over which those who were refused together come back."""
DETAIL = "more is asked now than can be answered in time, and nothing was done: try again in {} s"


class Overloaded(Unavailable):
    """More is asked of this process than it can answer in time; nothing was begun."""


STATUS, SLUG = status_of(Overloaded), slug_of(Overloaded)


class Refusals:
    """One after another, each with the seconds after which it is to come back."""

    def __init__(self, cors: CORSConfig | None, of_each: RawHeaders) -> None:
        self._cors, self._of_each, self._number = cors, of_each, 0

    async def send(
        self, scope: Any, headers: Mapping[bytes, bytes], prefix: str, send: Send
    ) -> None:
        """A problem, whoever asks; with what lets a page of another origin read it."""
        self._number += 1
        seconds = 1 + self._number % SPREAD
        request_id = scope["request_id"]
        body = _problem(prefix + scope["path"], request_id, prefix, seconds)
        told = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"retry-after", str(seconds).encode()),
            *self._of_each,
            (b"x-request-id", request_id.encode()),
            *self._cross_origin(headers.get(b"origin")),
        ]
        await send({"type": "http.response.start", "status": STATUS, "headers": told})
        empty = scope["method"] == "HEAD"
        await send(
            {"type": "http.response.body", "body": b"" if empty else body, "more_body": False}
        )

    def _cross_origin(self, said: bytes | None) -> list[tuple[bytes, bytes]]:
        origin = said.decode("latin-1") if said else ""
        if self._cors is None:
            return []
        told = {"Vary": "Origin"}
        if origin and self._cors.is_origin_allowed(origin):
            told |= {"Access-Control-Allow-Origin": origin, **self._cors.simple_headers}
        return [(name.lower().encode(), value.encode("latin-1")) for name, value in told.items()]


def _problem(path: str, request_id: str, prefix: str, seconds: int) -> bytes:
    return msgspec.json.encode(
        {
            "type": f"{prefix}/problems/{SLUG}",
            "title": title_of(SLUG),
            "status": STATUS,
            "detail": DETAIL.format(seconds),
            "instance": path,
            "request_id": request_id,
        }
    )
