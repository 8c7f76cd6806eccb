"""The third authorization layer by itself: SQL on the programs' logins, whoever they say they are.

Each cell of the matrix says what an actor may do to the rows of the first learner, Amina:
`s`elect, `i`nsert, `u`pdate, `d`elete; what is not there is denied, by a grant or by a policy.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.conftest import Urls
from tests.integration.walls.town import Town, tables

from skillbridge.adapters.postgres.engine.clauses import who_asks
from skillbridge.adapters.postgres.engine.statements import Read
from skillbridge.adapters.postgres.roadmaps.reads import MINE, ONE
from skillbridge.domain.actor import NOBODY

pytestmark = pytest.mark.row("B2", "B11")

ACTORS = (
    "owner",
    "neighbour",
    "foreigner",
    "impostor",
    "nobody",
    "door",
    "other door",
    "forger",
    "service",
)
"""The impostor gives Amina's id in another tenant; two say that they are the pre-authentication
principal (`door`), of her tenant or another; the forger says that it is the system; the service is a
program of the tenant's own."""

MATRIX: dict[str, tuple[str, ...]] = {
    #                  owner   neighb. foreign impost. nobody  door    door 2  forger  service
    "alembic_version": ("s", "s", "s", "s", "s", "s", "s", "s", "s"),
    "tenants": ("",) * 9,
    "tenant_settings": ("", "si", "", "", "", "", "", "", ""),
    "users": ("s", "", "", "", "", "", "", "", ""),
    "registrations": ("",) * 9,
    "one_time_proofs": ("",) * 9,
    "second_factors": ("",) * 9,
    "phones": ("",) * 9,
    "passkeys": ("",) * 9,
    "spent_challenges": ("",) * 9,
    "api_tokens": ("",) * 9,
    "identities": ("",) * 9,
    "authorization_requests": ("",) * 9,
    "sign_ins": ("su", "", "", "", "", "", "", "", ""),
    "refresh_tokens": ("",) * 9,
    "profiles": ("su", "s", "", "", "", "s", "", "s", ""),
    "mentors": ("siu", "s", "", "", "", "s", "", "s", ""),
    "pool_versions": ("s", "s", "", "", "", "s", "", "s", ""),
    "pool_seals": ("siud", "siud", "", "", "", "siud", "", "siud", ""),
    "mentor_digests": ("siud", "siud", "", "", "", "siud", "", "siud", ""),
    "mentor_documents": ("",) * 9,
    "roadmaps": ("siu", "", "", "", "", "", "", "", ""),
    "completions": ("sid", "", "", "", "", "", "", "", ""),
    "matches": ("siu", "", "", "", "", "", "", "", ""),
    "cohort_runs": ("", "siu", "", "", "", "", "", "", "s"),
    "placements": ("", "s", "", "", "", "", "", "", "s"),
    "impressions": ("i", "", "", "", "", "", "", "", ""),
    "trophies": ("s", "", "", "", "", "", "", "", ""),
    "notices": ("su", "", "", "", "", "", "", "", ""),
    "kept_answers": ("si", "", "", "", "", "", "", "", ""),
    "privacy_requests": ("siu", "", "", "", "", "", "", "", ""),
    "exports": ("s", "", "", "", "", "", "", "", ""),
    "uploads": ("siud", "", "", "", "", "", "", "", ""),
    "avatars": ("sd", "s", "", "", "", "s", "", "s", ""),
    "events": ("i", "", "", "", "", "", "", "", ""),
    "audit_entries": ("i", "s", "", "", "", "", "", "", ""),
    "audit_heads": ("",) * 9,
    "jobs": ("i", "i", "", "", "", "i", "", "i", ""),
    "job_tallies": ("",) * 9,
    "processes": ("siud",) * 9,
}
"""On the login of the API. A mentor's card is public by rule; cohorts and settings are
nobody's own: the neighbour administers the tenant. What mentors are found by is shown to a search."""

PRE_AUTHENTICATION = {
    **dict.fromkeys(MATRIX, ""),
    "alembic_version": "s",
    "profiles": "i",
    "events": "",
    "audit_entries": "i",
    "jobs": "i",
}
"""On the login of signing in, as the pre-authentication principal of the tenant. Its own events have
no actor: the owner's are not its to write. What it finds and changes, it does by `SIGNING_IN`."""

