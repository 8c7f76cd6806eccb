"""`python -m tools.docs` writes every page; with `--check` it names those that are stale."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.docs import (
    access,
    asvs,
    components,
    coverage,
    layers,
    problems,
    processing,
    scorecard,
    settings,
    states,
)
from tools.docs.rows import ContradictionError, rows_of

ROOT = Path(__file__).parents[2]


def pages() -> Iterator[tuple[str, str]]:
    """Each page's path and its text."""
    yield "docs/generated/layers.md", layers.page()
    yield "docs/generated/states.md", states.page()
    yield "docs/generated/access.md", access.page()
    yield "docs/generated/processing.md", processing.page()
    rows = rows_of(ROOT)
    yield "docs/generated/scorecard.md", scorecard.page(rows)
    clauses = (ROOT / "docs/clauses.toml").read_text(encoding="utf-8")
    yield "docs/generated/coverage.md", coverage.page(clauses, rows)
    yield "docs/generated/asvs.md", asvs.page(ROOT)
    yield "docs/problems.md", problems.page()
    yield ".env.example", settings.page()
    yield "docs/generated/components.cdx.json", components.page(ROOT)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, name stale pages")
    check = parser.parse_args().check
    try:
        stale = [name for name, text in pages() if _differs(ROOT / name, text, write=not check)]
    except ContradictionError as found:
        sys.stdout.write(f"{found}\n")
        return 1
    if check and stale:
        sys.stdout.write(f"stale, run `make docs`: {', '.join(stale)}\n")
        return 1
    return 0


def _differs(path: Path, text: str, *, write: bool) -> bool:
    same = path.exists() and path.read_text(encoding="utf-8") == text
    if write and not same:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")
    return not same


if __name__ == "__main__":
    sys.exit(main())
