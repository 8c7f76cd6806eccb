"""Races are run on real PostgreSQL, where rows are locked."""

from collections.abc import AsyncIterator

import pytest
from tests.conftest import Urls
from tests.support.given.world import World, postgres_world


@pytest.fixture
async def world(urls: Urls) -> AsyncIterator[World]:
    async with postgres_world(urls) as made:
        yield made