SIGNING_IN = {
    *("account", "account_of", "lock_account", "lock_account_of", "add_account", "save_account"),
    *("add_sign_in", "lock_sign_in", "links", "keep_link", "move_sign_in"),
    *("living_sign_in", "has_signed_in", "end_sign_ins"),
    *("add_registration", "registration", "registrations_of", "guess_registration"),
    *("end_registrations", "replace_proof", "proof", "guess_proof", "guess_proof_at"),
    *("use_proof", "end_proofs"),
    *("add_api_token", "api_tokens_of", "end_api_tokens", "use_api_token"),
    *("second_factor", "lock_second_factor", "put_second_factor", "remove_second_factor"),
    *("add_passkey", "passkey_of", "passkeys_of", "save_passkey", "remove_passkey"),
    *("spend_challenge", "add_identity", "identity", "identities_of", "remove_identity"),
    *("begin_authorization", "authorization_request", "take_authorization"),
    *("hold_authorization", "let_go_authorization"),
    *("phone", "put_phone", "confirm_phone", "remove_phones", "begin_text", "end_text"),
}
"""Functions of the owner's rights that the login of signing in calls, and workers, and no other login."""

OF_TENANTS = {
    *("tenant_of_slug", "tenant_now"),
    *("erased_tenant", "open_rows", "erase_rows", "forget_tenant"),
}
"""And of tenants: the first two are asked by the API and by workers, the others serve workers alone."""

SYSTEM = {
    **dict.fromkeys(MATRIX, "siu"),
    "alembic_version": "s",
    "tenant_settings": "si",
    **dict.fromkeys(("events", "trophies", "notices", "placements", "profiles"), "siud"),
    **dict.fromkeys(("roadmaps", "jobs", "privacy_requests", "exports"), "siud"),
    **dict.fromkeys(("uploads", "avatars"), "siud"),
    "trophies": "sid",
    "completions": "siud",
    "registrations": "sid",
    "one_time_proofs": "sd",
    "second_factors": "sud",
    "phones": "sud",
    "passkeys": "sd",
    "spent_challenges": "sd",
    "api_tokens": "siud",
    "identities": "sd",
    "authorization_requests": "sd",
    "sign_ins": "siud",
    "refresh_tokens": "siud",
    "impressions": "sd",
    "kept_answers": "sd",
    "processes": "siud",
    "pool_seals": "siud",
    "mentor_digests": "siud",
    "mentor_documents": "",
    "job_tallies": "s",
}
"""On the login of a worker that says it is the system of the tenant."""

SECRETS = (
    *("refresh_tokens", "registrations", "one_time_proofs", "second_factors", "passkeys"),
    *("spent_challenges", "api_tokens", "identities", "authorization_requests", "phones"),
)
"""What only the pre-authentication principal and the system have to do with."""

HERS = {
    "alembic_version": "$1::uuid <> $2::uuid",
    "tenants": "id = $2 and $1::uuid is not null",
    "tenant_settings": "tenant_id = $2 and $1::uuid is not null",
    "users": "id = $1 and tenant_id = $2",
    "registrations": "tenant_id = $2 and $1::uuid is not null",
    "refresh_tokens": "tenant_id = $2 and $1::uuid is not null",
    "spent_challenges": "tenant_id = $2 and $1::uuid is not null",
    "roadmaps": "learner_id = $1 and tenant_id = $2",
    "completions": "learner_id = $1 and tenant_id = $2",
    "matches": "learner_id = $1 and tenant_id = $2",
    "impressions": "learner_id = $1 and tenant_id = $2",
    "pool_versions": "tenant_id = $2 and $1::uuid is not null",
    "pool_seals": "tenant_id = $2 and $1::uuid is not null",
    "mentor_documents": "tenant_id = $2 and $1::uuid is not null",
    "mentor_digests": "tenant_id = $2 and $1::uuid is not null",
    "cohort_runs": "tenant_id = $2 and $1::uuid is not null",
    "placements": "tenant_id = $2 and $1::uuid is not null",
    "uploads": "user_id = $1 and tenant_id = $2 and state = 'receiving'",
    "events": "actor_id = $1 and tenant_id = $2",
    "audit_entries": "actor_id = $1 and tenant_id = $2 and n is null",
    "audit_heads": "tenant_id = $2 and $1::uuid is not null",
    "jobs": "tenant_id = $2 and $1::uuid is not null",
    "job_tallies": "id is not null and $1::uuid <> $2::uuid",
    "processes": "part = 'api' and $1::uuid <> $2::uuid",
}
"""Which rows are Amina's; where nothing else is said, by `user_id`."""

