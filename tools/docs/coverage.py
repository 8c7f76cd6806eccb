"""docs/generated/coverage.md: each clause of the user's documents, its rows and their state."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tools.docs.markdown import document, table
from tools.docs.rows import STATES, ContradictionError, Row

INTRODUCTION = """
What the user's documents ask for, clause by clause, in words of our own
([clauses.toml](../clauses.toml)). A clause is *shown* when all of its rows are, *open* when none of
them has a test, else *in part*: a row that lacks anything holds back each of its clauses. A row
leads to the [scorecard](scorecard.md), where its tests stand and what it lacks. What the documents
name as surpassing (`+`) is counted apart, and so is what goes further than they do.
"""
WHOLE = "*"
"""In place of a row: every row that the documents ask for."""
SECTION = re.compile(r"T\d+\.\d+|[TE]\d+|card")


@dataclass(frozen=True)
class Clause:
    name: str
    asks: str
    rows: Sequence[str]
    surpasses: bool = False

    @property
    def section(self) -> str:
        return self.name.rpartition(".")[0]

    def state(self, rows: Mapping[str, Row]) -> str:
        asked = [row for row in rows.values() if SECTION.match(row.origin)]
        chosen = asked if WHOLE in self.rows else [rows[name] for name in self.rows]
        states = {row.state for row in chosen}
        return states.pop() if len(states) == 1 else "in part"


Phases = Mapping[str, Sequence[Clause]]


def phases_from(text: str) -> Phases:
    return {
        phase: [Clause(name, **fields) for name, fields in clauses.items()]
        for phase, clauses in tomllib.loads(text).items()
    }


def page(clauses: str, rows: Mapping[str, Row]) -> str:
    phases = phases_from(clauses)
    if wrong := list(contradictions(phases, rows)):
        raise ContradictionError("\n".join(wrong))
    parts = [part for phase, found in phases.items() for part in _phase(phase, found, rows)]
    return document(
        "Coverage of the documents",
        INTRODUCTION,
        *_sums(phases, rows),
        *parts,
        "## Further than the documents",
        _further(rows),
        "## From rows to clauses",
        _by_row(phases, rows),
    )


def contradictions(phases: Phases, rows: Mapping[str, Row]) -> Iterator[str]:
    """Each disagreement of docs/clauses.toml and docs/requirements.md, in one line."""
    asked: dict[str, list[str]] = {name: [] for name in rows}
    for clause in _all(phases):
        if not clause.rows:
            yield f"docs/clauses.toml: no row answers {clause.name}"
        for row in clause.rows:
            if row == WHOLE:
                continue
            if row not in rows:
                yield f"docs/clauses.toml: {clause.name} names {row}, no row of docs/requirements.md"
            elif clause.section not in asked[row]:
                asked[row].append(clause.section)
    for name, sections in asked.items():
        yield from _origin_wrong(name, rows[name].origin, sections)


def _origin_wrong(name: str, origin: str, sections: Sequence[str]) -> Iterator[str]:
    """A row names the sections of the clauses that name it; without such, it gives a reason."""
    if sections and origin.split() != sections:
        yield f"docs/requirements.md: {name} is from {' '.join(sections)}, not from {origin or '-'}"
    if not sections and all(SECTION.fullmatch(word) for word in origin.split()):
        yield f"docs/requirements.md: no clause and no reason of ours asks for {name}"


def _sums(phases: Phases, rows: Mapping[str, Row]) -> Iterator[str]:
    for title, surpasses in (("Asked for", False), ("Surpassing", True)):
        chosen = {
            phase: [clause for clause in clauses if clause.surpasses == surpasses]
            for phase, clauses in phases.items()
        }
        lines = [_sum(phase, clauses, rows) for phase, clauses in chosen.items() if clauses]
        yield f"## {title}"
        yield table(
            ["phase", "clauses", *STATES, "shown"],
            [*lines, _sum("**in all**", list(_all(chosen)), rows)],
        )


def _sum(title: str, clauses: Sequence[Clause], rows: Mapping[str, Row]) -> list[str]:
    counts = Counter(clause.state(rows) for clause in clauses)
    share = f"{counts['shown'] / len(clauses):.0%}"
    return [title, str(len(clauses)), *(str(counts[state]) for state in STATES), share]


def _phase(phase: str, clauses: Iterable[Clause], rows: Mapping[str, Row]) -> tuple[str, str]:
    lines = [
        [
            f"{clause.name}{' +' * clause.surpasses}",
            clause.asks,
            " ".join(map(_link, clause.rows)),
            clause.state(rows),
        ]
        for clause in clauses
    ]
    return f"## {phase}", table(["clause", "asks for", "rows", "state"], lines)


def _further(rows: Mapping[str, Row]) -> str:
    lines = [
        [_link(name), row.what, row.origin, row.state]
        for name, row in rows.items()
        if not SECTION.match(row.origin)
    ]
    return table(["row", "what", "why", "state"], lines)


def _by_row(phases: Phases, rows: Mapping[str, Row]) -> str:
    lines = [
        [_link(name), " ".join(clause.name for clause in _all(phases) if name in clause.rows)]
        for name in rows
    ]
    return table(["row", "clauses"], [line for line in lines if line[1]])


def _all(phases: Phases) -> Iterator[Clause]:
    return (clause for clauses in phases.values() for clause in clauses)


def _link(row: str) -> str:
    return "all" if row == WHOLE else f"[{row}](scorecard.md#{row})"
