"""A database that is killed in the middle of an upload: no byte is lost that was counted, and none stands twice."""

import asyncio
import io
import os
import random
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
from PIL import Image
from tests.conftest import PASSWORD, Urls, by_login
from tests.support.given.world import World, postgres_world
from tests.support.http.asking import Asking, open_asking
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters import schema
from skillbridge.local.postgres import embedded_postgres
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("D4", "A6")

PART = 1024 * 1024
PICTURE = io.BytesIO()
Image.frombytes("RGB", (1100, 1000), random.Random(7).randbytes(1100 * 1000 * 3)).save(
    PICTURE, "PNG"
)
CONTENT = PICTURE.getvalue()
OFFSETS = {"Content-Type": "application/offset+octet-stream", "Tus-Resumable": "1.0.0"}


@dataclass
class Killable:
    urls: Urls

    async def kill(self) -> None:
        """As `kill -9` does, the process that the others are children of; it is started again by itself."""
        pid = await self._pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

        async def another() -> bool:
            return await self._pid() not in {None, pid}

        async with asyncio.timeout(PATIENCE):
            await until(another, every=0.05)

    async def _pid(self) -> int | None:
        """None while nobody answers."""
        try:
            connection = await asyncpg.connect(self.urls.admin)
        except (OSError, asyncpg.PostgresError):
            return None
        found = await connection.fetchval("select pg_read_file('postmaster.pid')")
        await connection.close()
        return int(found.partition("\n")[0])


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Killable]:
    async with embedded_postgres(tmp_path / "postgres", throwaway=True) as server:
        url = server.admin_url
        await schema.prepare(
            url, app_password=PASSWORD, auth_password=PASSWORD, worker_password=PASSWORD
        )
        await schema.upgrade(url)
        admin = await asyncpg.connect(url)
        name = await admin.fetchval("select current_database()")
        await admin.execute(
            f"alter database {name} set synchronous_commit = on"
        )  # throwaways forget
        await admin.close()
        yield Killable(by_login(url))


async def offset(ask: Asking, place: str) -> int:
    """Asked as a phone does: again until somebody answers."""
    found: list[int] = []

    async def answered() -> bool:
        answer = await ask("HEAD", place, Tus_Resumable="1.0.0")
        assert answer.status_code in {200, 503}, answer.status_code
        if answer.status_code == 200:
            found.append(int(answer.headers["upload-offset"]))
        return bool(found)

    async with asyncio.timeout(PATIENCE):
        await until(answered, every=0.1)
    return found[0]


async def send(ask: Asking, place: str, at: int, body: AsyncIterator[bytes]) -> int:
    said = {**ask.headers, **OFFSETS, "Upload-Offset": str(at)}
    answer = await ask.client.patch(place, headers=said, content=body)
    return answer.status_code


async def whole(world: World, ask: Asking, place: str) -> None:
    """The rest is sent, until it is taken."""
    while (at := await offset(ask, place)) < len(CONTENT):

        async def rest(start: int = at) -> AsyncIterator[bytes]:
            yield CONTENT[start:]

        assert await send(ask, place, at, rest()) in {204, 503}
    async with asyncio.timeout(PATIENCE):
        await until(lambda: settled(world, ask), every=0.1)


async def settled(world: World, ask: Asking) -> bool:
    await world.settle()
    return (await ask("GET", "/v1/me/avatar")).status_code == 200


@pytest.mark.parametrize("sent", [PART // 2, PART, 2 * PART + 9])
async def test_what_was_counted_is_there_and_the_rest_is_sent_again(
    database: Killable, sent: int
) -> None:
    async with postgres_world(database.urls) as world, open_asking(world) as ask:
        begun = await ask("POST", "/v1/me/avatar", Upload_Length=str(len(CONTENT)))
        place = begun.headers["location"]

        async def broken() -> AsyncIterator[bytes]:
            yield CONTENT[:sent]
            await database.kill()
            yield CONTENT[sent:]

        assert (await send(ask, place, 0, broken())) in {204, 503}
        assert await offset(ask, place) in {0, PART, 2 * PART, len(CONTENT)}
        await whole(world, ask, place)
        avatar = (await ask("GET", "/v1/me/avatar")).json()
        assert avatar["id"]
        admin = await asyncpg.connect(database.urls.admin)
        assert await admin.fetchval("select count(*) from avatars") == 1
        assert await admin.fetchval("select count(*) from uploads where received < size") == 0
        await admin.close()
