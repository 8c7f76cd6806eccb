"""The register of personal data: each table of each context, and the class of each of its columns.

A class is what erasing a person does: `erase` (the row is deleted), `anonymise` (the row stays and the column is
overwritten by a rule) or `keep`, which wants a reason and a term. Both stores export and erase by it, the page of
processing is made of it, and a test compares it with the schema, so that no column is forgotten.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

Rule = Literal[
    "blank", "default", "ended", "erased", "former", "now", "null", "off", "pseudonym", "unworded"
]
"""What an anonymised column holds afterwards: nothing (`blank`, `null`), what a new row would (`default`), the
word `erased`, `Former mentor`, false (`off`), an address at which nobody is (`pseudonym`), its own payload
without an operator's words (`unworded`), and times: the first of the erasure (`now`), and no later (`ended`)."""


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows are deleted so many days after the time in `since`."""

    days: int
    since: str
    where: str = "true"
    """What must hold besides, in SQL."""
    by: str = ""
    """The use case of the context that does so; the schedule's own without one."""


class Through(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The person is that of another table's row, whose `key` this column holds."""

    column: str
    table: str
    key: str


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is done with the rows of one table, and why they are there."""

    purpose: str
    basis: str
    person: tuple[str, ...] = ()
    """The columns that hold whose the row is."""
    through: Through | None = None
    others: tuple[str, ...] = ()
    """Columns that hold other people to whom the row belongs as well: it is in their export, and stays."""
    about: str = ""
    """Rows that speak of the person besides, in SQL; where rows are anonymised, these alone are."""
    withheld: tuple[str, ...] = ()
    """Not exported: a secret, or of no meaning to its owner."""
    erase: tuple[str, ...] = ()
    anonymise: dict[Rule, tuple[str, ...]] = {}
    keep: tuple[str, ...] = ()
    reason: str = ""
    """Why something is kept."""
    term: str = ""
    """And for how long."""
    retention: tuple[Retention, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError for an entry that says too little or two things."""
        if bool(self.erase) == bool(self.keep or self.anonymise):
            raise ValueError("rows are deleted, or they stay and each column says how")
        if self.keep and not (self.reason and self.term):
            raise ValueError("what is kept has a reason and a term")
        if (self.erase or self.anonymise) and not (self.person or self.through or self.about):
            raise ValueError("whose is it?")
        if twice := {one for one in self.columns if self.columns.count(one) > 1}:
            raise ValueError(f"in two classes: {sorted(twice)}")

    @property
    def columns(self) -> tuple[str, ...]:
        overwritten = (one for some in self.anonymise.values() for one in some)
        return (*self.erase, *overwritten, *self.keep)

    @property
    def exported(self) -> tuple[str, ...]:
        """What its person is given."""
        if not (self.person or self.through):
            return ()
        return tuple(one for one in self.columns if one not in {"tenant_id", *self.withheld})

    @property
    def classes(self) -> Iterator[tuple[str, str]]:
        """Each column with its class, as the page has it."""
        yield from ((one, "erase") for one in self.erase)
        for rule, columns in self.anonymise.items():
            yield from ((one, f"anonymise ({rule})") for one in columns)
        yield from ((one, "keep") for one in self.keep)


@cache
def register() -> Mapping[str, Mapping[str, Table]]:
    """By context and table. Raises msgspec.ValidationError."""
    files = sorted(Path(__file__).parent.glob("*.toml"))
    return {path.stem: parsed(path.read_text("utf-8")) for path in files}


def parsed(text: str) -> Mapping[str, Table]:
    return msgspec.convert(tomllib.loads(text), dict[str, Table])


@cache
def tables() -> Mapping[str, Table]:
    """Of all contexts."""
    return {name: table for context in register().values() for name, table in context.items()}
