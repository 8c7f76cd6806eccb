"""Use cases into handlers: one dishka scope around the handler and nothing else.

dishka's own middleware opens its scope outside of Litestar's error handling and costs more than
the rest of the framework together; here the scope is closed before the response leaves.
"""

from collections.abc import AsyncIterator, Callable
from inspect import Parameter
from typing import Any, TypeVar, get_type_hints

from dishka import AsyncContainer, Provider, Scope, from_context, provide
from dishka.integrations.base import wrap_injection
from litestar import Request

from skillbridge.application.ports.access_tokens import Claims, EndedSignIns
from skillbridge.application.ports.clock import Clock
from skillbridge.domain.actor import Actor
from skillbridge.entrypoints.http.server.streams import IN_ALL, Streams

Handler = TypeVar("Handler", bound=Callable[..., Any])

ACTOR = "skillbridge.actor"
"""Where the guards leave the actor in the connection's scope."""
CLAIMS = "skillbridge.claims"
"""And there, what the access token proved."""


class HttpProvider(Provider):
    """What a request brings along."""

    scope = Scope.REQUEST
    request = from_context(Request)
    actor = from_context(Actor)
    claims = from_context(Claims)

    def __init__(self, *, streams: int = IN_ALL) -> None:
        super().__init__()
        self._streams = streams

    @provide(scope=Scope.APP)
    async def streams(self, ended: EndedSignIns, clock: Clock) -> AsyncIterator[Streams]:
        streams = Streams(ended, clock, self._streams)
        yield streams
        await streams.close()


def inject(handler: Handler) -> Handler:
    """Fills the parameters annotated `FromDishka[…]`; goes between the route and the function."""
    asks = "request" in get_type_hints(handler)
    extra = [] if asks else [Parameter("request", Parameter.KEYWORD_ONLY, annotation=Request)]
    return wrap_injection(  # type: ignore[return-value]  # the wrapped handler keeps its shape
        func=handler,
        is_async=True,
        additional_params=extra,
        container_getter=_container,
        manage_scope=True,
        scope=Scope.REQUEST,
    )


def _container(_: tuple[Any, ...], given: dict[str, Any]) -> Any:
    request: Request[Any, Any, Any] = given["request"]
    container: AsyncContainer = request.app.state.container
    known = request.scope
    context = {Request: request, Actor: known.get(ACTOR), Claims: known.get(CLAIMS)}
    return lambda _context, scope: container(context, scope=scope)
