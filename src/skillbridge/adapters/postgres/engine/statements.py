"""Core statements, compiled once to the driver's SQL."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement

DIALECT = asyncpg.dialect()  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy

ACTOR = ("user_id", "tenant_id", "standing")
"""The settings that say who asks."""


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


class Read(Query):
    """A question that can be asked alone: the statement says by itself who asks, then reads.

    `alone` takes the actor's user, tenant and standing after the statement's own arguments. The
    inner select depends on the outer one's row and `offset 0` keeps it whole, so nothing is read
    before the settings are made; were it read, the policies would show nothing.
    """

    __slots__ = ("alone",)

    def __init__(self, statement: ClauseElement) -> None:
        super().__init__(statement)
        said = ", ".join(
            f"set_config('app.{name}', ${place}, true) as {name}"
            for place, name in enumerate(ACTOR, len(self._parameters) + 1)
        )
        asked = f"select * from ({self.sql}) as asked where actor.{ACTOR[0]} is not null offset 0"  # noqa: S608  # our own
        self.alone = f"select found.* from (select {said}) as actor, lateral ({asked}) as found"  # noqa: S608  # as above
