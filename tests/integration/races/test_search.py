"""What mentors are found by, while it changes."""

import asyncpg
import pytest
from tests.conftest import Urls
from tests.support.given.matching import mentor
from tests.support.given.world import World
from tests.support.timing.racing import race

from skillbridge.domain.ids import UserId

pytestmark = pytest.mark.row("G4", "B9")


async def said(by: asyncpg.Connection, what: str, of: UserId) -> None:
    await by.execute(f"update {what} where user_id = $1", of)


async def test_who_changes_offer_and_profile_at_once_is_found_by_both(
    world: World, urls: Urls, admin: asyncpg.Connection
) -> None:
    of = await mentor(world)

    async def says(what: str) -> None:
        connection = await asyncpg.connect(urls.admin)
        try:
            async with connection.transaction():
                await said(connection, what, of.user_id)
        finally:
            await connection.close()

    offer, profile = says("mentors set headline = 'Gladly'"), says("profiles set bio = 'Zither'")
    first, second = await race(admin, offer, said, profile)
    assert (first.error, second.error, second.waited) == (None, None, True)
    document = await admin.fetchval(
        "select document::text from mentor_documents where mentor_id = $1", of.user_id
    )
    assert "'gladly':" in document
    assert "'zither':" in document
