"""`python -m bench.baseline`, behind `make bench-rust`: did the matcher's core become slower?

Criterion measures, in one run, the core and a reference that is none of ours. Committed are the
ratios of the medians, which a slower machine leaves as they are. A kernel that a processor has not
is left out.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench.figures import shown, times
from bench.sheet import Sheet

WORKSPACE = Path(__file__).parents[1] / "matcher-rs"
MEASURED = WORKSPACE / "target" / "baseline"
BASELINE = WORKSPACE / "core" / "benches" / "baseline.json"
REFERENCE = "reference: sort 100k numbers"
COMMAND = (
    *("cargo", "bench", "--quiet", "--package", "matcher-core", "--bench", "baseline", "--"),
    *("--quiet", "--noplot", "--warm-up-time", "1", "--measurement-time", "3"),
)
CHANGED = 1.15
"""A row is shown when it is so many times slower or quicker."""
TOO_SLOW = 1.6
"""And fails when it is so many times slower; noise of two runs was below this."""


def ratios(measured: Path) -> dict[str, float]:
    """How many times the reference each took; raises KeyError without the reference."""
    medians: dict[str, float] = {}
    for path in sorted(measured.glob("**/new/benchmark.json")):
        name = json.loads(path.read_text(encoding="utf-8"))["full_id"]
        estimates = json.loads(path.with_name("estimates.json").read_text(encoding="utf-8"))
        medians[name] = estimates["median"]["point_estimate"]
    unit = medians.pop(REFERENCE)
    return {name: median / unit for name, median in medians.items()}


def changes(before: Mapping[str, float], now: Mapping[str, float]) -> dict[str, float]:
    """How many times slower than the baseline, where it is more than noise."""
    found = {name: now[name] / before[name] for name in before if name in now}
    return {name: change for name, change in found.items() if not 1 / CHANGED < change < CHANGED}


def main(
    keep: Annotated[bool, typer.Option("--keep", help="Make this run the baseline.")] = False,
) -> None:
    """Measure the core, and compare with the committed baseline."""
    shutil.rmtree(MEASURED, ignore_errors=True)
    environment = {**os.environ, "CRITERION_HOME": str(MEASURED)}
    subprocess.run(COMMAND, cwd=WORKSPACE, env=environment, check=True)
    now = ratios(MEASURED)
    if keep:
        rounded = {name: float(f"{ratio:.3g}") for name, ratio in now.items()}
        BASELINE.write_text(json.dumps(rounded, indent=2) + "\n", encoding="utf-8")
        return
    before = json.loads(BASELINE.read_text(encoding="utf-8"))
    changed = changes(before, now)
    rows = [
        (name, shown(before[name]), shown(now[name]), times(change))
        for name, change in changed.items()
    ]
    columns = ("what, in sorts of 100k numbers", "baseline", "now", "now ÷ baseline")
    title = "Changed" if rows else "Nothing changed"
    Console(width=120).print(Sheet(title, columns, rows).for_terminal())
    if any(change > TOO_SLOW for change in changed.values()):
        sys.exit(1)


if __name__ == "__main__":
    typer.run(main)
