"""What no file of ours does, read in the source: it would be a hole wherever it stood."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import skillbridge

PACKAGE = Path(skillbridge.__file__).parent
UNSAFE = {"pickle", "marshal", "shelve", "dill", "yaml", "telnetlib", "xml"}
"""They make objects of what somebody else wrote, or expand it without end."""
CALLED = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "subprocess.getoutput"}
GUESSABLE = {"random", "numpy.random"}
JITTER = {"application/progress_channel.py", "entrypoints/http/server/api.py"}
"""Who draws for no secret: so that many do not come back at one moment, and ids that are told to whoever asks."""
STATEMENTS = {"text", "literal_column"}
"""What SQLAlchemy takes for a part of a statement as it stands."""
OF_OUR_OWN = {
    ("adapters/postgres/engine/ddl.py", "column"),
    ("adapters/postgres/engine/ddl.py", "where"),
    ("adapters/postgres/privacy/retention.py", "f'({term.where})'"),
    ("adapters/postgres/privacy/personal_data.py", "f'({one.about})'"),
    ("adapters/postgres/privacy/personal_data.py", "UNWORDED"),
    ("adapters/postgres/privacy/personal_data.py", "f\"'{default.arg}'\""),
    ("adapters/schema.py", "f'select pg_advisory_lock({ONE_AT_A_TIME})'"),
    ("adapters/schema.py", "f'set role {OWNER}'"),
}
"""Words of the table definitions, of the register of personal data, and constants of migrations, which nobody outside writes."""

Fault = tuple[str, str]


def parsed(root: Path = PACKAGE) -> Iterator[tuple[str, ast.AST]]:
    for path in sorted(root.rglob("*.py")):
        yield str(path.relative_to(root)), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node.module or "."
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def called(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def unsafe(tree: ast.AST) -> Iterator[str]:
    """Readers that make objects, and what runs text as a program or in a shell."""
    yield from (name for name in imported(tree) if name.partition(".")[0] in UNSAFE)
    for name, call in called(tree):
        if name in CALLED:
            yield name
        if any(word.arg == "shell" for word in call.keywords):
            yield f"{name} by a shell"


def guessable(tree: ast.AST) -> Iterator[str]:
    """Numbers and ids that whoever saw some can go on with."""
    yield from (name for name in imported(tree) if name in GUESSABLE)
    yield from (name for name, _ in called(tree) if name.rpartition(".")[2] in {"uuid1", "getnode"})


def put_together(tree: ast.AST) -> Iterator[str]:
    """Parts of statements that are no plain text of the program."""
    for name, call in called(tree):
        if name in STATEMENTS and not isinstance(call.args[0], ast.Constant):
            yield ast.unparse(call.args[0])


def faults(of: Callable[[ast.AST], Iterator[str]]) -> set[Fault]:
    return {(file, fault) for file, tree in parsed() for fault in of(tree)}


@pytest.mark.asvs("1.2.5", "1.3.2", "1.5.2")
def test_no_text_is_run_and_no_object_is_made_of_what_others_wrote() -> None:
    assert faults(unsafe) == set()


@pytest.mark.asvs("11.5.1")
def test_nothing_secret_comes_from_what_can_be_guessed() -> None:
    found = faults(guessable)
    assert {file for file, _ in found} == JITTER, found


@pytest.mark.asvs("1.2.4")
def test_no_statement_is_put_together_of_text() -> None:
    assert faults(put_together) == OF_OUR_OWN


@pytest.mark.parametrize(
    ("source", "of"),
    [
        ("import pickle", unsafe),
        ("from xml.etree import ElementTree", unsafe),
        ("eval(words)", unsafe),
        ("subprocess.run(line, shell=True)", unsafe),
        ("from random import choice", guessable),
        ("uuid.uuid1()", guessable),
        ("text(f'select {name}')", put_together),
        ("literal_column(name)", put_together),
    ],
)
def test_one_that_is_written_is_found(source: str, of: Callable[[ast.AST], Iterator[str]]) -> None:
    assert len(list(of(ast.parse(source)))) == 1
