"""The contract as it is published: what each operation answers when it refuses, said once.

Litestar knows the good answers from the handlers' signatures. The refusals follow from what an
operation is: who may call it, whether it names something, whether it brings a body.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import OpenAPI

from skillbridge.entrypoints.http import faults
from skillbridge.entrypoints.http.problems import MEDIA_TYPE

REFUSALS = {
    400: "The request cannot be read, or does not fit the contract; `errors` names each field.",
    401: "No access token came along, or it holds no longer: log in again.",
    403: "This is not for you, or not yet; `detail` says what is missing.",
    404: "There is no such thing, or it is not yours to see: the two are not told apart.",
    409: "The right request at the wrong moment; read again what there is now.",
    413: "The body is larger than 1 MiB.",
    415: "The body is not `application/json`.",
    422: "The request breaks a rule; `errors` names the field, where it is one.",
    429: "Asked too often: wait for as many seconds as `Retry-After` says.",
    503: "Something this stands on is away: try again after `Retry-After` seconds.",
}

PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "What was wrong and the way out (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": "The kind of problem, and where it is explained.",
        },
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What was wrong this time, for people."},
        "instance": {"type": "string", "description": "The path that was asked for."},
        "request_id": {"type": "string", "description": "Finds this request in our log."},
        "errors": {
            "type": "array",
            "description": "The parts of the request that do not fit, where there are any.",
            "items": faults.SHAPE,
        },
    },
    "examples": [
        {
            "type": "/problems/unknown-roadmap",
            "title": "Unknown roadmap",
            "status": 404,
            "detail": "there is no such roadmap among yours",
            "instance": "/v1/roadmaps/00000000-0000-4000-8000-000000000000",
            "request_id": "0f8fad5bd9cb469fa16570867728950e",
        }
    ],
}


@dataclass
class Contract(OpenAPI):
    """The document, with every refusal that an operation may answer with."""

    def to_schema(self) -> dict[str, Any]:
        schema = super().to_schema()
        components = schema["components"]
        components["schemas"]["Problem"] = PROBLEM
        components["responses"] = {f"Problem{status}": _response(status) for status in REFUSALS}
        for path, methods in schema["paths"].items():
            for method, operation in methods.items():
                answers = operation["responses"]
                for status in _refusals(path, method, operation):
                    answers[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
                operation["responses"] = dict(sorted(answers.items()))
                operation["summary"] = _words(operation["operationId"])
        return schema


class ContractConfig(OpenAPIConfig):
    """Makes a `Contract` where Litestar would make its plain document."""

    def to_openapi_schema(self) -> OpenAPI:
        plain = super().to_openapi_schema()
        return Contract(**vars(plain))


def _refusals(path: str, method: str, operation: dict[str, Any]) -> Iterator[int]:
    """Every status that the operation might refuse with; some of them it may never need."""
    parameters = operation.get("parameters", [])
    for_someone = {} not in operation.get("security", [])
    writes = method != "get"
    if for_someone or writes:
        yield from (401, 403, 503)
    if parameters or writes:
        yield from (400, 422)
    if writes or "{" in path or path.startswith("/v1/me"):
        yield 404
    if writes:
        yield 409
    if writes or "text/event-stream" in operation["responses"]["200"].get("content", {}):
        yield 429
    if "requestBody" in operation:
        yield from (413, 415)


def _words(name: str) -> str:
    """`RequestRoadmap` → `Request roadmap`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def _response(status: int) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": REFUSALS[status], "content": content}
