"""Core statements, compiled once to the driver's SQL."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement

DIALECT = asyncpg.dialect()  # type: ignore[no-untyped-call]


class Query:
    """A statement as the driver takes it: `$1` for the first of `names`.

    Building and compiling a Core statement costs several times what running it does, so
    queries are made when a module is imported and given only values afterwards. A list of
    values is one array parameter, `column == any_(...)`: `in_` would need compiling each time.
    """

    __slots__ = ("_parameters", "sql")

    def __init__(self, statement: ClauseElement, columns: Sequence[str] | None = None) -> None:
        compiled = statement.compile(dialect=DIALECT, column_keys=columns)
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        if "POSTCOMPILE" in self.sql:
            raise ValueError("use any_() with an array in place of in_()")
        known = compiled.construct_params(_check=False)
        self._parameters = tuple((name, known[name]) for name in compiled.positiontup or ())

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The values in the driver's order; a constant of the statement stands where none is given."""
        return [values.get(name, constant) for name, constant in self._parameters]
