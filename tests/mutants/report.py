"""What came of the mutants: told, kept for the next run, and judged."""

import hashlib
import json
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

from tests.mutants.mutant import ROOT, Mutant
from tests.mutants.trial import Verdict

KEPT = ROOT / ".mutants"
SURVIVORS = Path(__file__).with_name("survivors.toml")
SEEN = Path(__file__).with_name("seen.json")
"""Which test saw which mutants at last: it is asked first. Written by each run."""
SHARE = 0.95
"""Of the planted ones that have to die."""


class Fate(StrEnum):
    """How a mutant ended."""

    KILLED = "killed"
    SURVIVED = "survived"
    HUNG = "hung"
    UNTRIED = "untried"
    REFUSED = "refused"
    """Its tests fail without it, so that they would say nothing about it."""


def fate_of(verdict: Verdict) -> Fate:
    """Without the mutant the same run ended well: whatever else pytest says is the mutant's doing."""
    if verdict.refused:
        return Fate.REFUSED
    if verdict.status is None:
        return Fate.HUNG
    return Fate.KILLED if verdict.status else Fate.SURVIVED


@dataclass
class Ledger:
    """What is known of mutants, by what they are and what should see them."""

    path: Path
    known: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def opened(cls, folder: Path = KEPT, *, fresh: bool) -> "Ledger":
        folder.mkdir(exist_ok=True)
        path = folder / "fates.json"
        known = json.loads(path.read_text()) if path.exists() and not fresh else {}
        return cls(path, known)

    def fate(self, mutant: Mutant) -> tuple[Fate, str] | None:
        found = self.known.get(key(mutant))
        return (Fate(found[0]), found[1]) if found else None

    def enter(self, mutant: Mutant, verdict: Verdict) -> Fate:
        fate = fate_of(verdict)
        if fate is Fate.REFUSED:
            return fate
        self.known[key(mutant)] = [fate, "; ".join(verdict.failed[:1])]
        beside = self.path.with_suffix(".new")
        beside.write_text(json.dumps(self.known, indent=0))
        beside.replace(self.path)
        return fate


def seen(path: Path = SEEN) -> dict[str, str]:
    """Return by a mutant's name the test that saw it at last."""
    by_test: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return {name: test for test, names in by_test.items() for name in names}


def remember(killers: Mapping[str, str], path: Path = SEEN) -> None:
    """Keep which tests saw mutants, beside what is known of others."""
    by_test: defaultdict[str, list[str]] = defaultdict(list)
    for name, test in sorted({**seen(path), **killers}.items()):
        by_test[test].append(name)
    path.write_text(json.dumps(by_test, indent=1, sort_keys=True) + "\n", encoding="utf-8")


@cache
def key(mutant: Mutant, root: Path = ROOT) -> str:
    """Return a digest of the changed file and of its tests, as they were when first asked."""
    digest = hashlib.sha256(f"{mutant.file}\0{mutant.text}".encode())
    for test in mutant.tests:
        digest.update(f"\0{test}".encode())
        path = root / test.partition("::")[0]
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()


def reasons(path: Path = SURVIVORS) -> Mapping[str, str]:
    """Return why a mutant that lives is not wrong, or one that hangs is seen."""
    told: dict[str, dict[str, str]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return {f"{file}: {name}": why for file, names in told.items() for name, why in names.items()}


@dataclass
class Report:
    """The fates of one run's mutants."""

    seed: str
    fates: list[tuple[Mutant, Fate, str]]
    reasons: Mapping[str, str]

    def lines(self) -> Iterator[str]:
        """Write it as Markdown: a table by layer, then who lived."""
        yield f"# Mutants (seed {self.seed})\n"
        yield "| layer | planted | killed | told why not | unexplained |\n| --- | ---: | ---: | ---: | ---: |"
        for layer in dict.fromkeys(mutant.layer for mutant, _, _ in self.fates):
            yield self._row(layer, [one for one in self.fates if one[0].layer == layer])
        yield self._row("all", self.fates)
        for title, told in (("Not killed, and why", True), ("Not killed, unexplained", False)):
            yield f"\n## {title}\n"
            for mutant, fate, by in self.fates:
                if fate is not Fate.KILLED and (mutant.name in self.reasons) is told:
                    yield f"- {fate}: `{mutant.name}`: {self.reasons.get(mutant.name, by)}"

    def enough(self) -> bool:
        """Whether so many died as have to, and of the others each is explained."""
        lived = self._lived(self.fates)
        died = len(self.fates) - len(lived)
        return died >= SHARE * len(self.fates) and all(name in self.reasons for name in lived)

    def _row(self, layer: str, fates: Sequence[tuple[Mutant, Fate, str]]) -> str:
        lived = self._lived(fates)
        told, killed = sum(name in self.reasons for name in lived), len(fates) - len(lived)
        share = f"{killed} ({killed / max(1, len(fates)):.1%})"
        return f"| {layer} | {len(fates)} | {share} | {told} | {len(lived) - told} |"

    def _lived(self, fates: Sequence[tuple[Mutant, Fate, str]]) -> list[str]:
        """Return whose changes nobody saw; one that hangs was seen if that is what it is told to do."""
        return [
            one.name
            for one, fate, _ in fates
            if not (one.name in self.reasons if fate is Fate.HUNG else fate is Fate.KILLED)
        ]
