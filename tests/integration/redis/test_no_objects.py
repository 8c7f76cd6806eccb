"""What Redis keeps is numbers and text: an object of Python that somebody put there is never made."""

import pickle
from pathlib import Path

import pytest
from tests.conftest import Urls
from tests.integration.walls.town import open_town
from tests.support.servers.valkey_process import ValkeyProcess

from skillbridge.adapters.redis.provider import RedisProvider

pytestmark = [pytest.mark.row("C5"), pytest.mark.asvs("1.5.2")]


class Touches:
    """Read by pickle it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)


async def test_nothing_that_redis_keeps_is_made_an_object(urls: Urls, tmp_path: Path) -> None:
    valkey, made = await ValkeyProcess(tmp_path).start(), tmp_path / "made"
    bomb = pickle.dumps(Touches(made), protocol=0).decode("ascii")
    try:
        async with open_town(urls, RedisProvider(valkey.url)) as town:
            keys = [
                key
                for key in await valkey.ask("KEYS", "*")
                if await valkey.ask("TYPE", key) == b"string"
            ]
            assert keys
            for key in keys:
                kept = await valkey.ask("GET", key)
                assert not kept.startswith((b"\x80", b"c", b"(")), "as pickle begins"
                await valkey.ask("SET", key, bomb, "KEEPTTL")
            for path in ("/v1/me", "/v1/notices", f"/v1/cohorts/{town.ids['cohort_id']}/progress"):
                answer = await town.ask(town.neighbour, "GET", path)
                assert answer.status_code < 500, answer.text
            answer = await town.client.post(
                "/v1/auth/login", json={"email": "x@example.org", "password": "xxxxxxxxxxxx"}
            )
            assert answer.status_code in {401, 429}, answer.text
    finally:
        await valkey.kill()
    assert not made.exists()
    pickle.loads(bomb.encode())
    assert made.exists(), "or the bomb was none"
