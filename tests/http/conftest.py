"""What the tests of the endpoints stand on."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.support.given.world import memory_world
from tests.support.http.asking import Asking, open_asking
from tests.support.http.endpoints import Endpoints, open_endpoints
from tests.support.http.witness import listening


@pytest.fixture(scope="session")
def contradictions() -> Iterator[list[str]]:
    with listening() as against:
        yield against


@pytest.fixture(autouse=True)
def _answers_are_published(contradictions: list[str]) -> Iterator[None]:
    """Whatever a test of the endpoints asks for, each answer is one that the contract names."""
    contradictions.clear()
    yield
    assert not contradictions, "\n".join(sorted(set(contradictions)))


@pytest.fixture(scope="module")
async def asking() -> AsyncIterator[Asking]:
    async with memory_world() as world, open_asking(world) as opened:
        yield opened


@pytest.fixture
async def ask(asking: Asking) -> Asking:
    """One world for all tests of a file, in memory; a file whose tests write has its own."""
    return await asking.signed_in()


@pytest.fixture
async def endpoints(tmp_path: Path) -> AsyncIterator[Endpoints]:
    async with open_endpoints(tmp_path) as opened:
        yield opened
