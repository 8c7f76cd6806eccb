"""docs/generated/states.md: every table of states, drawn."""

from collections.abc import Iterator
from enum import StrEnum
from types import ModuleType

import skillbridge.domain
from skillbridge.domain.lifecycle import Lifecycle
from tools.docs.code import modules
from tools.docs.markdown import document, mermaid, one_line

INTRODUCTION = """
Each diagram is a `Lifecycle` table of the domain: the words on the arrows are the verbs. A verb
that is not drawn from a state is refused there with a 409 that names those that are.
"""


def page() -> str:
    return document("States", INTRODUCTION, *(part for found in _tables() for part in found))


def _tables() -> Iterator[tuple[str, str, str]]:
    for module in modules(skillbridge.domain):
        for value in vars(module).values():
            if isinstance(value, Lifecycle):
                title = module.__name__.rpartition(".")[2].capitalize()
                yield f"## {title}", _source(module), mermaid(_diagram(value))


def _source(module: ModuleType) -> str:
    path = module.__name__.replace(".", "/")
    return f"{one_line(module.__doc__)} [Source](../../src/{path}.py)"


def _diagram(life: Lifecycle[StrEnum]) -> Iterator[str]:
    yield "stateDiagram-v2"
    reached = {to for _, to in life.moves.values()}
    left = {state for sources, _ in life.moves.values() for state in sources}
    yield from (f"  [*] --> {state.value}" for state in sorted(left - reached))
    for verb, (sources, to) in life.moves.items():
        yield from (f"  {state.value} --> {to.value}: {verb}" for state in sorted(sources))
    yield from (f"  {state.value} --> [*]" for state in sorted(reached - left))