OF_A_MOMENT = {"audit_entries"}
"""Their key holds when they were written, which nobody says: one more is another."""

Settings = dict[str, str]


def settings(town: Town, actor: str) -> Settings:
    tenant, abroad = str(town.world.tenant_id), str(town.abroad.tenant_id)
    amina, nobody = str(town.amina.user_id), str(NOBODY)
    who = {
        "owner": (amina, tenant, "person"),
        "neighbour": (str(town.neighbour.user_id), tenant, "person"),
        "foreigner": (str(town.foreigner.user_id), abroad, "person"),
        "impostor": (amina, abroad, "person"),
        "door": (nobody, tenant, "doorkeeper"),
        "other door": (nobody, abroad, "doorkeeper"),
        "forger": (nobody, tenant, "system"),
        "service": (nobody, "", f"service:{tenant}"),
        "service abroad": (nobody, "", f"service:{abroad}"),
        "system": (nobody, tenant, "system"),
        "system abroad": (nobody, abroad, "system"),
    }
    names = ("app.user_id", "app.tenant_id", "app.standing")
    return dict(zip(names, who[actor], strict=True)) if actor in who else {}


NEW = {"privacy_requests": '{"state": "waiting", "ended_at": null, "address": null}'}
"""What a row has when it comes: of some, a policy lets in no other."""


