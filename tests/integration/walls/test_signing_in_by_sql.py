"""SQL on the login of signing in: what its functions refuse, whoever it says it is."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.conftest import Urls
from tests.integration.walls.test_sql import acting, open_columns, settings
from tests.integration.walls.town import Town, tables

pytestmark = pytest.mark.row("B2")
NOW = datetime.fromisoformat("2026-01-01T09:00:00Z")
REFUSED = asyncpg.InsufficientPrivilegeError
SAVE = "select * from app.save_account($1, $2, $3, $4, $5, $6, $7, $8)"
ADD = "select * from app.add_account($1, $2, $3, $4, $5)"
ONLY_ADDS = {"audit_entries", "events", "jobs", "profiles"}
"""In nobody's name and to nobody's eyes: what was done, what follows, and who an account is."""


@pytest.fixture
async def door(town: Town, urls: Urls) -> AsyncIterator[asyncpg.Connection]:
    """The login of signing in, as the pre-authentication principal; nothing of it stays."""
    connection = await asyncpg.connect(urls.auth)
    try:
        async with acting(connection, settings(town, "door")):
            yield connection
    finally:
        await connection.close()


async def hers(town: Town) -> dict[str, Any]:
    """Amina's account, as one that saves it would say it."""
    row = await town.admin.fetchrow(
        """select id, version, email, password_hash, roles, email_verified_at, disabled_at,
            devices
        from users where id = $1""",
        town.amina.user_id,
    )
    assert row is not None
    return dict(row)


@pytest.mark.asvs("13.2.2")
async def test_it_reads_no_table_and_changes_none(town: Town, door: asyncpg.Connection) -> None:
    for table in await tables(town.admin):
        may = {
            right
            for right in ("select", "insert", "update")
            if await open_columns(door, table, right)
        }
        if await door.fetchval("select has_table_privilege($1, 'delete')", table):
            may.add("delete")
        if table in ONLY_ADDS:
            assert may == {"insert"}, table
        else:
            assert may == ({"select"} if table == "alembic_version" else set()), table


@pytest.mark.parametrize(
    "change",
    [
        {"roles": ["learner", "admin"]},
        {"roles": []},
        {"disabled_at": NOW},
        {"email": "another@example.org"},
        {"email_verified_at": NOW},
    ],
    ids=str,
)
@pytest.mark.asvs("8.2.3", "13.2.2")
async def test_what_others_decide_is_not_saved(
    town: Town, door: asyncpg.Connection, change: dict[str, Any]
) -> None:
    before = await hers(town)
    with pytest.raises(REFUSED):
        await door.fetch(SAVE, *(before | change).values())
    assert await hers(town) == before


async def refused(door: asyncpg.Connection, because: str, *values: Any) -> None:
    with pytest.raises(REFUSED, match=because):
        async with door.transaction():
            await door.fetch(SAVE, *values)


async def mailed(
    door: asyncpg.Connection, user: UUID, purpose: str, *addresses: str, answered: bool = True
) -> None:
    proof, (email, former) = uuid4(), addresses or (None, None)
    made = "select app.replace_proof($1, $2, $3, now() + interval '1 hour', $4, $5)"
    await door.execute(made, proof, purpose, user, email, former)
    if answered:
        assert await door.fetch("select app.use_proof($1, now())", proof)


async def test_an_account_without_a_password_gets_its_first_by_a_mail(
    door: asyncpg.Connection,
) -> None:
    id_ = uuid4()
    address = f"{id_}@example.org"
    assert await door.fetch(ADD, id_, address, None, NOW, ["learner"])
    values: tuple[Any, ...] = (id_, 1, address, "hash", ["learner"], NOW, None, [])
    await mailed(door, id_, "reset_password", answered=False)
    await refused(door, "answered mail", *values)
    await mailed(door, id_, "reset_password")
    assert await door.fetch(SAVE, *values)


@pytest.mark.asvs("8.2.3")
async def test_another_address_wants_a_mail_to_it_that_was_answered(
    town: Town, door: asyncpg.Connection
) -> None:
    account = await hers(town)
    id_, before = account["id"], account["email"]
    moved = account | {"email": "one@example.org", "email_verified_at": NOW}
    await mailed(door, id_, "change_address", "other@example.org", before)
    await mailed(door, town.neighbour.user_id, "change_address", "one@example.org", before)
    await mailed(door, id_, "change_address", "one@example.org", before, answered=False)
    await refused(door, "proved by a mail", *moved.values())
    await mailed(door, id_, "change_address", "one@example.org", before)
    assert await door.fetch(SAVE, *moved.values())


async def test_what_somebody_saved_first_is_no_matter_of_rights(
    town: Town, door: asyncpg.Connection
) -> None:
    account = await hers(town)
    stale = account | {"version": account["version"] + 1, "disabled_at": NOW}
    assert await door.fetch(SAVE, *stale.values()) == []


@pytest.mark.parametrize(
    ("verified", "roles"),
    [(NOW, ["learner", "admin"]), (NOW, ["mentor"]), (NOW, []), (None, ["learner"])],
)
@pytest.mark.asvs("8.2.3", "13.2.2")
async def test_it_makes_learners_alone_whose_address_is_proved(
    town: Town, door: asyncpg.Connection, verified: datetime | None, roles: list[str]
) -> None:
    with pytest.raises(REFUSED):
        await door.fetch(ADD, uuid4(), "new@example.org", None, verified, roles)


async def test_an_account_with_a_password_is_one_that_waited(
    town: Town, door: asyncpg.Connection
) -> None:
    id_ = uuid4()
    await door.execute(
        "select app.add_registration($1, 'new@example.org', 'hash', 'New', now(), true)", id_
    )
    for other in (
        (uuid4(), "new@example.org", "hash"),
        (id_, "other@example.org", "hash"),
        (id_, "new@example.org", "other"),
    ):
        assert await door.fetch(ADD, *other, NOW, ["learner"]) == []
    assert await door.fetch(ADD, id_, "new@example.org", "hash", NOW, ["learner"])


@pytest.mark.asvs("8.4.1")
async def test_functions_of_signing_in_find_nobody_of_another_tenant(
    town: Town, urls: Urls
) -> None:
    connection = await asyncpg.connect(urls.auth)
    async with acting(connection, settings(town, "other door")):
        account = await hers(town)
        assert await connection.fetch("select from app.account($1)", account["id"]) == []
        assert await connection.fetch("select from app.account_of($1)", account["email"]) == []
        assert await connection.fetch(SAVE, *account.values()) == []
    await connection.close()
