""".env.example: every setting with its default, from `entrypoints/settings.py`."""

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, get_args

import msgspec

from skillbridge.entrypoints.settings import Secret, Settings, variable

HEAD = """\
# Every setting with its default; made from entrypoints/settings.py by `make docs`.
# `make run` needs none of them. For a server: copy this to .env, fill it, and load it with
#   set -a; . ./.env; set +a
# Lists are parted by commas. A secret may stand in a file: NAME_FILE=/run/secrets/name.
"""


def page() -> str:
    notes = dict(_notes())
    fields = msgspec.structs.fields(Settings)
    return "\n".join((HEAD, *(_entry(field, notes.get(field.name, "")) for field in fields)))


def _entry(field: msgspec.structs.FieldInfo, note: str) -> str:
    options = [option for option in get_args(field.type) if isinstance(option, str)]
    remarks = [*note.splitlines(), *([f"One of: {', '.join(options)}."] if options else [])]
    comments = "".join(f"# {remark.strip()}\n" for remark in remarks)
    return f"{comments}#{variable(field.name)}={_shown(field)}\n"


def _shown(field: msgspec.structs.FieldInfo) -> str:
    """The default as one would write it; a secret has none to show."""
    default: Any = field.default
    if field.type is Secret or Secret in get_args(field.type) or default is None:
        return ""
    text = ",".join(default) if isinstance(default, tuple) else str(default)
    return f'"{text}"' if " " in text else text


def _notes() -> Iterator[tuple[str, str]]:
    """The docstring that follows a field, by the field's name."""
    [struct] = ast.parse(inspect.getsource(Settings)).body
    assert isinstance(struct, ast.ClassDef)
    for field, note in pairwise(struct.body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            match note:
                case ast.Expr(ast.Constant(str(text))):
                    yield field.target.id, inspect.cleandoc(text)