@asynccontextmanager
async def acting(connection: asyncpg.Connection, said: Settings) -> AsyncIterator[None]:
    """A transaction as this actor, of which nothing stays."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        for name, value in said.items():
            await connection.execute("select set_config($1, $2, true)", name, value)
        yield
    finally:
        await transaction.rollback()


class Trial:
    """One login's attempts on Amina's rows of one table."""

    def __init__(self, town: Town, connection: asyncpg.Connection, table: str) -> None:
        self.town, self.connection, self.table = town, connection, table
        self.where = HERS.get(table, "user_id = $1 and tenant_id = $2")
        self.ids: tuple[UUID, UUID] = (town.amina.user_id, town.world.tenant_id)

    async def may(self, said: Settings) -> str:
        attempts = {
            "s": f"select 1 from {self.table} where {self.where}",
            "d": f"delete from {self.table} where {self.where} returning 1",
        }
        if column := (await open_columns(self.connection, self.table, "update"))[:1]:
            change = f"{column[0]} = {column[0]}"
            attempts["u"] = f"update {self.table} set {change} where {self.where} returning 1"
        found = {verb for verb, sql in attempts.items() if await self._touches(said, sql)}
        if await self._adds(said):
            found.add("i")
        return "".join(verb for verb in "siud" if verb in found)

    async def _touches(self, said: Settings, sql: str) -> bool:
        async with acting(self.connection, said):
            try:
                return bool(await self.connection.fetch(sql, *self.ids))
            except asyncpg.InsufficientPrivilegeError:
                return False
            except asyncpg.ForeignKeyViolationError:
                return True  # it reached the row; what hangs on it held it back

    async def _adds(self, said: Settings) -> bool:
        """A row of hers once more, in the columns that the login may fill.

        Whom the policy lets through, the primary key stops.
        """
        row = await self._one_of_hers()
        filled = ", ".join(await open_columns(self.connection, self.table, "insert"))
        if not filled:
            return False
        async with acting(self.connection, said):
            try:
                await self.connection.execute(
                    f"insert into {self.table} ({filled})"
                    f" select {filled} from jsonb_populate_record(null::{self.table}, $1)",
                    row,
                )
            except asyncpg.InsufficientPrivilegeError:
                return False
            except asyncpg.UniqueViolationError:
                return True
        if self.table in OF_A_MOMENT:
            return True
        raise AssertionError(f"{self.table} took the same row twice")

    async def _one_of_hers(self) -> Any:
        row = await self.town.admin.fetchval(
            f"select (to_jsonb(t) || $3)::text from {self.table} as t where {self.where} limit 1",
            *self.ids,
            NEW.get(self.table, "{}"),
        )
        assert row, f"Amina has nothing in {self.table}: the matrix would show nothing"
        return row


async def open_columns(connection: asyncpg.Connection, table: str, right: str) -> list[str]:
    """Those of the table on which this login has the right."""
    rows = await connection.fetch(
        """select attname from pg_attribute where attrelid = $1::text::regclass and attnum > 0
            and not attisdropped and has_column_privilege(attrelid, attnum, $2) order by attnum""",
        table,
        right,
    )
    return [row["attname"] for row in rows]


async def rights(town: Town, url: str, actor: str) -> dict[str, str]:
    connection = await asyncpg.connect(url)
    try:
        said = settings(town, actor)
        return {
            table: await Trial(town, connection, table).may(said)
            for table in await tables(town.admin)
        }
    finally:
        await connection.close()


@pytest.mark.asvs("8.4.1")
async def test_every_table_is_in_the_matrix(town: Town) -> None:
    assert sorted(MATRIX) == await tables(town.admin), "say who may do what with the new table"


@pytest.mark.asvs("8.4.1")
@pytest.mark.parametrize("actor", ACTORS)
async def test_the_login_of_the_api(town: Town, urls: Urls, actor: str) -> None:
    stated = {table: row[ACTORS.index(actor)] for table, row in MATRIX.items()}
    before = await town.rows()
    found = await rights(town, urls.app, actor)
    assert {table: may for table, may in found.items() if may != stated[table]} == {}
    assert await town.rows() == before


async def test_a_service_of_another_tenant_sees_nothing_here(town: Town, urls: Urls) -> None:
    found = await rights(town, urls.app, "service abroad")
    assert {table: may for table, may in found.items() if may} == {
        "alembic_version": "s",
        "processes": "siud",
    }


async def test_the_login_of_signing_in_as_the_door(town: Town, urls: Urls) -> None:
    before = await town.rows()
    found = await rights(town, urls.auth, "door")
    assert {table: may for table, may in found.items() if may != PRE_AUTHENTICATION[table]} == {}
    assert await town.rows() == before


@pytest.mark.parametrize("actor", [*ACTORS, "system"])
async def test_the_login_of_signing_in_may_no_more_whoever_it_says_it_is(
    town: Town, urls: Urls, actor: str
) -> None:
    """As a person, events in that name besides; in another tenant, or without one, nothing."""
    found = await rights(town, urls.auth, actor)
    more = {"events": {"i"}} if actor == "owner" else {}
    assert {
        table: may
        for table, may in found.items()
        if set(may) - set(PRE_AUTHENTICATION[table]) - more.get(table, set())
    } == {}
    if actor not in {"owner", "door"}:
        assert {table: may for table, may in found.items() if may} == {"alembic_version": "s"} | (
            {"jobs": "i"} if actor in {"neighbour", "forger", "system"} else {}
        )


async def test_the_login_of_a_worker_as_the_system(town: Town, urls: Urls) -> None:
    found = await rights(town, urls.worker, "system")
    assert {table: may for table, may in found.items() if may != SYSTEM[table]} == {}


@pytest.mark.parametrize("actor", ["owner", "neighbour", "other door", "system abroad"])
async def test_the_login_of_a_worker_finds_no_secret_for_others(
    town: Town, urls: Urls, actor: str
) -> None:
    """It has rights on these tables, and policies ask for whom."""
    connection = await asyncpg.connect(urls.worker)
    for table in SECRETS:
        assert await Trial(town, connection, table).may(settings(town, actor)) == "", table
    await connection.close()


async def test_the_system_of_one_tenant_leaves_the_other_alone(town: Town, urls: Urls) -> None:
    found = await rights(town, urls.worker, "system abroad")
    shared = {
        "alembic_version",
        "tenants",
        "events",
        "audit_entries",
        "jobs",
        "job_tallies",
        "processes",
    }  # of all tenants
    assert {table for table, may in found.items() if may} == shared


async def test_a_worker_that_says_nothing_is_nobody(town: Town, urls: Urls) -> None:
    found = await rights(town, urls.worker, "nobody")
    assert {table: may for table, may in found.items() if may} == {
        "alembic_version": "s",
        "processes": "siud",
    }


async def test_a_worker_that_acts_for_a_person_may_no_more_than_the_person(
    town: Town, urls: Urls
) -> None:
    found = await rights(town, urls.worker, "neighbour")
    stated = {table: row[ACTORS.index("neighbour")] for table, row in MATRIX.items()}
    assert {table: may for table, may in found.items() if set(may) - set(stated[table])} == {}


BESIDE = {
    ("skillbridge_app", "mentor_documents"): {"s"},
    ("skillbridge_auth", "events"): {"i"},
}
"""Rights that show in no cell: of a search, and of events that are nobody's."""


