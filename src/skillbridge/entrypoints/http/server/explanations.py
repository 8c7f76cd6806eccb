"""What each problem means, by its name: our own errors say it in their docstrings."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from inspect import getdoc

from skillbridge.domain.errors import SkillBridgeError
from skillbridge.entrypoints.http.server.faults.fault import slug_of
from skillbridge.entrypoints.http.server.problems import GENERAL, status_of, title_of


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an error means; what happened in a single request stands in its `detail`."""

    type: str
    title: str
    status: int
    explanation: str
    members: tuple[str, ...] = ()
    """What such a problem has besides, by the names that the explanation has in backticks."""


def explanations(prefix: str = "") -> Mapping[str, Explanation]:
    """Every problem by its slug: our own errors say in their docstrings what they mean."""
    own = {
        slug_of(kind): _explain(
            prefix, slug_of(kind), status_of(kind), getdoc(kind) or "", _members(kind)
        )
        for kind in kinds_of(SkillBridgeError)
    }
    general = {
        slug: _explain(prefix, slug, status, f"{detail[0].upper()}{detail[1:]}.")
        for slug, (status, detail) in GENERAL.items()
    }
    return general | own


def kinds_of(kind: type[SkillBridgeError]) -> Iterator[type[SkillBridgeError]]:
    """Every error that is a narrower one of this kind."""
    for narrower in kind.__subclasses__():
        yield narrower
        yield from kinds_of(narrower)


def _members(kind: type[SkillBridgeError]) -> tuple[str, ...]:
    has_some = kind.members is not SkillBridgeError.members
    return tuple(re.findall(r"`(\w+)`", getdoc(kind) or "")) if has_some else ()


def _explain(
    prefix: str, slug: str, status: int, text: str, members: tuple[str, ...] = ()
) -> Explanation:
    return Explanation(f"{prefix}/problems/{slug}", title_of(slug), status, text, members)
