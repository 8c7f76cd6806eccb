"""The code, as the pages see it: every module of the package, imported."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import TypeVar

import skillbridge

T = TypeVar("T")


def modules(below: ModuleType = skillbridge) -> Iterator[ModuleType]:
    """Every module under a package, by name; `__main__` would run."""
    names = (found.name for found in walk_packages(below.__path__, f"{below.__name__}."))
    for name in sorted(names):
        if not name.endswith("__main__"):
            yield import_module(name)


def subclasses(kind: type[T]) -> list[type[T]]:
    """Every class of ours below `kind`, however deep, by name."""
    found, waiting = set(), [kind]
    while waiting:
        for child in waiting.pop().__subclasses__():
            if child not in found and _is_the_one(child):
                found.add(child)
                waiting.append(child)
    return sorted(found, key=lambda child: (child.__name__, child.__module__))


def _is_the_one(kind: type) -> bool:
    """False for other people's, and for the shadow that a dataclass with slots leaves behind."""
    module = sys.modules.get(kind.__module__)
    ours = kind.__module__.startswith("skillbridge.")
    return ours and getattr(module, kind.__name__, None) is kind
