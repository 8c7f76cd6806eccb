"""Use cases into handlers: one dishka scope around the handler and nothing else.

dishka's own middleware opens its scope outside of Litestar's error handling and costs more than
the rest of the framework together; here the scope is closed before the response leaves.
"""

from collections.abc import Callable
from inspect import Parameter
from typing import Any, TypeVar, get_type_hints

from dishka import AsyncContainer, Provider, Scope, from_context
from dishka.integrations.base import wrap_injection
from litestar import Request

from skillbridge.domain.actor import Actor

Handler = TypeVar("Handler", bound=Callable[..., Any])

ACTOR = "skillbridge.actor"
"""Where the guards leave the actor in the connection's scope."""


class HttpProvider(Provider):
    """What a request brings along."""

    scope = Scope.REQUEST
    request = from_context(Request)
    actor = from_context(Actor)


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
    context = {Request: request, Actor: request.scope.get(ACTOR)}
    return lambda _context, scope: container(context, scope=scope)
