"""Where a request ends, when it says so in two ways or in none: nothing rides in behind another."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.support.programs.command import program
from tests.support.timing.patience import PATIENCE

from skillbridge.local.health import until_ready
from skillbridge.local.ports import HOST, free_port

pytestmark = pytest.mark.row("K1", "C5")

LENGTH, CHUNKED = "Content-Length: {}", "Transfer-Encoding: chunked"
HIDDEN = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
async def port() -> AsyncIterator[int]:
    port = free_port()
    async with program("serve", "--memory", "--port", str(port)):
        await until_ready(port)
        yield port


def request(*headers: str, body: bytes, version: str = "1.1") -> bytes:
    head = (f"POST /v1/auth/login HTTP/{version}", "Host: x", "Content-Type: application/json")
    return "\r\n".join([*head, *headers, "", ""]).encode() + body


async def answered(port: int, sent: bytes) -> bytes:
    """All that comes back until the server ends the connection."""
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(sent)
    try:
        async with asyncio.timeout(PATIENCE):
            return await reader.read()
    finally:
        writer.transport.abort()


@pytest.mark.asvs("13.4.6")
async def test_no_answer_says_which_version_of_what_serves_it(port: int) -> None:
    for sent in (
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /v1/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /docs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"nonsense\r\n\r\n",
    ):
        head = (await answered(port, sent)).lower().partition(b"\r\n\r\n")[0]
        assert head.startswith(b"http/1.1 ")
        lines = [line for line in head.split(b"\r\n") if not line.startswith(b"x-request-id:")]
        assert set(lines) & {b"server: granian"} == {one for one in lines if b"server" in one}
        for name in (b"x-powered-by", b"hyper", b"litestar", b"python", b"granian/"):
            assert not any(name in line for line in lines)


@pytest.mark.asvs("4.2.1")
@pytest.mark.parametrize("first", ["length", "chunked"])
async def test_of_two_lengths_the_pieces_count_and_nothing_follows(port: int, first: str) -> None:
    """RFC 9112 section 6.3: the server drops the length, answers, and ends the connection."""
    both = [LENGTH.format(7), CHUNKED][:: 1 if first == "length" else -1]
    got = await answered(port, request(*both, body=b"2\r\n{}\r\n0\r\n\r\n" + HIDDEN))
    assert got.startswith(b"HTTP/1.1 400 ")
    assert b'"#/password"' in got, "the body was read by its pieces"
    assert got.count(b"HTTP/1.1 ") == 1
    assert b"connection: close" in got


@pytest.mark.asvs("4.2.1")
@pytest.mark.parametrize(
    "headers",
    [
        (LENGTH.format(2), "Transfer-Encoding: identity"),
        (LENGTH.format(2), "Transfer-Encoding: xchunked"),
        (LENGTH.format(2), "Transfer-Encoding: chunked, identity"),
        (LENGTH.format(2), "Transfer-Encoding : chunked"),
        (LENGTH.format(2), "Transfer-Encoding: \x0bchunked"),
        (LENGTH.format(2), "X: y", " Transfer-Encoding: chunked"),
        (LENGTH.format(2), LENGTH.format(3)),
        (LENGTH.format("2, 3"),),
        (LENGTH.format("+2"),),
        (LENGTH.format("0x2"),),
    ],
    ids=str,
)
async def test_a_length_that_can_be_read_two_ways_is_refused(
    port: int, headers: tuple[str, ...]
) -> None:
    got = await answered(port, request(*headers, body=b"{}" + HIDDEN))
    assert got.startswith(b"HTTP/1.1 400 ")
    assert got.count(b"HTTP/1.1 ") == 1


async def test_http_1_0_has_no_pieces(port: int) -> None:
    got = await answered(
        port, request(CHUNKED, body=b"2\r\n{}\r\n0\r\n\r\n" + HIDDEN, version="1.0")
    )
    assert got.startswith(b"HTTP/1.1 400 ")
    assert got.count(b"HTTP/1.1 ") == 1


@pytest.mark.asvs("4.2.1")
@pytest.mark.parametrize(
    "pieces", [b"2\n{}\n0\n\n", b"2;a\nb\r\n{}\r\n0\r\n\r\n", b"-2\r\n{}\r\n0\r\n\r\n"], ids=str
)
async def test_pieces_that_are_none_end_the_connection(port: int, pieces: bytes) -> None:
    got = await answered(port, request(CHUNKED, body=pieces + HIDDEN))
    assert got.startswith(b"HTTP/1.1 400 ")
    assert got.count(b"HTTP/1.1 ") == 1
