"""Values as they were kept."""

from collections.abc import Mapping
from typing import Any, TypeVar, get_type_hints

import msgspec

T = TypeVar("T")


def as_kept(values: Mapping[str, Any], kind: type[T]) -> T:
    """A frozen dataclass of a row's columns, each of its type.

    It is not asked whether today's rules hold: they may have grown stricter since it was written,
    and who cannot read an old name cannot change it either.
    """
    made = object.__new__(kind)
    for name, hint in get_type_hints(kind).items():
        object.__setattr__(made, name, msgspec.convert(values[name], hint))
    return made
