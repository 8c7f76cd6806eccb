"""What the tests of the doors stand on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.doors import Doors, open_doors


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with open_doors(tmp_path) as opened:
        yield opened
