"""A port and the adapter that fits it, joined so that mypy looks whether it does."""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar, get_args

from dishka import Provider, Scope

Port = TypeVar("Port")


class Binding(Generic[Port]):
    """`Binding[Roadmaps](PostgresRoadmaps)`: mypy refuses an adapter that is none of this port.

    dishka's own `provide(adapter, provides=port)` takes any two.
    """

    def __init__(self, adapter: Callable[..., Port], *, scope: Scope = Scope.REQUEST) -> None:
        self.adapter = adapter
        self.scope = scope

    @property
    def port(self) -> Any:
        """What stands in the brackets."""
        (port,) = get_args(vars(self)["__orig_class__"])
        return port


Bindings = tuple[Binding[Any], ...]


def bind(provider: Provider, bindings: Iterable[Binding[Any]]) -> None:
    """Each adapter is made from what its fields ask for, once in its scope."""
    for binding in bindings:
        provider.provide(binding.adapter, provides=binding.port, scope=binding.scope)
