"""docs/generated/processing.md: the register of processing, made of the classes of columns."""

from collections.abc import Iterator, Mapping

from skillbridge.adapters.personal_data.register import Table, register
from tools.docs.markdown import document, table

INTRODUCTION = """
What is kept of people, why, and what becomes of each column when its person is erased (NDPA 2023 s.29 and GAID 2025
art. 7; GDPR art. 30). Each line is read from `adapters/personal_data/<context>.toml`, by which exports and erasures
work; a column without a class fails a test. [Decision 42](../decisions/0042-privacy-by-a-register.md) says how.
"""
HEADS = (
    "data",
    "for",
    "on the basis of",
    "its person",
    "when erased",
    "kept, because",
    "deleted by age",
)


def page() -> str:
    parts = (part for name, found in register().items() for part in (f"## {name}", _rows(found)))
    return document("Processing of personal data", INTRODUCTION, *parts)


def _rows(found: Mapping[str, Table]) -> str:
    return table(HEADS, [_row(name, one) for name, one in found.items()])


def _row(name: str, one: Table) -> tuple[str, ...]:
    person = ", ".join(one.person) or (f"by {one.through.column}" if one.through else "nobody")
    if one.others:
        person += f"; also {', '.join(one.others)}"
    why = f"{one.reason}; {one.term}" if one.keep else ""
    return (f"`{name}`", one.purpose, one.basis, person, "<br>".join(_ends(one)), why, _ages(one))


def _ends(one: Table) -> Iterator[str]:
    """What becomes of the columns, those of one class together."""
    if one.erase:
        yield f"the row is deleted: {', '.join(one.erase)}"
    for rule, columns in one.anonymise.items():
        yield f"anonymised ({rule}): {', '.join(columns)}"
    if one.keep:
        yield f"kept: {', '.join(one.keep)}"


def _ages(one: Table) -> str:
    return "<br>".join(
        f"{age.days} days after `{age.since}`" + (f", by {age.by}" if age.by else "")
        for age in one.retention
    )
