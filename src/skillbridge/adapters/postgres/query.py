"""Core statements, compiled once to the driver's SQL."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement

DIALECT = asyncpg.dialect()  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy


class Query:
    """A statement as the driver takes it: `$1` for the first of `names`.

    Building and compiling a Core statement costs several times what running it does, so
    queries are made when a module is imported and given only values afterwards. A list of
    values is one array parameter, `column == any_(...)`: `in_` would need compiling each time.
    """

    __slots__ = ("_constants", "_parameters", "sql")

    def __init__(self, statement: ClauseElement, columns: Sequence[str] | None = None) -> None:
        compiled = statement.compile(dialect=DIALECT, column_keys=columns)
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        if "POSTCOMPILE" in self.sql:
            raise ValueError("use any_() with an array in place of in_()")
        names = compiled.positiontup or ()
        self._parameters = tuple((name, compiled.binds[name].required) for name in names)
        self._constants = {
            name: compiled.binds[name].value for name, required in self._parameters if not required
        }

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The values in the driver's order, the statement's own constants among them.

        Raises KeyError for a value that is not given.
        """
        constants = self._constants
        return [
            values[name] if required else constants[name] for name, required in self._parameters
        ]
