"""`make prove P=mutants`: do the tests see what is broken on purpose?"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutants.field import sown
from tests.mutants.generated import LAYERS, drawn, generated
from tests.mutants.mutant import Mutant, planted
from tests.mutants.report import KEPT, Fate, Ledger, Report, reasons, remember, seen
from tests.mutants.trial import prepare


def chosen() -> list[Mutant]:
    """Those of the environment's layers, names and number."""
    layers, word = os.environ.get("LAYER", "").split(), os.environ.get("NAME", "")
    every = [one.grown() for one in planted()]
    if not layers or set(layers) & set(LAYERS):
        every += generated(int(os.environ.get("GENERATED", "120")), seed())
    wanted = [one for one in every if (not layers or one.layer in layers) and word in one.name]
    count = int(os.environ.get("MUTANTS", len(wanted)))
    return drawn(((one.name, one) for one in wanted), count, seed())


def seed() -> str:
    return os.environ.get("SEED", "1")


def main() -> int:
    """Try those that are not known yet, tell each as it ends, and judge them all."""
    ledger, mutants = Ledger.opened(fresh="FRESH" in os.environ), chosen()
    new = [mutant for mutant in mutants if ledger.fate(mutant) is None]
    print(f"{len(mutants)} mutants, {len(mutants) - len(new)} known (seed {seed()})", flush=True)
    if new:
        prepare()
        _try(new, ledger)
    fates = [(one, *(ledger.fate(one) or (Fate.UNTRIED, ""))) for one in mutants]
    report = Report(seed(), fates, reasons())
    text = "\n".join(report.lines()) + "\n"
    (KEPT / "report.md").write_text(text, encoding="utf-8")
    print(text)
    return 0 if report.enough() else 1


def _try(mutants: list[Mutant], ledger: Ledger) -> None:
    with TemporaryDirectory(prefix="mutants-") as folder:
        jobs = int(os.environ.get("JOBS", "2"))
        found = sown(mutants, Path(folder), jobs, first=seen())
        for number, (mutant, verdict) in enumerate(found, 1):
            fate, by = ledger.enter(mutant, verdict), "".join(verdict.failed[:1])
            if fate is Fate.KILLED:
                remember({mutant.name: by.rpartition(" (")[0]})
            print(f"{number}/{len(mutants)} {fate}: {mutant.name}  [{by}]", flush=True)


if __name__ == "__main__":
    sys.exit(main())
