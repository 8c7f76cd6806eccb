"""Errors as RFC 9457 problem details: one table, no exceptions to it."""

import re
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from skillbridge.domain import errors

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[BaseException], HTTPStatus] = {
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Unproven: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    # What reading a hostile body raises.
    RecursionError: HTTPStatus.BAD_REQUEST,
    UnicodeError: HTTPStatus.BAD_REQUEST,
    msgspec.DecodeError: HTTPStatus.BAD_REQUEST,
}

LITESTAR: dict[int, tuple[str, str]] = {
    400: ("malformed-request", "the request cannot be read"),
    401: ("not-signed-in", "send an access token from /v1/auth/login"),
    403: ("forbidden", "this is not for you"),
    404: ("no-such-path", "there is nothing at this address; /docs lists what there is"),
    405: ("method-not-allowed", "this address knows other methods; /docs lists them"),
    413: ("body-too-large", "the body is too large: at most 1 MiB"),
    415: ("unsupported-media-type", "send `Content-Type: application/json`"),
    429: ("too-many", "too many requests; wait a little"),
}
_UNREADABLE = "the body is not JSON that can be read: too deep, or not UTF-8"


def to_problem(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Every exception leaves by here, the unexpected ones as a 500 that tells nothing but its id."""
    if isinstance(error, HTTPException):
        status, slug, detail = _from_litestar(error)
    elif known := next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), None):
        ours = isinstance(error, errors.SkillBridgeError)
        status = known
        slug = slug_of(type(error)) if ours else "malformed-request"
        detail = str(error) if ours else _UNREADABLE
    else:
        log.error("request.failed", exc_info=error)
        status, slug = HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error"
        detail = "something broke on our side; tell us the request id"
    body = {
        "type": f"/problems/{slug}",
        "title": slug.replace("-", " ").capitalize(),
        "status": int(status),
        "detail": detail,
        "instance": request.url.path,
        "request_id": request.scope.get("request_id"),
        **_particulars(error),
    }
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers=_headers(error, status),
    )


def slug_of(kind: type[BaseException]) -> str:
    """`UnknownModule` → `unknown-module`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()


def _from_litestar(error: HTTPException) -> tuple[int, str, str]:
    slug, detail = LITESTAR.get(error.status_code, ("request-failed", error.detail))
    if isinstance(error, ValidationException):
        return error.status_code, "invalid-request", "the request does not fit; see `errors`"
    return error.status_code, slug, detail


def _particulars(error: Exception) -> dict[str, Any]:
    if isinstance(error, ValidationException):
        found = error.extra if isinstance(error.extra, list) else []
        return {"errors": [_particular(item) for item in found]}
    if isinstance(error, errors.Invalid) and error.field:
        return {"errors": [{"field": error.field, "message": str(error)}]}
    return {}


def _particular(item: Any) -> dict[str, Any]:
    if not isinstance(item, dict):
        return {"message": str(item)}
    return {"field": item.get("key", ""), "message": item.get("message", "")}


def _headers(error: Exception, status: int) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, errors.TooMany | errors.Unavailable):
        headers["Retry-After"] = str(error.retry_after)
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, HTTPException) and error.headers:
        headers |= error.headers
    return headers
