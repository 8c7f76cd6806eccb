"""Answers in JSON, made in few steps."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from litestar import Response
from litestar.response.base import ASGIResponse

T = TypeVar("T")

JSON = "application/json"
_WITHOUT_BODY = frozenset({204, 304})


class Json(Response[T]):
    """What an operation answers if it says nothing else.

    Litestar keeps the headers of each answer in a table that could still change; making it costs
    as much as encoding 5 kB. Whatever is not plain JSON goes Litestar's way.
    """

    def to_asgi_response(self, app: Any, request: Any, **given: Any) -> ASGIResponse:
        kind = self.media_type or given.get("media_type") or JSON
        more = self.cookies or given.get("cookies") or self.background or given.get("background")
        if kind != JSON or more or isinstance(self.content, bytes | str):
            return super().to_asgi_response(app, request, **given)
        status = self.status_code or given["status_code"]
        return _Encoded(status, {**(given.get("headers") or {}), **self.headers}, self.content)


class _Encoded(ASGIResponse):
    __slots__ = ("_encoded_headers",)

    def __init__(self, status: int, headers: Mapping[str, str], content: object) -> None:
        self.status_code, self.is_head_response, self.background = status, False, None
        self._encoded_headers = [(key.lower().encode(), it.encode()) for key, it in headers.items()]
        self.body = b""
        if status not in _WITHOUT_BODY:
            self.body = msgspec.json.encode(content)
            self._encoded_headers.append((b"content-type", JSON.encode()))
            self._encoded_headers.append((b"content-length", str(len(self.body)).encode()))

    def encode_headers(self) -> list[tuple[bytes, bytes]]:
        return self._encoded_headers
