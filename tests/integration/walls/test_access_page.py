"""docs/generated/access.md: what each login may do to each table, held to a migrated database."""

from pathlib import Path

import pytest
from tests.integration.walls.town import Town, tables

pytestmark = pytest.mark.row("B2")

PAGE = Path("docs/generated/access.md")
RIGHTS = ("select", "insert", "update", "delete")


def stated() -> dict[str, dict[str, str]]:
    """By table, what each login may do, in the words of the page."""
    lines = PAGE.read_text(encoding="utf-8").partition("## Tables")[2].splitlines()
    heads, *rows = (
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("| ") and "---" not in line
    )
    return {row[0]: dict(zip(heads[1:-1], row[1:-1], strict=True)) for row in rows}


async def granted(town: Town, table: str, login: str) -> str:
    words = []
    for right in RIGHTS:
        whole = await town.admin.fetchval(
            "select has_table_privilege($1::text, $2::text, $3)", login, table, right
        )
        some = right != "delete" and await town.admin.fetchval(
            "select has_any_column_privilege($1::text, $2::text, $3)", login, table, right
        )
        words += [right] if whole else [f"{right} (some)"] if some else []
    return ", ".join(words)


async def test_every_table_stands_on_the_page(town: Town) -> None:
    assert sorted(stated()) == await tables(town.admin), "run `make docs`"


@pytest.mark.parametrize("table", stated())
async def test_each_login_holds_what_the_page_says(town: Town, table: str) -> None:
    logins = stated()[table]
    assert len(logins) == 3
    assert {login: await granted(town, table, login) for login in logins} == logins
