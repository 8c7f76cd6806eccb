"""`Idempotency-Key`: a POST that is sent again, as after a lost answer, has its effect once.

After draft-ietf-httpapi-idempotency-key-header-07. Every POST of somebody who is signed in takes the
header; the key is theirs and of one operation. A good answer is kept for a day together with what
was written, and given again, marked `Idempotency-Replayed`. What was refused is not kept: sent
again, it is looked at again. The draft writes the key as a string of RFC 9651, in quotes; most
clients leave them out, and both are taken for the same.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from inspect import Parameter, signature
from typing import Annotated, Any, get_type_hints

import msgspec
from dishka import FromComponent
from dishka.integrations.base import default_parse_dependency
from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import HeaderParameter

from skillbridge.application.ports.idempotency import (
    FIELD,
    Answered,
    KeptAnswer,
    KeyedRequest,
    KeyInFlight,
    KeyReused,
    Once,
)
from skillbridge.application.ports.rate_limit import RateLimit, counted
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Invalid
from skillbridge.entrypoints.http.server import limits, quotas
from skillbridge.entrypoints.http.server.answers import JSON

REPLAYED = "Idempotency-Replayed"
_QUOTED = r"[\x20\x21\x23-\x5b\x5d-\x7e]{1,255}"
_BARE = r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,255}"
_KEY = re.compile(f'"({_QUOTED})"|({_BARE})')
IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name=FIELD,
        description=(
            "A name of your own for this request, such as a new UUID: sent again with it within a day, "
            "the request has no second effect, and is answered as it was the first time."
        ),
        schema_extra={"pattern": f'^(?:"{_QUOTED}"|{_BARE})$'},
    ),
]

AnyRequest = Request[Any, Any, Any]


class BadIdempotencyKey(Invalid):
    """`Idempotency-Key` is no text of 1 to 255 printable ASCII characters, or comes twice.

    Quotes around it are left out; without them it has no spaces, commas or semicolons. Take a new UUID.
    """


REFUSES = (BadIdempotencyKey, KeyReused, KeyInFlight)


def key_of(header: str) -> str:
    """The key, without its quotes. Raises BadIdempotencyKey."""
    found = _KEY.fullmatch(header)
    if found is None:
        raise BadIdempotencyKey(
            "a key has 1 to 255 printable ASCII characters, without quotes, backslashes or, unless "
            "the whole key stands in quotes, spaces, commas and semicolons; take a new UUID",
            field=FIELD,
        )
    return found[1] or found[2]


def once(operation: HTTPRouteHandler, handler: Callable[..., Any]) -> Callable[..., Any]:
    """The function of an operation, which heeds the key of whoever sends one.

    What is asked is what the function is given from outside: the body, and what stands in the path,
    the query and the headers.
    """
    hints = get_type_hints(handler, include_extras=True)
    own = signature(handler).parameters
    asked = [
        name
        for name, one in own.items()
        if name != "request" and default_parse_dependency(one, hints[name]) is None
    ]
    also = {"request": AnyRequest, "actor": Annotated[Actor, FromComponent()]}
    added = {name: kind for name, kind in also.items() if name not in own}
    added |= {"done_once": Annotated[Once, FromComponent()], "idempotency_key": IdempotencyKey}

    async def keyed(**given: Any) -> Any:
        request, actor = given["request"], given["actor"]
        done_once: Once = given.pop("done_once")
        header: str | None = given.pop("idempotency_key")
        work = partial(handler, **{name: it for name, it in given.items() if name in own})
        if header is None:
            return await work()
        if [name for name, _ in request.scope["headers"]].count(FIELD.lower().encode()) > 1:
            raise BadIdempotencyKey(f"send one `{FIELD}`", field=FIELD)
        fingerprint = _fingerprint({name: given[name] for name in asked})
        wish = KeyedRequest(str(operation.operation_id), key_of(header), fingerprint)

        async def answer() -> KeptAnswer:
            name, most = f"kept:{actor.tenant_id}:{actor.user_id}", quotas.KEPT
            limit: RateLimit = request.app.state.rate_limit
            async with counted(limit, name, limit=most.times, per=most.per):
                return _kept(operation, await work())

        found = await done_once(actor, wish, answer)
        if found.again:
            await limits.give_back(request.scope)
        return _made(found)

    return _shown_as(keyed, handler, hints, own, added)


def _fingerprint(asked: Mapping[str, Any]) -> bytes:
    """SHA-256 of the values as JSON in one order: spaces and the order of a body's fields are free."""
    return sha256(msgspec.json.encode(asked, order="deterministic")).digest()


def _kept(operation: HTTPRouteHandler, made: Any) -> KeptAnswer:
    response = made if isinstance(made, Response) else Response(made)
    status = response.status_code or operation.status_code
    body = None if response.content is None else msgspec.json.encode(response.content).decode()
    return KeptAnswer(status, dict(response.headers), body)


def _made(found: Answered) -> Response[bytes]:
    """The same bytes the first time and again."""
    answer = found.answer
    mark = {REPLAYED: "true"} if found.again else {}
    return Response(
        (answer.body or "").encode(),
        status_code=answer.status,
        headers={**answer.headers, **mark},
        media_type=JSON,
    )


def _shown_as(
    made: Callable[..., Any],
    handler: Callable[..., Any],
    hints: Mapping[str, Any],
    own: Mapping[str, Parameter],
    added: Mapping[str, Any],
) -> Callable[..., Any]:
    """Under the handler's own name and words, with its parameters and ours."""
    parameters = [
        one.replace(annotation=hints[name], kind=Parameter.KEYWORD_ONLY)
        for name, one in own.items()
    ]
    absent = {"idempotency_key": None}
    parameters += [
        Parameter(
            name, Parameter.KEYWORD_ONLY, annotation=kind, default=absent.get(name, Parameter.empty)
        )
        for name, kind in added.items()
    ]
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(made, name, getattr(handler, name))
    made.__annotations__ = {**hints, **added}
    made.__signature__ = signature(handler).replace(parameters=parameters)  # type: ignore[attr-defined]  # as inspect reads it
    return made
