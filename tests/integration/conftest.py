"""A scene for the real programs, which each test file has to itself."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import asyncpg
import pytest
from tests.conftest import Urls, new_database
from tests.support.programs.scene import Scene, Stage, a_scene, a_stage


@pytest.fixture(scope="module")
async def own_urls(server: str) -> AsyncIterator[Urls]:
    """A database that other tests leave no jobs in, and in which nobody else waits."""
    made = await new_database(server)
    yield made
    admin = await asyncpg.connect(server)
    await admin.execute(f"drop database {urlsplit(made.admin).path[1:]} with (force)")
    await admin.close()


@pytest.fixture(scope="module")
async def stage(own_urls: Urls, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with a_stage(own_urls, tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.fixture
async def scene(stage: Stage) -> AsyncIterator[Scene]:
    async with a_scene(stage) as made:
        yield made
