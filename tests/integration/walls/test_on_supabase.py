"""Our migrations in a project's own database: its schema stays, its roles get nothing of ours, our walls hold."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.conftest import PASSWORD, by_login
from tests.integration.walls.test_names_of_supabase import NOTES
from tests.integration.walls.town import good, open_town, tables

from skillbridge.adapters import schema
from skillbridge.local.postgres import embedded_postgres

pytestmark = pytest.mark.row("B2", "B8")

THEIRS = Path(__file__).with_name("supabase.sql")
ROLES = ("anon", "authenticated", "service_role")
RIGHTS = ("select", "insert", "update", "delete", "truncate", "references", "trigger")


@dataclass
class Project:
    url: str
    admin: asyncpg.Connection

    @asynccontextmanager
    async def asks(self, role: str, user: UUID) -> AsyncIterator[asyncpg.Connection]:
        """As PostgREST does: it takes the role of the token, and says what stands in it."""
        parts = urlsplit(self.url)
        login = urlunsplit(
            parts._replace(netloc=f"authenticator:{PASSWORD}@{parts.hostname}:{parts.port}")
        )
        connection = await asyncpg.connect(login)
        claims = json.dumps({"sub": str(user), "role": role, "aud": "authenticated"})
        undone = connection.transaction()
        await undone.start()
        await connection.execute(f"set local role {role}")
        await connection.execute("select set_config('request.jwt.claims', $1, true)", claims)
        try:
            yield connection
        finally:
            await undone.rollback()
            await connection.close()

    async def made(self) -> list[tuple[str, str]]:
        """What the schema auth is made of, and who may do what with it."""
        rows = await self.admin.fetch(
            """select c.oid::regclass::text, coalesce(c.relacl::text, '') from pg_class as c
                where c.relnamespace = 'auth'::regnamespace
            union all select p.oid::regprocedure::text,
                pg_get_functiondef(p.oid) || coalesce(p.proacl::text, '') from pg_proc as p
                where p.pronamespace = 'auth'::regnamespace
            union all select n.nspname, n.nspacl::text from pg_namespace as n where n.nspname = 'auth'
            order by 1"""
        )
        return [tuple(row) for row in rows]


@pytest.fixture(scope="module")
async def project(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Project]:
    """A server of its own, for roles are the server's."""
    async with embedded_postgres(tmp_path_factory.mktemp("supabase"), throwaway=True) as server:
        admin = await asyncpg.connect(server.admin_url)
        await admin.execute(THEIRS.read_text("utf-8"))
        found = Project(server.admin_url, admin)
        before = await found.made()
        await schema.prepare(
            server.admin_url,
            app_password=PASSWORD,
            auth_password=PASSWORD,
            worker_password=PASSWORD,
        )
        await schema.upgrade(server.admin_url)
        assert await found.made() == before, "nothing of theirs is written"
        yield found
        await admin.close()


async def test_the_roles_of_the_project_get_nothing_of_ours(project: Project) -> None:
    """Whatever is granted by default there: who asks PostgREST meets a closed door, and no policy."""
    open_ = await project.admin.fetch(
        """select c.oid::regclass::text as what, role, right_
        from pg_class as c, unnest($1::text[]) as role, unnest($2::text[]) as right_
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
            and has_table_privilege(role, c.oid, right_)""",
        *(list(ROLES), list(RIGHTS)),
    )
    assert open_ == []
    callable_ = await project.admin.fetch(
        """select p.oid::regprocedure::text as what, role
        from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace, unnest($1::text[]) as role
        where n.nspname not in ('pg_catalog', 'information_schema', 'auth')
            and has_function_privilege(role, p.oid, 'execute')
            and has_schema_privilege(role, n.oid, 'usage')
            and not exists (select from pg_depend as d where d.objid = p.oid and d.deptype = 'e')""",
        list(ROLES),
    )
    assert callable_ == []


async def test_with_a_token_of_the_project_every_table_of_ours_is_shut(project: Project) -> None:
    async with open_town(by_login(project.url)) as town:
        for role in ROLES:
            for table in await tables(project.admin):
                async with project.asks(role, town.amina.user_id) as connection:
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await connection.fetch(f"select * from {table} limit 1")
        mine = good(await town.client.get("/v1/roadmaps", headers=town.headers)).json()
        assert mine["items"], "and by our API she finds what is hers"
        answer = await town.ask(town.foreigner, "GET", f"/v1/roadmaps/{town.ids['roadmap_id']}")
        assert answer.status_code == 404


async def test_a_policy_of_the_project_beside_ours_shows_each_their_own(project: Project) -> None:
    amina, bola = uuid4(), uuid4()
    await project.admin.execute(NOTES)
    await project.admin.execute(f"insert into notes values (1, '{amina}'), (2, '{bola}')")
    try:
        for user, own in ((amina, 1), (bola, 2)):
            async with project.asks("authenticated", user) as connection:
                assert [row["id"] for row in await connection.fetch("select id from notes")] == [
                    own
                ]
                assert await connection.fetchval("select auth.uid()") == user
    finally:
        await project.admin.execute("drop table notes")
