"""docs/generated/asvs.md: our checklist of OWASP ASVS 5.0.0, its tests, and what they notice."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutants.mutant import planted

from tools.docs.markdown import anchor, document, table
from tools.docs.marked import Tests, marked
from tools.docs.rows import STATES, ContradictionError

SOURCE = "docs/asvs.toml"
EXCEPTED = "excepted"
INTRODUCTION = """
What SkillBridge takes from the [OWASP Application Security Verification Standard
5.0.0](https://github.com/OWASP/ASVS): all of level 2 that applies here, and some of level 3, in words of
our own ([asvs.toml](../asvs.toml)). The tests of an item are those with its mark, `@pytest.mark.asvs(…)`; they pass
or the change does not land. *Removed* are the protections that `make prove P=access` takes away, one at a time,
in a copy of the tree: each time a test of the line must fail. *Open* has no test, and says what it comes with;
*in part* says which of its items are open, or what is missing. *Excepted* is what is otherwise here, with the
reason. No line is shown without a removal, or the
reason why there is nothing to remove.
"""


@dataclass(frozen=True)
class Item:
    """One line of the checklist: items of the standard that are shown together."""

    items: Sequence[str]
    level: str
    """1 to 3, or several."""
    asks: str
    open: str | Mapping[str, str] = ""
    """What the whole line, or some of its items, come with."""
    missing: str = ""
    """What its tests do not show yet."""
    excepted: str = ""
    """Why it is otherwise here, and stays so: of what its tests do not show, or, without any, of the whole line."""
    removed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The planted mutants that take its protections away: by file, their names."""
    nothing_to_remove: str = ""
    """Why, where there are none."""

    @property
    def left(self) -> Mapping[str, str]:
        """The items that are open, and what they come with."""
        if self.excepted and not (self.removed or self.nothing_to_remove):
            return dict.fromkeys(self.items, self.excepted)
        return dict.fromkeys(self.items, self.open) if isinstance(self.open, str) else self.open

    @property
    def is_open(self) -> bool:
        return bool(self.items) and set(self.left) == set(self.items) and all(self.left.values())

    @property
    def state(self) -> str:
        if self.excepted:
            return EXCEPTED
        if self.is_open:
            return "open"
        return "in part" if self.open or self.missing else "shown"

    @property
    def names(self) -> list[str]:
        """Of its mutants, in whole."""
        return [f"{file}: {name}" for file, names in self.removed.items() for name in names]


Items = Mapping[str, Item]


def lines_of(root: Path) -> Items:
    return lines_from((root / SOURCE).read_text(encoding="utf-8"))


def lines_from(text: str) -> Items:
    return {number: Item(**line) for number, line in tomllib.loads(text).items()}


def page(root: Path) -> str:
    """Raises ContradictionError."""
    lines, tests = lines_of(root), marked(root)["asvs"]
    if wrong := list(contradictions(lines, tests, {one.name for one in planted()})):
        raise ContradictionError("\n".join(wrong))
    return written(lines, tests)


def contradictions(lines: Items, tests: Tests, mutants: set[str]) -> Iterator[str]:
    """Each disagreement of docs/asvs.toml with the marks of tests and with what is planted."""
    items = Counter(item for line in lines.values() for item in line.items)
    for item in sorted(tests.keys() - items.keys()):
        yield f"{SOURCE}: no line has the item {item}, which {min(tests[item])} names"
    for item, count in items.items():
        if count > 1:
            yield f"{SOURCE}: {item} stands in {count} lines"
    for number, line in lines.items():
        yield from _of_line(f"{SOURCE}: {number}", line, tests, mutants)


def _of_line(place: str, line: Item, tests: Tests, mutants: set[str]) -> Iterator[str]:
    left = line.left if line.open or line.is_open else {}
    for item in sorted(left.keys() - set(line.items)):
        yield f"{place}: {item} is open and no item of it"
    for item in line.items:
        if item in left and tests.get(item):
            yield f"{place}: {item} is said to be open, and {min(tests[item])} shows it"
        if item not in left and not tests.get(item):
            yield f"{place}: no test has the mark of {item}, which is not said to be open"
    for name in sorted(set(line.names) - mutants):
        yield f"{place}: nothing is planted by the name {name}"
    if not line.is_open and bool(line.removed) == bool(line.nothing_to_remove):
        yield f"{place}: say what is removed, or why there is nothing to remove"
    if line.excepted and (line.open or line.missing):
        yield f"{place}: what is excepted is neither open nor missing"
    if line.is_open and (line.removed or line.missing or line.nothing_to_remove):
        yield f"{place}: an open line says what it comes with, and no more"


def written(lines: Items, tests: Tests) -> str:
    counts = Counter(line.state for line in lines.values())
    summary = ", ".join(
        f"{counts[state]} {state}" for state in (*STATES, EXCEPTED) if counts[state]
    )
    removals = {name for line in lines.values() for name in line.names}
    heads = [
        "line",
        "items",
        "level",
        "what",
        "state",
        "tests",
        "removed",
        "open, missing or excepted",
    ]
    rows = [
        [
            anchor(number) + number,
            ", ".join(line.items),
            line.level,
            line.asks,
            line.state,
            _tests(line, tests),
            "<br>".join(_removed(line)) or line.nothing_to_remove,
            _left(line),
        ]
        for number, line in lines.items()
    ]
    return document(
        "ASVS",
        INTRODUCTION,
        f"**{summary}; {len(removals)} protections are removed**",
        table(heads, rows),
    )


def _tests(line: Item, tests: Tests) -> str:
    """Each file, with the items that it shows where it does not show all of them."""
    shown: dict[str, list[str]] = {}
    for item in line.items:
        for file in sorted({test.partition("::")[0] for test in tests.get(item, ())}):
            shown.setdefault(file, []).append(item)
    told = []
    for file, items in sorted(shown.items()):
        part = f" ({', '.join(items)})" if len(items) < len(line.items) else ""
        told.append(f"[{file.removeprefix('tests/')}](../../{file}){part}")
    return "<br>".join(told)


def _removed(line: Item) -> Iterator[str]:
    for file, names in line.removed.items():
        place = f"[{file.rpartition('/')[2]}](../../{file})"
        yield from (f"{name} ({place})" for name in names)


def _left(line: Item) -> str:
    if isinstance(line.open, str):
        return line.open or line.missing or line.excepted
    told = [f"{item}: {words}" for item, words in line.open.items()]
    return "<br>".join([*told, *filter(None, [line.missing])])
