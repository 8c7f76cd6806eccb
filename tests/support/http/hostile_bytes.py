"""Random requests as bytes: methods, paths, headers, framings and bodies that nobody means."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from uuid import uuid4

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW", "get", "TRACE")
PATHS = (
    "/",
    "/docs",
    "/openapi.json",
    "/health/live",
    "/favicon.ico",
    "/problems/invalid-request",
    "/v1/me",
    "/v1/me/mentor",
    "/v1/roadmaps",
    "/v1/mentors",
    "/v1/mentors/suggestions",
    "/v1/matches",
    "/v1/cohorts",
    "/v1/notices",
    "/v1/domains",
    "/v1/resources",
    "/v1/auth/register",
    "/v1/auth/login",
    "/v1/auth/refresh",
    "/v1/auth/verify",
)
SUB = ("progress", "generation", "placements", "accept", "confirm", "read", "modules/x/completion")
PARAMETERS = ("limit", "after", "q", "skill", "free", "domain", "token", "status", "side")
HEADERS = (
    "Accept",
    "Accept-Encoding",
    "If-Match",
    "If-None-Match",
    "Content-Type",
    "X-Request-Id",
    "X-Tenant",
    "Origin",
    "Range",
    "Cookie",
    "Expect",
    "Upgrade",
    "Last-Event-ID",
    "Access-Control-Request-Method",
    "X-Forwarded-For",
    "Authorization",
    "Accept-Language",
)
VALUES = (
    "*/*;q=1e999",
    "*/*;q=nan",
    "text/html;q=-1, */*;q=",
    "gzip;q=0.0001, br;q=inf, *;q=0",
    "br, zstd, gzip",
    'W/"3", "4", *',
    '"' * 50,
    "bytes=0-0,5-",
    "application/json; charset=\xff",
    "application/json",
    "multipart/form-data",
    "100-continue",
    "websocket",
    "null",
    "GET",
    "Bearer a.b.c",
    "1" * 400,
    ";=,;=,",
    "",
)
BODIES = (
    b"{}",
    b"[]",
    b"null",
    b'{"name": "A", "skills": {"x": 9, "y": "z"}, "nick": 1}',
    b'{"email": "a@b", "password": 7, "name": ""}',
    b'{"mode": "fast", "learners": [1, 2, 3]}',
    b'{"goal": "\\ud800"}',
    b'{"goal": "\\u0000"}',
    b"[" * 5_000,
    b"\xff\xfe",
    b"{" + b'"a":1,' * 3_000 + b'"b":1}',
)
BAD_CHUNKS = (
    b"zz\r\nab\r\n0\r\n\r\n",
    b"-1\r\n\r\n",
    b"5\r\nab",
    b"ffffffffffffffffff\r\nx",
    b"2\nab\n0\n\n",
)


@dataclass(frozen=True)
class Sent:
    raw: bytes
    whole: bool
    """Nothing is missing at the end, so that an answer may be waited for."""


def a_request(random: Random, bearer: str) -> Sent:
    method = random.choice(METHODS) if random.random() > 0.02 else _noise(random, 9)
    head = [f"{method} {_target(random)} HTTP/1.{random.choice('1110')}"]
    odd = random.choice(("x" * 300, "a b", "[::1", "x:99999999", "x:abc", "x://y", ""))
    head.append(f"Host: {odd if random.random() < 0.05 else 'localhost'}")
    if random.random() > 0.4:
        head.append(f"Authorization: {bearer}")
    for _ in range(random.randrange(5)):
        value = random.choice(VALUES) if random.random() > 0.05 else _noise(random, 40)
        head.append(f"{random.choice(HEADERS)}: {value}")
    framing, body, whole = _body(random)
    lines = "\r\n".join([*head, *framing, "Connection: close"])
    return Sent(lines.encode("latin-1") + b"\r\n\r\n" + body, whole)


def _target(random: Random) -> str:
    path = random.choice(PATHS)
    if random.random() > 0.5:
        path += f"/{random.choice((str(uuid4()), '7', '%00', '%ff', '..', 'a' * 8_000, _quoted(random)))}"
    if random.random() > 0.6:
        path += f"/{random.choice(SUB)}"
    pairs = [
        f"{random.choice(PARAMETERS)}={random.choice(('5', '1e2', '', '%00', '9' * 40, _quoted(random)))}"
        for _ in range(random.randrange(3))
    ]
    return f"{path}?{'&'.join(pairs)}" if pairs else path


def _body(random: Random) -> tuple[Sequence[str], bytes, bool]:
    kind, body = random.randrange(10), random.choice(BODIES)
    json = random.choice((["Content-Type: application/json"], []))
    if kind < 3:  # three of ten bring none
        return [], b"", True
    if kind < 6:  # three of ten are as they should be
        return [*json, f"Content-Length: {len(body)}"], body, True
    if kind == 6:
        return (
            [*json, f"Content-Length: {random.choice(('-1', 'x', '1e3', '99999999999999999999'))}"],
            body,
            False,
        )
    if kind == 7:
        return [*json, "Transfer-Encoding: chunked"], random.choice(BAD_CHUNKS), False
    if kind == 8:
        both = ["Transfer-Encoding: chunked", "Content-Length: 3"]
        return [*json, *both], b"3\r\nabc\r\n0\r\n\r\n", True
    chunk = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    return [*json, "Transfer-Encoding: chunked"], chunk, True


def _quoted(random: Random) -> str:
    return "".join(f"%{byte:02x}" for byte in random.randbytes(random.randrange(1, 12)))


def _noise(random: Random, length: int) -> str:
    """Bytes of a header as they may stand in one, and some that may not."""
    return (
        random.randbytes(random.randrange(1, length))
        .decode("latin-1")
        .replace("\r", "")
        .replace("\n", "")
    )
