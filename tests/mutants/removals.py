"""`make prove P=access`: each protection that docs/generated/asvs.md names is removed.

A test must fail that carries an item which the protection belongs to: no other one is asked.
"""

import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutants.field import sown
from tests.mutants.mutant import ROOT, Mutant, planted
from tests.mutants.report import KEPT, Fate, fate_of, remember, seen
from tests.mutants.trial import Verdict, prepare
from tools.docs.asvs import Items, lines_of
from tools.docs.marked import Tests, marked


def main() -> int:
    """Remove one after another, tell each as it ends; none is taken from an earlier run."""
    lines, begun = lines_of(ROOT), time.monotonic()
    word = os.environ.get("NAME", "")
    named = {name for line in lines.values() for name in line.names if word in name}
    with ProcessPoolExecutor(
        1, get_context("spawn")
    ) as apart:  # of what it imports nothing is left here
        tests = apart.submit(marked, ROOT).result()["asvs"]
    mutants = [with_tests_of(one.grown(), lines, tests) for one in planted() if one.name in named]
    print(f"{len(mutants)} protections of {_count(lines, named)} lines", flush=True)
    fates, rows = Counter[Fate](), []
    prepare()
    with TemporaryDirectory(prefix="removals-") as folder:
        jobs = int(os.environ.get("JOBS", "2"))
        for mutant, verdict in sown(mutants, Path(folder), jobs, first=seen()):
            fate = fate_of(verdict)
            fates[fate] += 1
            rows.append(_row(lines, mutant, fate, verdict))
            print(f"{len(rows)}/{len(mutants)} {rows[-1]}", flush=True)
            if fate is Fate.KILLED:
                remember({mutant.name: _by(verdict)})
    told = ", ".join(f"{number} {fate}" for fate, number in fates.items())
    summary = f"{told}; {time.monotonic() - begun:.0f} s"
    print(summary)
    KEPT.mkdir(exist_ok=True)
    heads = "| items | removed | what came of it | by | seconds |\n| --- | --- | --- | --- | ---: |"
    text = "\n".join(["# Protections removed\n", heads, *sorted(rows), f"\n{summary}\n"])
    (KEPT / "access.md").write_text(text, encoding="utf-8")
    return 0 if set(fates) == {Fate.KILLED} else 1


def with_tests_of(mutant: Mutant, lines: Items, tests: Tests) -> Mutant:
    """With those tests alone that carry the items which its line says they show."""
    items = {item for line in lines.values() if mutant.name in line.names for item in line.items}
    marked_so = {test.partition("[")[0] for item in items for test in tests.get(item, ())}
    return replace(mutant, tests=tuple(sorted(marked_so, key=_dear)))


def _dear(test: str) -> tuple[bool, str]:
    """Tests of servers come last."""
    return test.startswith("tests/integration"), test


def _count(lines: Items, named: set[str]) -> int:
    return sum(1 for line in lines.values() if named & set(line.names))


def _row(lines: Items, mutant: Mutant, fate: Fate, verdict: Verdict) -> str:
    items = [item for one in lines.values() if mutant.name in one.names for item in one.items]
    cells = (", ".join(items), mutant.name, fate, _by(verdict), f"{verdict.seconds:.1f}")
    return f"| {' | '.join(cells)} |"


def _by(verdict: Verdict) -> str:
    found = "".join(verdict.failed[:1])
    return found.rpartition(" (")[0] or found


if __name__ == "__main__":
    sys.exit(main())
