"""Mutants of domain and application, made by mutmut and drawn by a seed.

mutmut only makes them: they run as the planted ones do. Texts are left alone, for they are no rules.
A draw is by a hash of seed and change, so that it stays the same where the code stays the same.
"""

import difflib
import hashlib
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import libcst
from mutmut.mutation.file_mutation import Mutation, create_mutations
from tests.mutants.mutant import ROOT, Mutant

LAYERS = ("domain", "application")
SIGHT = Path(__file__).with_name("generated.toml")
T = TypeVar("T")


def generated(count: int, seed: str) -> list[Mutant]:
    """Draw so many of all that mutmut makes."""
    every = [one for layer in LAYERS for one in _of_layer(layer)]
    return [one.grown() for one in drawn(((one.key, one) for one in every), count, seed)]


def drawn(named: Iterable[tuple[str, T]], count: int, seed: str) -> list[T]:
    """Return the `count` whose names have the lowest hashes."""
    hashed = ((hashlib.sha256(f"{seed} {name}".encode()).digest(), one) for name, one in named)
    return [one for _, one in sorted(hashed, key=lambda pair: pair[0])[:count]]


@dataclass(frozen=True, slots=True)
class Made:
    """One of mutmut's changes; the whole text is made only of those that are drawn."""

    key: str
    layer: str
    file: str
    module: libcst.Module
    mutation: Mutation
    tests: tuple[str, ...]

    def grown(self) -> Mutant:
        changed = self.module.deep_replace(self.mutation.original_node, self.mutation.mutated_node)
        assert isinstance(changed, libcst.Module)
        function = self.mutation.contained_by_top_level_function
        place = f"{function.name.value}: " if isinstance(function, libcst.FunctionDef) else ""
        name = f"{self.file}: {place}{_change(self.module.code, changed.code)}"
        return Mutant(name, self.layer, self.file, changed.code, self.tests)


def _of_layer(layer: str) -> Iterator[Made]:
    sight = tomllib.loads(SIGHT.read_text(encoding="utf-8"))
    package = ROOT / "src/skillbridge"
    for path in sorted((package / layer).rglob("*.py")):
        within = str(path.relative_to(package))
        tests = sight[max((place for place in sight if within.startswith(place)), key=len)]
        file, twins = str(path.relative_to(ROOT)), Counter[str]()
        module, mutations, _, _ = create_mutations(file, path.read_text(encoding="utf-8"))
        for mutation in mutations:
            if not isinstance(mutation.original_node, libcst.BaseString):
                change = _nodes(module, mutation)
                twins[change] += 1
                key = f"{file} {change} {twins[change]}"
                yield Made(key, layer, file, module, mutation, tuple(tests))


def _nodes(module: libcst.Module, mutation: Mutation) -> str:
    nodes = (mutation.original_node, mutation.mutated_node)
    return " → ".join(module.code_for_node(node).strip() for node in nodes)


def _change(before: str, after: str) -> str:
    """Name a change by its lines."""
    old, new = before.splitlines(), after.splitlines()
    moves = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    _, i1, i2, j1, j2 = next(move for move in moves if move[0] != "equal")
    was, now = (" ".join(map(str.strip, lines)) for lines in (old[i1:i2], new[j1:j2]))
    return f"{was} → {now}"
