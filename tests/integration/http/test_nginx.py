"""Behind a real nginx that compresses and puts a path in front: nothing is lost or changed."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from redis.asyncio import Redis
from tests.conftest import Urls
from tests.support.programs.command import program, said
from tests.support.servers.nginx_process import CLIENT, PREFIX, nginx
from tests.support.timing.patience import PATIENCE

from skillbridge.entrypoints.cli.story import Story
from skillbridge.entrypoints.seeding import PASSWORD as MENTORS
from skillbridge.local.health import until_ready
from skillbridge.local.ports import HOST, free_port


@dataclass(frozen=True)
class Site:
    """What stands behind nginx, and its public address."""

    origin: str

    @property
    def url(self) -> str:
        return f"{self.origin}{PREFIX}"

    @property
    def compressing(self) -> str:
        return f"{self.origin}/compressing"


@pytest.fixture(scope="module")
async def site(
    own_urls: Urls, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    folder, api, port = tmp_path_factory.mktemp("nginx"), free_port(), free_port()
    variables = {
        "DATABASE_URL": own_urls.app,
        "DATABASE_AUTH_URL": own_urls.auth,
        "DATABASE_WORKER_URL": own_urls.worker,
        "REDIS_URL": redis_url,
        "SKILLBRIDGE_ENV": "local",
        "SKILLBRIDGE_HOME": str(folder),
        "SKILLBRIDGE_PUBLIC_URL": f"http://{HOST}:{port}{PREFIX}",
        "SKILLBRIDGE_TRUSTED_PROXIES": "127.0.0.0/8",
    }
    async with program("seed", **variables) as seed:
        assert await seed.wait() == 0
    async with (
        program("serve", "--port", str(api), **variables),
        program("worker", **variables) as worker,
        nginx(api, port, folder),
    ):
        await said(worker, "worker.ready")
        await until_ready(api)
        yield Site(f"http://{HOST}:{port}")


@pytest.fixture
async def story(site: Site) -> AsyncIterator[Story]:
    async with Story.at(site.url, mentor_password=MENTORS) as told:
        await told.register_and_sign_in()
        yield told


async def test_the_whole_story_under_a_path(site: Site) -> None:
    """Its streams too: nginx would keep them back if it were not told to let them through."""
    async with Story.at(site.url, mentor_password=MENTORS) as story:
        await story.register_and_sign_in()
        await story.fill_in_profile()
        steps = [
            step async for step in story.follow_roadmap("Become a data analyst", "data-analysis")
        ]
        assert steps[-1]["status"] == "ready"
        async for _ in story.complete_modules(await story.roadmap(), 3):
            pass
        await story.match_with_the_best(await story.suggestions())
        await story.notices(at_least=4)


async def test_what_is_said_to_be_elsewhere_is_there(story: Story) -> None:
    wish = {"goal": "Become a web developer", "domain": "web-front-end", "hours_per_week": 6}
    asked = await story.http.post("/v1/roadmaps", json=wish)
    assert asked.status_code == 202
    place = asked.headers["location"]
    assert httpx.URL(place).path.startswith(f"{PREFIX}/v1/roadmaps/")
    origin = str(story.http.base_url).removesuffix(f"{PREFIX}/")
    assert (await story.http.get(f"{origin}{httpx.URL(place).path}")).status_code == 200


async def test_a_tag_that_nginx_weakened_still_names_what_was_read(
    site: Site, story: Story
) -> None:
    me = f"{site.compressing}/v1/me"
    read = await story.http.get(me, headers={"Accept-Encoding": "gzip"})
    tag = read.headers["etag"]
    assert (read.headers["content-encoding"], tag[:3]) == ("gzip", 'W/"'), "it was nginx"
    again = await story.http.get(me, headers={"If-None-Match": tag})
    assert again.status_code == 304
    changed = {"If-Match": tag}
    assert (await story.http.patch(me, json={"bio": "One"}, headers=changed)).status_code == 200
    assert (await story.http.patch(me, json={"bio": "Two"}, headers=changed)).status_code == 412


async def test_nothing_is_compressed_twice(site: Site) -> None:
    async with (
        httpx.AsyncClient(timeout=PATIENCE) as http,
        http.stream(
            "GET", f"{site.url}/openapi.json", headers={"Accept-Encoding": "gzip"}
        ) as answer,
    ):
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw).startswith(b'{"')


@pytest.mark.asvs("4.2.1")
@pytest.mark.parametrize("first", ["Content-Length", "Transfer-Encoding"])
async def test_a_request_with_two_lengths_gets_no_further_than_nginx(
    site: Site, first: str
) -> None:
    """So nothing rides behind it to the API on a connection that others use."""
    hidden = f"GET {PREFIX}/health/live HTTP/1.1\r\nHost: x\r\n\r\n"
    both = ["Content-Length: 7", "Transfer-Encoding: chunked"]
    head = [f"POST {PREFIX}/v1/auth/login HTTP/1.1", "Host: x", "Content-Type: application/json"]
    asked = "\r\n".join([*head, *sorted(both, reverse=first != "Content-Length"), "", ""])
    address = httpx.URL(site.origin)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(f"{asked}2\r\n{{}}\r\n0\r\n\r\n{hidden}".encode())
    async with asyncio.timeout(PATIENCE):
        got = await reader.read()
    writer.close()
    assert got.startswith(b"HTTP/1.1 400 ")
    assert (got.count(b"HTTP/1.1 "), b"Server: nginx" in got) == (1, True)


async def test_the_client_is_known_by_what_nginx_says_and_not_by_what_it_says_itself(
    site: Site, redis_url: str
) -> None:
    unknown = {"email": "nobody@example.org", "password": "a wrong one of some length"}
    async with httpx.AsyncClient(base_url=site.url, timeout=PATIENCE) as http:
        said_itself = {"X-Forwarded-For": "198.51.100.7"}
        await http.post("/v1/auth/login", json=unknown, headers=said_itself)
    async with Redis.from_url(redis_url) as redis:
        counted = [key async for key in redis.scan_iter("limit:*")]
    assert any(CLIENT.encode() in key for key in counted)
    assert not any(b"198.51.100" in key for key in counted)
