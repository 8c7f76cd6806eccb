"""Hears what the API answers in any test, and holds it against the published contract."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from tests.support.http.unpack import UNPACK

from skillbridge.entrypoints.http.app import CONTRACT
from skillbridge.entrypoints.http.contract.document import published
from skillbridge.entrypoints.http.contract.headers import HEADERS
from skillbridge.entrypoints.http.server.api import Api

ANYWHERE = {
    "/problems/no-such-path",
    "/problems/method-not-allowed",
    "/problems/body-too-slow",
    "/problems/internal-error",
}
"""What no operation answers by itself: it was not reached, or it broke."""
A_TEAPOT = 418
"""What a test makes an operation raise that never does."""
JSON = ("application/json", "application/problem+json")


@dataclass
class Answer:
    """One answer, as it left."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    def note(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode().lower(): v.decode() for k, v in message["headers"]}
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


@contextmanager
def listening() -> Iterator[list[str]]:
    """Every app of this process; what contradicts the contract is said in the list."""
    against: list[str] = []
    known = published(CONTRACT)
    answer_as_usual = Api.__call__

    async def listen(app: Api, scope: Any, receive: Any, send: Any) -> None:
        answer, method = Answer(), scope.get("method")

        async def tell(message: Any) -> None:
            answer.note(message)
            await send(message)

        await answer_as_usual(app, scope, receive, tell)
        if method != "HEAD":
            answer.body = UNPACK[answer.headers.get("content-encoding", "")](answer.body)
        name = str(getattr(scope.get("route_handler"), "operation_id", ""))
        if name in known and answer.status and method != "HEAD":
            document = app.state.contract.document if not _documents else _documents[0]
            _documents[:] = [document]
            against.extend(f"{name}: {what}" for what in objections(document, name, answer))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Api, "__call__", listen)
        yield against


_documents: list[dict[str, Any]] = []
"""The contract is the same for every app of a run: the first one's is kept."""


def objections(document: dict[str, Any], name: str, answer: Answer) -> Iterator[str]:
    """How the answer differs from what this operation may answer."""
    told: Any = json.loads(answer.body) if answer.media_type in JSON and answer.body else None
    is_problem = answer.media_type == JSON[1]
    if is_problem and (told["type"] in ANYWHERE or answer.status == A_TEAPOT):
        return
    published_as = _responses(document, name).get(str(answer.status))
    if published_as is None:
        yield f"{answer.status} is not in the contract ({answer.body[:200]!r})"
        return
    yield from _wrong_headers(published_as["headers"], answer)
    content = published_as.get("content", {})
    if answer.body and answer.media_type not in content:
        yield f"{answer.status} is {answer.media_type}, the contract says {[*content]}"
    elif told is not None:
        schema = content[answer.media_type]["schema"]
        for error in _validator(_frozen(schema), id(document)).iter_errors(told):
            yield f"{answer.status}: {error.message} at {error.instance_path}"


def _wrong_headers(known: dict[str, Any], answer: Answer) -> Iterator[str]:
    names = {name.lower() for name in HEADERS}
    seen, said = names & answer.headers.keys(), {name.lower(): one for name, one in known.items()}
    if "Origin" in answer.headers.get("vary", ""):  # the rules of origins are no operation's
        seen -= {"vary"}
    for name in seen - said.keys():
        yield f"{answer.status} came with {name}, of which the contract says nothing"
    for name, one in said.items():
        if one.get("required", True) and name not in seen:
            yield f"{answer.status} came without {name}"


def _responses(document: dict[str, Any], name: str) -> dict[str, Any]:
    operations = (one for methods in document["paths"].values() for one in methods.values())
    responses = next(one["responses"] for one in operations if one["operationId"] == name)
    shared = document["components"]["responses"]
    return {
        status: shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        for status, one in responses.items()
    }


def _frozen(schema: dict[str, Any]) -> str:
    return json.dumps(schema, sort_keys=True)


@cache
def _validator(schema: str, _: int) -> Any:
    within = {"components": _documents[0]["components"]}
    return jsonschema_rs.validator_for({**json.loads(schema), **within}, validate_formats=True)
