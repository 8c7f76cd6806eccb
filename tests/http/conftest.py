"""What the tests of the doors stand on."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.doors import Doors, open_doors
from tests.http.witness import listening


@pytest.fixture(scope="session")
def contradictions() -> Iterator[list[str]]:
    with listening() as against:
        yield against


@pytest.fixture(autouse=True)
def _answers_are_published(contradictions: list[str]) -> Iterator[None]:
    """Whatever a test of the doors asks for, each answer is one that the contract names."""
    contradictions.clear()
    yield
    assert not contradictions, "\n".join(sorted(set(contradictions)))


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with open_doors(tmp_path) as opened:
        yield opened