@pytest.mark.asvs("8.2.3", "13.2.2")
@pytest.mark.parametrize("login", ["skillbridge_app", "skillbridge_auth"])
@pytest.mark.parametrize("table", MATRIX)
async def test_a_login_holds_no_right_that_nobody_uses(town: Town, table: str, login: str) -> None:
    """What a policy would refuse is not even granted."""
    cells = MATRIX[table] if login == "skillbridge_app" else (PRE_AUTHENTICATION[table],)
    held = await town.admin.fetchrow(
        """select has_any_column_privilege($2::text, $1, 'select') as s,
            has_any_column_privilege($2::text, $1, 'insert') as i,
            has_any_column_privilege($2::text, $1, 'update') as u,
            has_table_privilege($2::text, $1, 'delete') as d""",
        table,
        login,
    )
    assert held
    used = {right for cell in cells for right in cell} | BESIDE.get((login, table), set())
    assert {right for right, granted in held.items() if granted} == used


CHANGEABLE = [table for table, row in MATRIX.items() if any("u" in cell for cell in row)]


@pytest.mark.parametrize(
    "table", sorted({*CHANGEABLE} - {"pool_seals", "mentor_digests", "processes"})
)
async def test_who_has_nothing_changes_nothing_without_looking(
    town: Town, urls: Urls, table: str
) -> None:
    """An update that reads no column is held by the policies of updates alone."""
    stranger = settings(town, "neighbour") | {"app.user_id": str(uuid4())}
    connection = await asyncpg.connect(urls.app)
    (column, *_) = await open_columns(connection, table, "update")
    async with acting(connection, stranger):
        done = await connection.execute(f"update {table} set {column} = default")
    await connection.close()
    assert done == "UPDATE 0"


@pytest.mark.parametrize("table", ["events", "jobs"])
async def test_the_login_of_the_api_reads_no_event_and_no_job(
    urls: Urls, town: Town, table: str
) -> None:
    connection = await asyncpg.connect(urls.app)
    for actor in ACTORS:
        async with acting(connection, settings(town, actor)):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match=table):
                await connection.fetch(f"select count(*) from {table}")
    await connection.close()


@pytest.mark.asvs("8.2.3")
async def test_a_notice_is_marked_and_never_reworded(town: Town, urls: Urls) -> None:
    connection = await asyncpg.connect(urls.app)
    async with acting(connection, settings(town, "owner")):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("update notices set title = 'You won'")
    await connection.close()


async def test_an_administrator_reads_the_names_of_the_placed_alone(town: Town, urls: Urls) -> None:
    connection = await asyncpg.connect(urls.app)
    other = await town.world.learner()
    names = "select user_id from profiles where user_id = any($1::uuid[])"
    people = [town.seeker.user_id, other.user_id]
    for actor, seen in (("neighbour", people[:1]), ("owner", []), ("foreigner", [])):
        async with acting(connection, settings(town, actor)):
            rows = await connection.fetch(names, people)
        assert [row["user_id"] for row in rows] == seen, actor
    await connection.close()


@pytest.mark.parametrize(
    "change",
    [
        "outcome = '{}'",
        "learner_ids = null",
        "applied = 1",
        "status = 'applied', confirmed_at = now()",
    ],
)
async def test_an_administrator_decides_and_finds_nothing_out(
    town: Town, urls: Urls, change: str
) -> None:
    """What was found is the worker's to write, and what was not confirmed is not applied."""
    connection = await asyncpg.connect(urls.app)
    async with acting(connection, settings(town, "neighbour")):
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError)):
            await connection.execute(f"update cohort_runs set {change}")
    await connection.close()


@pytest.mark.parametrize("role", ["owner", "system", "pre_authentication", "worker", "auth"])
async def test_the_login_of_the_api_becomes_nobody_else(urls: Urls, role: str) -> None:
    role = f"skillbridge_{role}"
    connection = await asyncpg.connect(urls.app)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(f"set role {role}")
    await connection.close()


