"""Core statements, compiled once to the driver's SQL."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement

from skillbridge.adapters.postgres.engine.clauses import MOST, after_place, paged
from skillbridge.application.paging import Page, PageRequest

T = TypeVar("T")
K = TypeVar("K")

DIALECT = asyncpg.dialect()  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy

ACTOR = ("user_id", "tenant_id", "standing")
"""The settings that say who asks."""


class Query:
    """A statement as the driver takes it: `$1` for the first of `names`.

    Building and compiling a Core statement costs several times what running it does, so
    queries are made when a module is imported and given only values afterwards. A list of
    values is one array parameter, `column == any_(...)`: `in_` would need compiling each time.
    """

    __slots__ = ("_constants", "_parameters", "sql", "statement")

    def __init__(self, statement: ClauseElement) -> None:
        self.statement = statement
        compiled = statement.compile(dialect=DIALECT)
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        if "POSTCOMPILE" in self.sql:
            raise ValueError("use any_() with an array in place of in_()")
        names = compiled.positiontup or ()
        self._parameters = tuple((name, compiled.binds[name].required) for name in names)
        self._constants = {
            name: compiled.binds[name].value for name, required in self._parameters if not required
        }

    def arguments(self, values: Mapping[str, Any], row: object = None) -> list[Any]:
        """The values in the driver's order, the statement's own constants among them.

        What is not given by name is an attribute of the row; raises KeyError, or AttributeError,
        for a value that is in neither.
        """
        constants = self._constants
        return [
            constants[name]
            if not required
            else values[name]
            if row is None or name in values
            else getattr(row, name)
            for name, required in self._parameters
        ]


class Save(Query):
    """Writes a row that nobody has changed since it was read; `stale` tells of one who has."""

    __slots__ = ("stale",)

    def __init__(self, statement: ClauseElement, stale: str) -> None:
        super().__init__(statement)
        self.stale = stale


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


class Pages(Generic[K]):
    """A list page by page: from its beginning, or after the row of a key.

    `rows` makes the statement of either; of its columns `names` are the key's, in their order.
    """

    __slots__ = ("_key", "_names", "first", "following")

    def __init__(
        self, key: Callable[..., K], names: Sequence[str], rows: Callable[[bool], Select[Any]]
    ) -> None:
        self._key = key
        self._names = names
        self.first, self.following = Read(rows(False)), Read(rows(True))

    @classmethod
    def of(
        cls,
        key: Callable[..., K],
        rows: Select[Any],
        *columns: ColumnElement[Any],
        ascending: bool = False,
    ) -> "Pages[K]":
        def made(after: bool) -> Select[Any]:
            return paged(rows, *columns, after=after, ascending=ascending)

        return cls(key, [column.name for column in columns], made)

    def asked(self, page: PageRequest[K]) -> tuple[Read, dict[str, Any]]:
        """The statement, and what it wants: one row more than a page tells whether there are more."""
        if page.after is None:
            return self.first, {MOST: page.limit + 1}
        return self.following, {MOST: page.limit + 1, **after_place(page.after)}

    def page(
        self, rows: Sequence[Any], limit: int, shown: Callable[[Sequence[Any]], Sequence[T]]
    ) -> Page[T, K]:
        """`shown` makes what is shown of all rows at once: msgspec converts a list in one call."""
        last = rows[limit - 1] if len(rows) > limit else None
        key = None if last is None else self._key(*(last[name] for name in self._names))
        return Page(shown(rows[:limit]), key)
