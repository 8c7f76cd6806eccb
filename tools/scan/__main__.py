"""`python -m tools.scan`, behind `make scan`: looks, shows that it can see, and says what was found.

Every scanner is led to faults of our own making first: one that finds none of them has seen nothing. What it
finds in the project fails the run, unless allowed.toml says why it is no fault; an entry there that nothing
needs any more fails it as well. A scanner that could not look says so: that passes here, where a network may
be away, and fails with `--must-look`. `--write` makes docs/security-report.md.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from tools.scan.code import bandit, cargo_deny, detect_secrets, pip_audit, semgrep
from tools.scan.outcome import ROOT, Allowed, Finding, Looked, NotLooked, Outcome, Scanner, allowed
from tools.scan.web import wapiti

REPORT = ROOT / "docs/security-report.md"


@dataclass(frozen=True, slots=True)
class Result:
    scanner: Scanner
    version: str
    outcome: Outcome
    blind: frozenset[str]
    """Rules whose planted fault was not found."""
    reasons: tuple[Allowed, ...]
    """Those that were needed."""

    @property
    def faults(self) -> list[Finding]:
        found = self.outcome.findings if isinstance(self.outcome, Looked) else ()
        return [it for it in found if not any(one.covers(self.scanner, it) for one in self.reasons)]

    @property
    def seen(self) -> int:
        """How many of the planted faults were found."""
        return len(self.scanner.rules - self.blind)

    @property
    def words(self) -> str:
        match self.outcome:
            case NotLooked(why):
                return f"not looked: {why}"
            case Looked(at, _):
                faults = self.faults
                return f"{at}: {len(faults) or 'nothing'} found, {len(self.reasons)} allowed"


def scanned(scanner: Scanner) -> Result:
    outcome = scanner.look()
    if isinstance(outcome, NotLooked):
        return Result(scanner, "", outcome, frozenset(), ())
    planted = scanner.planted()
    seen = {it.rule for it in planted.findings} if isinstance(planted, Looked) else set()
    reasons = tuple(
        one for one in allowed() if any(one.covers(scanner, it) for it in outcome.findings)
    )
    return Result(scanner, scanner.version(), outcome, scanner.rules - seen, reasons)


def complaints(results: list[Result], *, must_look: bool) -> Iterator[str]:
    for one in results:
        name = one.scanner.name
        yield from (f"{name}: {fault}" for fault in one.faults)
        yield from (f"{name} does not see its planted fault: {rule}" for rule in sorted(one.blind))
        if must_look and isinstance(one.outcome, NotLooked):
            yield f"{name} did not look: {one.outcome.why}"
    looked = {one.scanner.name for one in results if isinstance(one.outcome, Looked)}
    needed = {reason for one in results for reason in one.reasons}
    for reason in allowed():
        if reason.scanner in looked and reason not in needed:
            where = f"{reason.scanner} {reason.rule} {reason.file}"
            yield f"allowed.toml: nothing needs {where} any more"


def page(results: list[Result]) -> str:
    rows = [
        f"| {one.scanner.name} {one.version} | {one.words} | {one.seen} of {len(one.scanner.rules)} |"
        if isinstance(one.outcome, Looked)
        else f"| {one.scanner.name} | {one.words} | |"
        for one in results
    ]
    reasons = [
        f"| {it.scanner} | {it.rule} | `{it.file}` | {it.why} |"
        for one in results
        for it in one.reasons
    ]
    return "\n".join([
        "# Security report", "",
        "Written by `make scan ARGS=--write`. What scanners of others say of this tree; each was first led to",
        "faults of our own making, and found them. What was not looked at says nothing.", "",
        "| scanner | looked at, found | planted faults found |", "| --- | --- | ---: |", *rows, "",
        "## Findings that are none", "", "| scanner | rule | where | why |", "| --- | --- | --- | --- |", *reasons, "",
    ])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.scan")
    parser.add_argument(
        "--must-look", action="store_true", help="fail where a scanner could not look"
    )
    parser.add_argument("--write", action="store_true", help="write docs/security-report.md")
    parser.add_argument("--only", action="append", default=[], help="one scanner, by its name")
    asked = parser.parse_args()
    results = []
    for make in (bandit, semgrep, detect_secrets, pip_audit, cargo_deny, wapiti):
        scanner = make()
        if not asked.only or scanner.name in asked.only:
            results.append(scanned(scanner))
            print(f"{scanner.name}: {results[-1].words}", flush=True)
    wrong = list(complaints(results, must_look=asked.must_look))
    if wrong:
        sys.exit("\n".join(wrong))
    if asked.write:
        REPORT.write_text(page(results), encoding="utf-8")


if __name__ == "__main__":
    main()
