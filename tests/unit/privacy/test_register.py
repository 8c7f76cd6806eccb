"""Every column has a class: what erasing a person does to it, and why what stays does."""

import re

import msgspec
import pytest
from sqlalchemy import Column, Integer, MetaData, Table
from tools.docs import processing

from skillbridge.adapters.personal_data.register import parsed, register, tables
from skillbridge.adapters.personal_data.schema import export_schema
from skillbridge.adapters.postgres.tables import CONTEXTS, metadata
from skillbridge.application.reactions import SCHEDULE

pytestmark = pytest.mark.row("C9", "Z18")

ENTRY = """[rows]
purpose = "a test"
basis = "none"
"""


def differences(schema: MetaData) -> set[str]:
    """Columns without a class, and classes without a column."""
    there = {f"{name}.{column.name}" for name, one in schema.tables.items() for column in one.c}
    classed = {f"{name}.{column}" for name, one in tables().items() for column in one.columns}
    return there ^ classed


def test_every_column_of_every_table_has_a_class_and_no_class_is_of_none() -> None:
    assert differences(metadata) == set()


def test_a_new_column_and_a_table_that_is_gone_are_seen() -> None:
    changed = MetaData()
    for one in metadata.tables.values():
        one.to_metadata(changed)
    changed.tables["profiles"].append_column(Column("shoe_size", Integer))
    Table("diaries", changed, Column("text", Integer))
    changed.remove(changed.tables["pool_seals"])
    assert differences(changed) == {
        *("profiles.shoe_size", "diaries.text"),
        *("pool_seals.tenant_id", "pool_seals.version", "pool_seals.digest"),
    }


def test_each_context_has_a_file_of_its_own() -> None:
    assert {one.__name__.split(".")[-2] for one in CONTEXTS} == set(register())


def test_what_names_a_column_names_one_that_is_there() -> None:
    for name, one in tables().items():
        columns = set(metadata.tables[name].c.keys())
        assert {*one.person, *one.others, *one.withheld} <= columns, name
        assert {age.since for age in one.retention} <= columns, name
        if one.through:
            assert one.through.column in columns
            assert one.through.key in metadata.tables[one.through.table].c


def test_what_points_at_a_person_is_somebodys() -> None:
    """By the foreign keys: a row that leads to an account is not overlooked."""
    led = {
        name
        for name, table in metadata.tables.items()
        for key in table.foreign_keys
        if key.target_fullname in {"users.id", "sign_ins.id", "mentors.user_id"}
    }
    nobodys = {name for name, one in tables().items() if not (one.person or one.through)}
    assert led & nobodys == {"cohort_runs", "mentor_documents", "tenant_settings"}


def test_what_another_use_case_deletes_by_age_is_one_of_the_schedule() -> None:
    named = {age.by for one in tables().values() for age in one.retention if age.by}
    assert named <= {kind.__name__ for kind in SCHEDULE}


@pytest.mark.parametrize(
    "said",
    [
        'keep = ["id"]',
        'keep = ["id"]\nreason = "because"',
        'erase = ["id"]',
        'erase = ["id"]\nkeep = ["at"]\nperson = ["id"]\nreason = "a"\nterm = "b"',
        'person = ["id"]',
        'person = ["id"]\nerase = ["id", "id"]',
        'person = ["id"]\nanonymise.gone = ["id"]',
        'person = ["id"]\nerase = ["id"]\nowner = "me"',
    ],
)
def test_an_entry_that_says_too_little_or_two_things_is_refused(said: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        parsed(ENTRY + said)


def test_no_secret_is_exported() -> None:
    named = [column for one in tables().values() for column in one.exported]
    assert not [
        one for one in named if re.search(r"hash|secret|key$|code|binding|fingerprint", one)
    ]


def test_the_schema_of_an_export_names_what_is_exported_and_nothing_else() -> None:
    data = export_schema()["properties"]["data"]
    assert data["additionalProperties"] is False
    row = data["properties"]["profiles"]["properties"]["profiles"]["items"]
    assert set(row["required"]) == set(tables()["profiles"].columns) - {"tenant_id"}


def test_the_page_tells_of_every_table() -> None:
    page = processing.page()
    assert not [name for name in metadata.tables if f"`{name}`" not in page]
