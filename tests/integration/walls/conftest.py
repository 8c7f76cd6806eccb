"""One town for a module: nobody in it manages to change it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from tests.conftest import Urls, new_database
from tests.integration.walls.town import Town, open_town, tables


@pytest.fixture(scope="module")
async def town(urls: Urls) -> AsyncIterator[Town]:
    async with open_town(urls) as opened:
        yield opened


@asynccontextmanager
async def without_policies(server: str) -> AsyncIterator[Town]:
    """A town where only the statements themselves, and the rules, keep people apart."""
    urls = await new_database(server)
    admin = await asyncpg.connect(urls.admin)
    try:
        for table in await tables(admin):
            await admin.execute(f"alter table {table} disable row level security")
        async with open_town(urls) as opened:
            yield opened
    finally:
        await admin.close()
