"""Errors as RFC 9457 problem details: one table, no exceptions to it."""

from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from skillbridge.application.ports.access_tokens import BadAccessToken, MissingScope
from skillbridge.application.ports.api_tokens import BadApiToken
from skillbridge.domain import errors
from skillbridge.domain.authentication import LATELY, StepUpNeeded
from skillbridge.entrypoints.http.server.faults.body import in_body
from skillbridge.entrypoints.http.server.faults.fault import NO_BODY, Fault, slug_of
from skillbridge.entrypoints.http.server.faults.parameters import Parameters
from skillbridge.entrypoints.http.server.faults.refused import Misshapen, Refused, Unreadable

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
PROBLEM = "skillbridge.problem"
"""Where the name of the problem is left in the connection's scope, for the log."""

CHECKSUM_MISMATCH = 460
"""Of no RFC. Source: tus 1.0.0, the extension checksum."""

STATUS: dict[type[BaseException], int] = {
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.Damaged: CHECKSUM_MISMATCH,
    errors.Unproven: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.ChangedSinceSeen: HTTPStatus.PRECONDITION_FAILED,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

GENERAL: dict[str, tuple[int, str]] = {
    "malformed-request": (400, "the request cannot be read; a body is JSON in UTF-8"),
    "ambiguous-host": (400, "send one `Host` header"),
    "invalid-request": (400, "the request does not fit; `errors` names each field"),
    "not-signed-in": (401, "send an access token from /v1/auth/login"),
    "forbidden": (403, "this is not for you"),
    "no-such-path": (404, "there is nothing at this address; /docs lists what there is"),
    "method-not-allowed": (405, "this address knows other methods; /docs lists them"),
    "body-too-slow": (408, "the body took too long to arrive; send it again"),
    "body-too-large": (413, "the body is too large: at most 1 MiB"),
    "unsupported-media-type": (415, "send `Content-Type: application/json`"),
    "unsupported-content-coding": (415, "send the body as it is, without `Content-Encoding`"),
    "unsupported-tus-version": (412, "speak tus 1.0.0: `Tus-Resumable: 1.0.0`"),
    "unsupported-checksum": (
        400,
        "send `Upload-Checksum: sha256`, a blank, and the digest in base64",
    ),
    "too-many": (429, "too many requests; wait a little"),
    "internal-error": (500, "something broke on our side; tell us the request id"),
}
"""What is no error of the domain, by its name: the status, and the way out."""

STEP_UP = (
    f'Bearer error="insufficient_user_authentication", max_age="{int(LATELY.total_seconds())}"'
)
"""Source: RFC 9470 section 3."""

INVALID = 'Bearer error="invalid_token"'
"""Source: RFC 6750 section 3.1."""

INSUFFICIENT = 'Bearer error="insufficient_scope"'
"""Source: as above."""

_BY_STATUS = {status: name for name, (status, _) in reversed(GENERAL.items())}


def to_problem(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Every exception leaves by here, the unexpected ones as a 500 that tells nothing but its id."""
    status, slug, detail = _meaning(error)
    request.scope[PROBLEM] = slug  # type: ignore[literal-required]  # ASGI scopes are open
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request.failed", exc_info=error)
    body = {
        "type": f"{request.app.state.prefix}/problems/{slug}",
        "title": title_of(slug),
        "status": status,
        "detail": detail,
        "instance": request.app.state.prefix + request.scope["asked_path"],  # type: ignore[typeddict-item]  # ASGI scopes are open
        "request_id": request.scope.get("request_id"),
    }
    if isinstance(error, errors.SkillBridgeError):
        body |= error.members
    if faults := _faults(request, error):
        body["errors"] = faults
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers=_headers(error, status),
    )


def status_of(kind: type[BaseException]) -> int:
    """By the nearest ancestor in the table; 500 for what nobody expected."""
    known = (STATUS[ancestor] for ancestor in kind.__mro__ if ancestor in STATUS)
    return int(next(known, HTTPStatus.INTERNAL_SERVER_ERROR))


def status_for(error: Exception) -> int:
    """The status with which this exception leaves."""
    return _meaning(error)[0]


def title_of(slug: str) -> str:
    return slug.replace("-", " ").capitalize()


def _meaning(error: Exception) -> tuple[int, str, str]:
    """Status, name and detail."""
    if isinstance(error, HTTPException) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        fitting = _BY_STATUS.get(error.status_code, "malformed-request")
        fitting = error.slug if isinstance(error, Refused) else fitting
        slug = "invalid-request" if isinstance(error, ValidationException) else fitting
        words = error.why if isinstance(error, Unreadable) else GENERAL[slug][1]
        return error.status_code, slug, words
    status = status_of(type(error))
    if isinstance(error, errors.SkillBridgeError):
        return status, slug_of(type(error)), str(error)
    return status, "internal-error", GENERAL["internal-error"][1]


def _faults(request: Request[Any, Any, Any], error: Exception) -> list[Fault]:
    """Everything that does not fit, and not only what was come upon first."""
    parameters: Parameters = request.app.state.parameters
    if isinstance(error, Misshapen):
        return parameters.faults(request) + in_body(
            error, parameters.example(request), request.app.state.catalogue
        )
    if isinstance(error, ValidationException):
        return parameters.faults(request) or [NO_BODY]
    if isinstance(error, errors.Invalid):
        return parameters.of_domain(request, error)
    return []


def _challenge(error: Exception) -> str:
    """What a program reads: whether to refresh, to step up, or to ask its person."""
    if isinstance(error, StepUpNeeded):
        return STEP_UP
    return INVALID if isinstance(error, BadAccessToken | BadApiToken) else "Bearer"


def _headers(error: Exception, status: int) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if (seconds := getattr(error, "retry_after", None)) is not None:
        headers["Retry-After"] = str(seconds)
    if isinstance(error, errors.AlreadyThere):
        headers["Location"] = f"/v1{error.place}"
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = _challenge(error)
    if isinstance(error, MissingScope):
        headers["WWW-Authenticate"] = f'{INSUFFICIENT}, scope="{error.needed}"'
    if isinstance(error, HTTPException) and error.headers:
        headers |= error.headers
    return headers
