"""The API asked from outside, by Schemathesis, for what its contract allows and what it forbids.

A few cases of each operation here, as an administrator; `make prove P=contract` adds every boundary
of every parameter and field, as each role. `EXAMPLES` is the number of random cases an operation.
"""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.conftest import Urls
from tests.support.http.asking import bearer
from tests.support.programs.scene import Scene, Stage, a_scene, a_stage

from skillbridge.domain.actor import Role

ROOT = Path(__file__).parents[3]
EXAMPLES = os.environ.get("EXAMPLES", "1")
WHOLE = "PROVE" in os.environ
ROLES = list(Role) if WHOLE else [Role.ADMIN]
PHASES = "examples,coverage,fuzzing" if WHOLE else "examples,fuzzing"
STREAMS = "Follow|ContinueUpload"
"""They last as long as their work does, or take any bytes: tests of their own follow them."""


@pytest.fixture(scope="module")
async def stage(urls: Urls, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with a_stage(urls, tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.fixture
async def scene(stage: Stage) -> AsyncIterator[Scene]:
    async with a_scene(stage) as made:
        yield made


@pytest.mark.row("K1", "C11", "L9")
@pytest.mark.asvs("2.2.1")
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("role", ROLES)
async def test_schemathesis_finds_nothing(scene: Scene, role: Role) -> None:
    world = scene.world
    api = await scene.stage.serve(SKILLBRIDGE_DEFAULT_TENANT=world.slug)
    person = await world.person(role)
    headers = await bearer(world, person.roles, person.user_id)
    told = await run_schemathesis(api.url, headers["Authorization"])
    await api.program.kill()
    cases = re.search(r"Test cases:\s+(\d+) generated", told)
    assert cases, told
    print(f"\n{role}: {cases[1]} cases, no findings")  # noqa: T201  the figures of a proof


async def run_schemathesis(url: str, authorization: str) -> str:
    """What it prints; it must find nothing."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json", "--url", url),
        *("--header", f"Authorization: {authorization}", "--checks", "all"),
        *("--phases", PHASES, "--max-examples", EXAMPLES, "--seed", "7"),
        *("--exclude-operation-id-regex", STREAMS, "--no-color", "--warnings", "off"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    told = printed.decode()
    assert process.returncode == 0, told
    return told.strip()