@pytest.mark.parametrize(
    "sql",
    [
        "alter table users disable row level security",
        "drop policy self_door_system on users",
        "create table loot (id int)",
        "create function app.is_system() returns boolean language sql as 'select true'",
        "truncate notices",
        "set session_replication_role = replica",
    ],
)
async def test_the_login_of_the_api_takes_no_wall_down(urls: Urls, sql: str) -> None:
    connection = await asyncpg.connect(urls.app)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(sql)
    await connection.close()


READERS: dict[str, tuple[Read, dict[str, Any]]] = {
    "one": (ONE, {}),
    "list": (MINE.first, {"most": 9}),
}
"""What says by itself who asks: the policies hold inside of it, whoever else it names."""


@pytest.mark.parametrize("reader", READERS)
async def test_a_read_shows_what_its_reader_may_see(town: Town, urls: Urls, reader: str) -> None:
    read, values = READERS[reader]
    hers = {**who_asks(town.amina), "id": town.ids["roadmap_id"], **values}
    connection = await asyncpg.connect(urls.app)
    for actor in ACTORS:
        said = list(settings(town, actor).values()) or [str(NOBODY), str(NOBODY), ""]
        rows = await connection.fetch(read.alone, *read.arguments(hers), *said)
        assert [str(row["id"]) for row in rows] == (
            [town.ids["roadmap_id"]] if actor == "owner" else []
        )
        assert await connection.fetchval("select app.user_id() is null")
        assert await connection.fetch("select from roadmaps") == []
    await connection.close()


async def test_a_search_finds_within_the_tenant_whatever_it_asks_for(
    town: Town, urls: Urls
) -> None:
    """The policy of the documents is the search; who acts without a tenant finds nobody."""
    connection = await asyncpg.connect(urls.app)
    asked = f"'tenant {town.world.tenant_id}'"
    found = {}
    for actor in ACTORS:
        async with acting(connection, settings(town, actor) | {"app.asked": asked}):
            found[actor] = await connection.fetchval("select count(*) > 0 from mentor_documents")
    await connection.close()
    assert {actor for actor, some in found.items() if some} == {
        "owner", "neighbour", "door", "forger",
    }  # fmt: skip


ASKING = {"tenant_id", "user_id", "is_system", "is_doorkeeper"}
BY_LOGIN = {
    "app": ASKING
    | {"is_admin", "asked", "lock_journey", "ended_sign_ins", "holding", "served_tenant"}
    | {"room_for_files"}
    | {"tenant_of_slug", "tenant_now"}
    | {"folded", "term", "newest_after", "find_newest", "find_mentors"},
    "auth": ASKING | SIGNING_IN,
}


async def test_every_function_that_can_be_called_is_known_here(town: Town) -> None:
    """One that runs as the owner of the tables sees past their policies: triggers, three questions of the
    API's login, what tenants are asked for, and what signing in does.
    """
    found = await town.admin.fetch(
        """select proname as name, prosecdef as as_owner, prorettype = 'trigger'::regtype as trigger,
            has_function_privilege('skillbridge_app', oid, 'execute') as app,
            has_function_privilege('skillbridge_auth', oid, 'execute') as auth
        from pg_proc where pronamespace in ('app'::regnamespace, 'public'::regnamespace)"""
    )
    found = [row for row in found if not row["trigger"]]
    assert {row["name"] for row in found if row["as_owner"]} == SIGNING_IN | {
        "ended_sign_ins",
        "holding",
        "prepare_audit",
        "retire_audit",
        "room_for_files",
        *OF_TENANTS,
    }
    for login, known in BY_LOGIN.items():
        assert {row["name"] for row in found if row[login]} == known, login


async def test_the_login_of_the_api_makes_up_no_worker(town: Town, urls: Urls) -> None:
    """It may come, beat and go as an API; a dead worker does not live by its word."""
    await town.admin.execute(
        "insert into processes (id, part, version) values (gen_random_uuid(), 'worker', '1')"
    )
    api = await asyncpg.connect(urls.app)
    try:
        for actor in ACTORS:
            async with acting(api, settings(town, actor)):
                for attempt in (
                    "update processes set beat_at = now() where part = 'worker' returning 1",
                    "delete from processes where part = 'worker' returning 1",
                ):
                    assert not await api.fetch(attempt)
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await api.execute(
                        "insert into processes (id, part, version)"
                        " values (gen_random_uuid(), 'worker', '1')"
                    )
    finally:
        await api.close()
        await town.admin.execute("delete from processes where part = 'worker'")
