"""`python -m tools.house`: how large the house is, and what a feature costs in it.

`python -m tools.house 1a2b3c4` measures that commit, too, and shows both.
"""

import ast
import itertools
import keyword
import re
import subprocess
import sys
import tempfile
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tools.tutorial import steps

ROOT = Path(__file__).parents[1]
PRODUCT = Path("src/skillbridge")
ROOMS = ("domain", "application", "adapters/postgres", "adapters/memory", "entrypoints/http")
"""Where a context has a folder or a file of its name."""
TOPICS = {
    "registrations": "accounts", "auth": "accounts", "verification": "accounts", "credentials": "accounts",
    "proofs": "accounts", "mailed_links": "accounts", "password_pages": "accounts", "address_pages": "accounts",
}  # fmt: skip
"""Files named after a topic, and whose context it is where it is none by itself."""
RUN, COMMON = 6, 8
"""Lines that stand twice; what stands in more places is a form of the language."""
LARGE, LONG = 250, 30
"""Lines of a file and of a function that are many."""


def figures(root: Path) -> Iterator[tuple[str, str]]:
    """Each measure of a tree, by its name."""
    texts = {
        path: path.read_text(encoding="utf-8") for path in sorted(root.rglob(f"{PRODUCT}/**/*.py"))
    }
    lines = {path: len(text.splitlines()) for path, text in texts.items()}
    whole, largest = sum(lines.values()), max(lines, key=lambda path: lines[path])
    yield "files, lines", f"{len(lines)}, {whole:,}"
    yield "the largest", f"{lines[largest]} lines ({largest.name})"
    yield f"files over {LARGE} lines", str(sum(count > LARGE for count in lines.values()))
    sizes = [size for text in texts.values() for size in _functions(text)]
    yield "a function, mean", f"{sum(sizes) / len(sizes):.1f} lines"
    yield f"functions over {LONG} lines", str(sum(size > LONG for size in sizes))
    for how, form in (("alike", _forms), ("to the letter", _letters)):
        pairs = len(repeated({path: list(form(path)) for path in texts}))
        yield f"pairs with six lines {how}", f"{pairs} ({pairs / whole * 1000:.1f} per 1,000 lines)"
    yield from _contexts(root, lines)
    yield from _feature(root)


def _functions(text: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.end_lineno or node.lineno) - node.lineno + 1


def _contexts(root: Path, lines: Mapping[Path, int]) -> Iterator[tuple[str, str]]:
    names = {path.parent.name for path in root.glob(f"{PRODUCT}/application/*/views.py")}
    sizes: Counter[str] = Counter()
    for path, count in lines.items():
        if context := context_of(path.relative_to(root / PRODUCT), names):
            sizes[context] += count
    for context, count in sizes.most_common():
        yield f"context {context}", f"{count:,} lines ({count / sizes.total():.0%})"


def context_of(path: Path, names: set[str]) -> str | None:
    """Whose code a module is, by the folder or file it is in."""
    for room in ROOMS:
        if path.is_relative_to(room):
            word = path.relative_to(room).parts[0].removesuffix(".py").removesuffix("_reads")
            return word if word in names else TOPICS.get(word)
    return None


def repeated(files: Mapping[Path, Sequence[str]]) -> set[tuple[Path, Path]]:
    """Return the pairs of files that share six lines in a row; a file may be its own pair."""
    places: defaultdict[tuple[str, ...], list[tuple[Path, int]]] = defaultdict(list)
    for path, lines in files.items():
        for start in range(len(lines) - RUN + 1):
            places[tuple(lines[start : start + RUN])].append((path, start))
    return {
        (one, other)
        for found in places.values()
        if len(found) <= COMMON
        for (one, start), (other, again) in itertools.combinations(found, 2)
        if one != other or abs(start - again) >= RUN
    }


def _letters(path: Path) -> Iterator[str]:
    """Each line as it stands, without imports and those that say nothing by themselves."""
    text = path.read_text(encoding="utf-8")
    imports = {
        number
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        if number not in imports and re.search(r"\w.*\w", words) and not words.startswith("#"):
            yield words


def _forms(path: Path) -> Iterator[str]:
    """Each line with one name, and one value, for all; those of a word or two are passed over."""
    lines: defaultdict[int, list[str]] = defaultdict(list)
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            word = token.string if keyword.iskeyword(token.string) else FORMS.get(token.type)
            if word := token.string if token.type == tokenize.OP else word:
                lines[token.start[0]].append(word)
    for words in lines.values():
        if words[0] not in {"import", "from"} and words[2:]:
            yield " ".join(words)


FORMS = {tokenize.NAME: "name", tokenize.STRING: "value", tokenize.NUMBER: "value"}


def _feature(root: Path) -> Iterator[tuple[str, str]]:
    """What the feature of the tutorial costs: a table, a write, a read, an event, in both stores."""
    page = root / "docs" / "first-feature.md"
    if not page.is_file():
        return
    costs: Counter[str] = Counter()
    for step in steps(page.read_text(encoding="utf-8")):
        if (name := step["file"] or "").startswith(("src/", "migrations/")):
            added = len([line for line in step["text"].splitlines() if line.strip()])
            costs[name] += added - (step["where"] == "in place of")
    yield "the tutorial's feature", f"{len(costs)} product files, {costs.total()} lines"


def _tree(commit: str, folder: Path) -> Path:
    tar = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", folder], input=tar.stdout, check=True)
    return folder


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as spare:
        columns = [dict(figures(ROOT))]
        if sys.argv[1:]:
            columns.insert(0, dict(figures(_tree(sys.argv[1], Path(spare)))))
    for name in dict.fromkeys(itertools.chain(*columns)):
        row = "".join(f"{column.get(name, '-'):34}" for column in columns)
        sys.stdout.write(f"{name:38}{row}".rstrip() + "\n")
