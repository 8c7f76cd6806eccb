"""Tables of which each context declares its own part."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any


def joined(package: str, name: str) -> dict[Any, Any]:
    """The tables of this name in the modules of a package, as one. Raises ValueError for what two declare."""
    whole: dict[Any, Any] = {}
    for module in iter_modules(import_module(package).__path__, f"{package}."):
        part = getattr(import_module(module.name), name)
        if twice := whole.keys() & part.keys():
            raise ValueError(f"{module.name}: {twice} stands in another {name} too")
        whole |= part
    return whole
