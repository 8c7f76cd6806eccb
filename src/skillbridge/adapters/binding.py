"""A port and the adapter that fits it, joined so that mypy looks whether it does."""

from collections.abc import Callable, Iterable
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args

if TYPE_CHECKING:
    from dishka import Provider

Port = TypeVar("Port")


class Binding(Generic[Port]):
    """`Binding[Roadmaps](PostgresRoadmaps)`: mypy refuses an adapter that is none of this port.

    dishka's own `provide(adapter, provides=port)` takes any two. A singleton is one for the process
    and not one for each request.
    """

    def __init__(self, adapter: Callable[..., Port], *, singleton: bool = False) -> None:
        self.adapter = adapter
        self.singleton = singleton

    @property
    def port(self) -> Any:
        """What stands in the brackets."""
        (port,) = get_args(vars(self)["__orig_class__"])
        return port


Bindings = tuple[Binding[Any], ...]


def joined(*packages: ModuleType) -> Bindings:
    """The BINDINGS of every module in these packages. Raises ValueError for a port that has two."""
    found: dict[Any, Binding[Any]] = {}
    for package in packages:
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            for binding in getattr(import_module(module.name), "BINDINGS", ()):
                if binding.port in found:
                    raise ValueError(f"{module.name}: {binding.port} has another adapter already")
                found[binding.port] = binding
    return tuple(found.values())


def bind(provider: "Provider", bindings: Iterable[Binding[Any]]) -> None:
    """Each adapter is made from what its fields ask for, once in its scope."""
    from dishka import Scope  # noqa: PLC0415  adapters are used without a container too

    for binding in bindings:
        scope = Scope.APP if binding.singleton else Scope.REQUEST
        provider.provide(binding.adapter, provides=binding.port, scope=scope)
