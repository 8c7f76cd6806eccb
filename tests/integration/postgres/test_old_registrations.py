"""Migration 0006: accounts whose address was never proved become registrations that wait."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.conftest import Urls, in_database, new_database

from skillbridge.adapters import schema

pytestmark = pytest.mark.row("B3")

BEFORE, CONVERTED = "0005", "0006"
DAY = timedelta(hours=24)


class Old:
    """A database as it was before, and what is put into it."""

    def __init__(self, admin: asyncpg.Connection) -> None:
        self.admin = admin

    async def tenant(self, slug: str) -> UUID:
        made = uuid4()
        await self.admin.execute(
            "insert into tenants (id, slug, name) values ($1, $2, $2)", made, slug
        )
        return made

    async def user(self, tenant: UUID, email: str, *, proved: bool = False) -> UUID:
        made = uuid4()
        await self.admin.execute(
            "insert into users (id, tenant_id, email, password_hash, email_verified_at, created_at)"
            " values ($1, $2, $3, 'hash of ' || $3,"
            " case when $4 then now() end, now() - interval '40 days')",
            made, tenant, email, proved,
        )  # fmt: skip
        await self.admin.execute(
            "insert into profiles (user_id, tenant_id, name) values ($1, $2, 'Name of ' || $3)",
            made, tenant, email,
        )  # fmt: skip
        return made

    async def ids(self, table: str, column: str = "id") -> set[UUID]:
        rows = await self.admin.fetch(f"select {column} as it from {table}")
        return {row["it"] for row in rows}


@pytest.fixture
async def urls_of_old(server: str) -> AsyncIterator[Urls]:
    made = await new_database(server)
    await schema.downgrade(made.admin, BEFORE)
    yield made
    connection = await asyncpg.connect(in_database(server, "postgres"))
    await connection.execute(f"drop database {urlsplit(made.admin).path[1:]} with (force)")
    await connection.close()


@pytest.fixture
async def old(urls_of_old: Urls) -> AsyncIterator[Old]:
    connection = await asyncpg.connect(urls_of_old.admin)
    yield Old(connection)
    await connection.close()


async def test_who_never_proved_the_address_waits_under_the_same_id(
    urls_of_old: Urls, old: Old
) -> None:
    here, there = await old.tenant("here"), await old.tenant("there")
    waiting = {
        await old.user(tenant, email): (tenant, email)
        for tenant, email in ((here, "a@x.example"), (here, "b@x.example"), (there, "a@x.example"))
    }
    proved = await old.user(here, "c@x.example", proved=True)
    await schema.upgrade(urls_of_old.admin, CONVERTED)
    rows = await old.admin.fetch("select *, now() as now from registrations")
    assert {row["id"]: (row["tenant_id"], row["email"]) for row in rows} == waiting
    for row in rows:
        assert row["password_hash"] == f"hash of {row['email']}"
        assert row["name"] == f"Name of {row['email']}"
        assert DAY - timedelta(hours=1) < row["expires_at"] - row["now"] <= DAY, "a day from now"
    assert await old.ids("users") == {proved}
    assert await old.ids("profiles", "user_id") == {proved}


async def test_what_somebody_could_act_as_stays_an_account(urls_of_old: Urls, old: Old) -> None:
    tenant = await old.tenant("here")
    signed_in, mentor, deleted = [
        await old.user(tenant, f"{name}@x.example") for name in ("signed-in", "mentor", "deleted")
    ]
    await old.admin.execute(
        "insert into sign_ins (id, tenant_id, user_id, expires_at) values ($1, $2, $3, now())",
        uuid4(), tenant, signed_in,
    )  # fmt: skip
    await old.admin.execute(
        "insert into mentors (user_id, tenant_id, headline, capacity) values ($1, $2, 'Data', 2)",
        mentor, tenant,
    )  # fmt: skip
    await old.admin.execute("update users set deleted_at = now() where id = $1", deleted)
    await schema.upgrade(urls_of_old.admin, CONVERTED)
    assert await old.ids("registrations") == set()
    assert await old.ids("users") == {signed_in, mentor, deleted}
    assert await old.ids("profiles", "user_id") == {signed_in, mentor, deleted}


async def test_the_way_to_the_newest_keeps_who_waits(urls_of_old: Urls, old: Old) -> None:
    user = await old.user(await old.tenant("here"), "a@x.example")
    await schema.upgrade(urls_of_old.admin)
    assert await old.ids("registrations") == {user}
    assert await old.ids("users") == set()
