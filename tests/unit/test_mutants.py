"""The mutants are where they should be, and the runner tells the dead from the living."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.mutants.mutant import ROOT, Planted, planted
from tests.mutants.report import reasons, remember, seen
from tests.support.timing.patience import PATIENCE

PLANTED = 300
PROJECT = {
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--import-mode=importlib"\n',
    "src/number.py": "import time\n\n\ndef double(number: int) -> int:\n    return number + number\n",
    "tests/test_number.py": "import number\n\ndef test_other() -> None:\n    assert number\n\ndef test_double() -> None:\n"
    "    assert number.double(0) == 0\n",
    "tests/broken/test_nonsense.py": "import number\n\ndef test_nonsense() -> None:\n    assert number.double(1) == 3\n",
    "tests/unread/test_nothing.py": "import nothing_of_that_name\n",
}
CHANGES = {
    "killed": "tests/test_number.py=number + 1",
    "survived": "tests/test_number.py=number * number",
    "hung": "tests/test_number.py=time.sleep(10**6)",
    "refused": "tests=number + 2",
    "refused, too": "tests/unread=number + 3",
}
SCRIPT = """
import sys
from pathlib import Path
from tests.mutants.field import sown
from tests.mutants.mutant import Mutant
from tests.mutants.report import fate_of

root, folder, least, first, *changes = sys.argv[1:]
file = Path(root) / "src/number.py"
text = file.read_text()
mutants = [
    Mutant(name, "toy", "src/number.py", text.replace("number + number", new), (tests,))
    for name, tests, new in (change.split("=") for change in changes)
]
known = {mutant.name: first for mutant in mutants}
for mutant, verdict in sown(mutants, Path(folder), 2, Path(root), float(least), first=known):
    print(mutant.name, fate_of(verdict), len(verdict.times), *verdict.failed[:1], sep="; ")
assert file.read_text() == text
"""


def rotten(one: Planted) -> str | None:
    """What is wrong with a planted mutant, if anything."""
    if (found := one.found()) != 1:
        return f"{one.name}: its old text is found {found} times, not once; say what it is now"
    if one.file.endswith(".py"):
        ast.parse(one.grown().text)
    missing = [test for test in one.tests if not _there(test)]
    return f"{one.name}: there is no {missing[0]}" if missing else None


def _there(test: str) -> bool:
    file, _, name = test.partition("::")
    path = ROOT / file
    return path.exists() and (not name or f"def {name}(" in path.read_text(encoding="utf-8"))


@pytest.mark.row("L9")
def test_every_planted_mutant_has_its_place_and_its_tests() -> None:
    assert list(filter(None, map(rotten, planted()))) == []


def test_no_two_planted_mutants_share_a_name_or_a_change() -> None:
    names = Counter(one.name for one in planted())
    changes = Counter((one.file, one.old, one.new) for one in planted())
    assert [name for name, count in (names + changes).items() if count > 1] == []
    assert names.total() >= PLANTED


def test_every_reason_is_of_a_mutant_that_may_be_planted() -> None:
    names = {one.name for one in planted()}
    made = ("src/skillbridge/domain/", "src/skillbridge/application/")
    assert [name for name in reasons() if name not in names and not name.startswith(made)] == []


SEEN = "tests/test_number.py::test_double"
DOUBLE = f"{SEEN} (call)"
NONSENSE = "tests/broken/test_nonsense.py::test_nonsense (call)"


@pytest.mark.row("L9")
@pytest.mark.parametrize(
    ("names", "least", "first", "ended"),
    [
        (
            ["killed", "survived"],
            PATIENCE,
            "tests/test_number.py::test_gone",
            [f"killed; killed; 2; {DOUBLE}", "survived; survived; 2"],
        ),
        (
            ["killed", "survived"],
            PATIENCE,
            SEEN,
            [f"killed; killed; 1; {DOUBLE}", "survived; survived; 2"],
        ),
        (
            ["killed", "refused", "refused, too"],
            PATIENCE,
            NONSENSE.partition(" ")[0],
            [
                f"killed; killed; 2; {DOUBLE}",
                "refused, too; refused; 0; tests/unread/test_nothing.py (collect)",
                f"refused; refused; 0; {NONSENSE}",
            ],
        ),
        (["hung"], 0.1, SEEN, ["hung; hung; 0; the run did not end"]),
    ],
    ids=["killed by any", "killed by the one that saw it", "refused", "hung"],
)
def test_the_runner_tells_the_dead_from_the_living(
    tmp_path: Path, names: list[str], least: float, first: str, ended: list[str]
) -> None:
    """What fails without a mutant kills none: neither as its own test, nor as the one that is asked first."""
    root = tmp_path / "project"
    for name, text in PROJECT.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", root], check=True)
    changes = [f"{name}={CHANGES[name]}" for name in names]
    told = subprocess.run(
        [sys.executable, "-c", SCRIPT, root, tmp_path / "plots", str(least), first, *changes],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert sorted(told.stdout.splitlines()) == sorted(ended)


def test_the_test_that_saw_a_mutant_is_remembered_beside_others(tmp_path: Path) -> None:
    path = tmp_path / "seen.json"
    path.write_text("{}")
    remember({"a": "t::one", "b": "t::one"}, path)
    remember({"b": "t::two"}, path)
    assert seen(path) == {"a": "t::one", "b": "t::two"}
