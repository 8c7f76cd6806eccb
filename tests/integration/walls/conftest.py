"""One town for a module: nobody in it manages to change it."""

from collections.abc import AsyncIterator

import pytest
from tests.conftest import Urls
from tests.integration.walls.town import Town, open_town


@pytest.fixture(scope="module")
async def town(urls: Urls) -> AsyncIterator[Town]:
    async with open_town(urls.admin, urls.app, urls.worker) as opened:
        yield opened
