"""Files over a real connection, to the program as it is started: large ones, and some that break off."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from tests.support.programs.command import program, said
from tests.support.timing.patience import PATIENCE

from skillbridge.entrypoints.seeding import PASSWORD, read_people
from skillbridge.local.health import until_ready
from skillbridge.local.ports import free_port
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("D4")

MEBIBYTE = 1024 * 1024
OFFSETS = {"Content-Type": "application/offset+octet-stream"}


@dataclass
class Served:
    client: httpx.AsyncClient
    process: psutil.Process

    async def begin(self, size: int) -> str:
        answer = await self.client.post("/v1/me/avatar", headers={"Upload-Length": str(size)})
        assert answer.status_code == 201, answer.text
        return answer.headers["location"]

    async def received(self, place: str) -> int:
        return int((await self.client.head(place)).headers["upload-offset"])


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Served]:
    port = free_port()
    large = {"SKILLBRIDGE_ENV": "", "SKILLBRIDGE_UPLOAD_MEBIBYTES": "64"}
    async with program("serve", "--memory", "--port", str(port), **large) as started:
        await said(started, "Mailbox")
        await until_ready(port)
        url = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=url, timeout=PATIENCE, trust_env=False) as client:
            someone = {"email": read_people()[0].email, "password": PASSWORD}
            tokens = (await client.post("/v1/auth/login", json=someone)).json()
            client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
            yield Served(client, psutil.Process(started.pid))


async def test_a_file_of_48_mebibytes_is_never_in_memory_as_a_whole(served: Served) -> None:
    size, peak, digest = 48 * MEBIBYTE, 0, hashlib.sha256()

    def memory() -> int:
        family = [served.process, *served.process.children(recursive=True)]
        found = 0
        for one in family:
            with suppress(psutil.Error):
                found = max(found, one.memory_info().rss)
        return found

    async def body() -> AsyncIterator[bytes]:
        nonlocal peak
        for number in range(size // 65_536):
            piece = number.to_bytes(2) * 32_768
            digest.update(piece)
            peak = max(peak, memory())
            yield piece

    place, before = await served.begin(size), memory()
    answer = await served.client.patch(
        place, headers={**OFFSETS, "Upload-Offset": "0"}, content=body()
    )
    assert answer.headers["upload-offset"] == str(size)
    print(f"{size >> 20} MiB received with {(peak - before) >> 20} MiB more")  # noqa: T201  measured
    assert peak - before < size // 2
    await until(lambda: ended(served, place), every=0.1)
    told = (await served.client.get(place)).json()
    assert (told["state"], "can be shown" in told["reason"]) == ("refused", True)


async def ended(served: Served, place: str) -> bool:
    return bool((await served.client.get(place)).json()["state"] in {"done", "refused"})


async def test_what_had_come_when_the_connection_broke_is_not_sent_again(served: Served) -> None:
    size = 3 * MEBIBYTE
    place, where = await served.begin(size), urlsplit(str(served.client.base_url))
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    lines = [
        f"PATCH {place} HTTP/1.1",
        f"Host: {where.netloc}",
        f"Authorization: {served.client.headers['authorization']}",
        *(f"{name}: {value}" for name, value in OFFSETS.items()),
        "Upload-Offset: 0",
        f"Content-Length: {size}",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode() + b"a" * 2 * MEBIBYTE)
    await writer.drain()

    async def two_parts() -> bool:
        return await served.received(place) == 2 * MEBIBYTE

    await until(two_parts, every=0.05)
    writer.transport.abort()
    del reader
    here = await served.received(place)
    rest = await served.client.patch(
        place, headers={**OFFSETS, "Upload-Offset": str(here)}, content=b"a" * (size - here)
    )
    assert rest.headers["upload-offset"] == str(size)
