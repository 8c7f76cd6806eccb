"""Every event by its name, as it is kept in the database."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from skillbridge.domain import events
from skillbridge.domain.events.event import Event


def _kinds() -> Iterator[type[Event]]:
    """What the modules of this package define, and the shapes that several events share."""
    for module in iter_modules(events.__path__, f"{events.__name__}."):
        for kind in vars(import_module(module.name)).values():
            if isinstance(kind, type) and issubclass(kind, Event):
                yield kind


def _by_name() -> dict[str, type[Event]]:
    kinds = set(_kinds())
    shapes = {shape for kind in kinds for shape in kind.__mro__[1:]}
    return {kind.__name__: kind for kind in sorted(kinds - shapes, key=lambda kind: kind.__name__)}


EVENTS = _by_name()
