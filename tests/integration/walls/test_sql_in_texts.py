"""SQL in every text, parameter and id that a request has: it is text, or refused, and never a part of a statement."""

from collections.abc import AsyncIterator, Iterator
from itertools import cycle, islice
from typing import Any

import pytest
from tests.integration.walls.town import tables
from tests.support.given.world import World
from tests.support.http.asking import Asking, open_asking, to_json
from tests.support.http.wire import operations

pytestmark = [pytest.mark.row("C5", "B2"), pytest.mark.asvs("1.2.4")]

CORPUS = (
    "'",
    '"',
    "\\",
    "' or '1'='1",
    "' or 1=1 --",
    '" or ""="',
    "') or ('1'='1' /*",
    "'; drop table users; --",
    "'; update users set disabled_at = now(); commit; --",
    "1; select pg_sleep(600) --",
    "x' || (select password_hash from users limit 1) || '",
    "') union all select null, version(), null --",
    "$$; delete from profiles; $$",
    "E'\\x27; delete from profiles; --",
    "\u02bc or 1=1 -- \uff07 or 1=1 --",
    "%' or name like '%",
    "%s %(name)s :name $1 {0} ?",
    "current_setting('app.user_id')",
    "id desc; select 1",
    "(case when 1=1 then id else name end)",
    "-1 or 1=1",
    "../../etc/passwd' into outfile 'x",
)
TURNS = 6
TELLING = ("syntax error", "PostgreSQL 1", "$argon2", "pg_catalog", "asyncpg")
"""What an answer says where a text became a statement."""


@pytest.fixture
async def asking(world_on_postgres: World) -> AsyncIterator[Asking]:
    async with open_asking(world_on_postgres) as opened:
        yield opened


def requests(asking: Asking, turn: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """With a text in one place each: of a body, of a query, of a path."""
    texts = islice(cycle(CORPUS), turn * len(CORPUS) // TURNS, None)
    paths = asking.app.state.contract.document["paths"]
    for operation in operations(asking.app):
        if "events" in operation.template:
            continue  # a stream of what is there ends with its reader
        body: dict[str, Any] = {} if operation.body is None else {"json": operation.body}
        for place in operation.texts():
            said = {"json": operation.with_value(place, next(texts))}
            yield operation.method, operation.path, said
        parameters = paths[operation.template][operation.method.lower()].get("parameters", ())
        for one in parameters:
            if one["in"] == "query":
                yield (
                    operation.method,
                    operation.path,
                    {**body, "params": {one["name"]: next(texts)}},
                )
            if one["in"] == "path":
                where = operation.with_id(one["name"], next(texts).replace("/", "%2F"))
                yield operation.method, where, body


@pytest.mark.parametrize("turn", range(TURNS))
async def test_it_is_text_or_refused(asking: Asking, turn: int) -> None:
    """Each place meets another text in each turn."""
    admin, tenant, tried = asking.world.admin, asking.world.tenant_id, 0
    assert admin is not None
    people = "select count(*) from users where tenant_id = $1 and disabled_at is null"
    before = await admin.fetchval(people, tenant)
    for method, path, said in requests(asking, turn):
        answer = await asking.client.request(method, path, headers=asking.headers, **said)
        assert answer.status_code < 500, (method, path, said, answer.text)
        assert not any(word in answer.text for word in TELLING), (method, path, said)
        tried += 1
    assert tried > 200
    assert await admin.fetchval(people, tenant) == before
    assert "users" in await tables(admin)


@pytest.mark.parametrize("text", CORPUS)
async def test_what_is_kept_of_it_comes_back_to_the_letter(asking: Asking, text: str) -> None:
    kept = await asking("PATCH", "/v1/me", to_json({"name": "Amina", "bio": f"a {text} b"}))
    assert kept.status_code == 200, kept.text
    assert (await asking("GET", "/v1/me")).json()["bio"] == f"a {text} b"
