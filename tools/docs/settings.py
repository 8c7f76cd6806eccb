""".env.example: every setting with its default, from `settings`."""

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import msgspec

from skillbridge.settings import Settings, kinds, variable
from skillbridge.settings.model import FIELDS

HEAD = """\
# Every setting with its default; made from settings by `make docs`.
# `make run` needs none of them. For a server: copy this to .env, `chmod 600 .env`, and fill it.
# Every command reads the .env of the folder that it is started in; the environment wins.
# Lists are parted by commas. A secret may stand in a file: NAME_FILE=/run/secrets/name.
# In addresses, signs of a password are written as in any URL: @ as %40, # as %23, / as %2F.
"""


def page() -> str:
    notes = dict(_notes())
    return "\n".join((HEAD, *(_entry(field, notes.get(field.name, "")) for field in FIELDS)))


def _entry(field: msgspec.structs.FieldInfo, note: str) -> str:
    limits = kinds.limits(field.type)
    remarks = [*note.splitlines(), *([f"{limits.capitalize()}."] if limits else [])]
    comments = "".join(f"# {remark.strip()}\n" for remark in remarks)
    return f"{comments}#{variable(field.name)}={_shown(field)}\n"


def _shown(field: msgspec.structs.FieldInfo) -> str:
    """The default as one would write it; a secret has none to show."""
    default: Any = field.default
    if default in {None, msgspec.NODEFAULT} or kinds.is_secret(field.type):
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
