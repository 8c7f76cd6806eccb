"""A learner's first screen over a slow line: nine answers, and how many bytes they are."""

from collections.abc import AsyncIterator

import httpx
import pytest
from tests.integration.postgres.test_read_costs import FIRST_SCREEN
from tests.support.given.story import three_modules_done
from tests.support.programs.command import program

from skillbridge.entrypoints.cli.story import Story
from skillbridge.entrypoints.seeding import PASSWORD
from skillbridge.local.health import until_ready
from skillbridge.local.ports import HOST, free_port

pytestmark = pytest.mark.row("K4")

MOST = 8 * 1024
"""Bytes of all nine answers, their heads included."""


@pytest.fixture(scope="module")
async def learner() -> AsyncIterator[Story]:
    """Someone with a roadmap under way, a mentor, badges and notices, among the demo mentors."""
    port = free_port()
    async with program("serve", "--memory", "--port", str(port)):
        await until_ready(port)
        async with Story.at(f"http://{HOST}:{port}", mentor_password=PASSWORD) as story:
            await three_modules_done(story)
            await story.match_with_the_best(await story.suggestions())
            await story.notices(at_least=4)
            yield story


@pytest.mark.parametrize("coding", ["br", "gzip"])
async def test_a_first_screen_fits_into_eight_kilobytes(learner: Story, coding: str) -> None:
    contract = (await learner.http.get("/openapi.json")).json()["paths"]
    paths = {
        one["operationId"]: path for path, methods in contract.items() for one in methods.values()
    }
    sizes: dict[str, int] = {}
    for name in FIRST_SCREEN:
        path = paths[name].format(roadmap_id=learner.roadmap_id)
        answer = await learner.http.get(path, headers={"Accept-Encoding": coding})
        assert answer.status_code == 200, answer.text
        sizes[name] = _head(answer) + answer.num_bytes_downloaded
    told = ", ".join(f"{name} {size}" for name, size in sizes.items())
    print(f"\n    first screen, {coding}: {sum(sizes.values())} bytes ({told})")  # noqa: T201  a figure of the measurement, seen with -s
    assert sum(sizes.values()) <= MOST


def _head(answer: httpx.Response) -> int:
    """Of HTTP/1.1: the line of the status, each header on a line, and an empty one."""
    lines = sum(len(name) + len(value) + len(": \r\n") for name, value in answer.headers.raw)
    return len(f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}\r\n\r\n") + lines
