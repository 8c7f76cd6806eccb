"""A small server that speaks S3: objects of one bucket, asked for by path, and every signature looked at.

What a signature is, is written here from AWS's own description, and tried on its published example: nothing of the
client's code is used. Source: Amazon S3 API Reference, "Authenticating Requests (AWS Signature Version 4)".
"""

import asyncio
import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl, quote, unquote
from xml.sax.saxutils import escape, unescape

KEY_ID, SECRET, REGION, BUCKET = (
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG",
    "af-south-1",
    "files",
)
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<credential>[^,]+), ?SignedHeaders=(?P<headers>[^,]+), ?"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class Asked:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True)


def signature(asked: Asked, secret: str, scope: str, signed: str) -> str:
    """That of a request, by its signed headers and the scope `date/region/service/aws4_request`."""
    headers = "".join(
        f"{name}:{' '.join(asked.headers[name].split())}\n" for name in signed.split(";")
    )
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in sorted(asked.query)
    )
    path = quote(unquote(asked.path), safe="/-_.~")
    hashed = asked.headers["x-amz-content-sha256"]
    canonical = f"{asked.method}\n{path}\n{query}\n{headers}\n{signed}\n{hashed}"
    to_sign = "\n".join(
        [
            "AWS4-HMAC-SHA256",
            asked.headers["x-amz-date"],
            scope,
            hashlib.sha256(canonical.encode()).hexdigest(),
        ]
    )
    key = b"AWS4" + secret.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, to_sign.encode(), "sha256").hex()


@dataclass
class S3Server:
    """`refused` counts requests whose signature does not hold; `broken` answers all with 503."""

    url: str = ""
    objects: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    refused: int = 0
    asked: int = 0
    broken: bool = False
    guests: set[asyncio.Task[None]] = field(default_factory=set)

    def welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.guests.add(asyncio.create_task(self._serve(reader, writer)))

    async def close(self) -> None:
        for guest in self.guests:
            guest.cancel()
        await asyncio.gather(*self.guests, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode().strip().split("\r\n")
                method, target, _ = first.split(" ")
                headers = {
                    name.lower(): value.strip()
                    for name, value in (line.split(":", 1) for line in lines)
                }
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                self.asked += 1
                status, content, more = self._answer(Asked(method, target, headers, body))
                told = {"content-length": str(len(content)), **more}
                text = "".join(f"{name}: {value}\r\n" for name, value in told.items())
                writer.write(f"HTTP/1.1 {status} Said\r\n{text}\r\n".encode())
                writer.write(b"" if method == "HEAD" else content)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, asked: Asked) -> tuple[int, bytes, dict[str, str]]:
        if self.broken:
            return 503, b"<Error><Code>SlowDown</Code></Error>", {}
        if not self._holds(asked):
            self.refused += 1
            return 403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>", {}
        bucket, _, name = unquote(asked.path).lstrip("/").partition("/")
        if bucket != BUCKET:
            return 404, b"<Error><Code>NoSuchBucket</Code></Error>", {}
        query = dict(asked.query)
        if asked.method == "GET" and "list-type" in query:
            return 200, self._listed(query.get("prefix", "")), {}
        if asked.method == "POST" and "delete" in query:
            return 200, self._deleted(asked.body.decode()), {}
        return self._object(asked, name)

    def _object(self, asked: Asked, name: str) -> tuple[int, bytes, dict[str, str]]:
        if asked.method == "PUT":
            self.objects[name] = asked.body, datetime.now(UTC)
            return 200, b"", {"etag": f'"{hashlib.md5(asked.body).hexdigest()}"'}
        if asked.method == "DELETE":
            self.objects.pop(name, None)
            return 204, b"", {}
        if name not in self.objects:
            return 404, b"<Error><Code>NoSuchKey</Code></Error>", {}
        content, at = self.objects[name]
        tag = f'"{hashlib.md5(content).hexdigest()}"'
        return 200, content, {"etag": tag, "last-modified": format_datetime(at, usegmt=True)}

    def _listed(self, prefix: str) -> bytes:
        found = "".join(
            f"<Contents><Key>{escape(name)}</Key><Size>{len(content)}</Size><ETag>x</ETag>"
            f"<LastModified>{at:%Y-%m-%dT%H:%M:%S}.000Z</LastModified></Contents>"
            for name, (content, at) in sorted(self.objects.items())
            if name.startswith(prefix)
        )
        return (
            f"<ListBucketResult><Name>{BUCKET}</Name><IsTruncated>false</IsTruncated>"
            f"{found}</ListBucketResult>"
        ).encode()

    def _deleted(self, body: str) -> bytes:
        names = [unescape(name) for name in re.findall("<Key>(.*?)</Key>", body)]
        for name in names:
            self.objects.pop(name, None)
        said = "".join(f"<Deleted><Key>{escape(name)}</Key></Deleted>" for name in names)
        return f"<DeleteResult>{said}</DeleteResult>".encode()

    @staticmethod
    def _holds(asked: Asked) -> bool:
        """Signed by our key, for our region, now, over the bytes that came."""
        given = _AUTHORIZATION.fullmatch(asked.headers.get("authorization", ""))
        if given is None:
            return False
        key_id, scope = given["credential"].split("/", 1)
        date, region, service, end = scope.split("/")
        said = asked.headers["x-amz-date"]
        at = datetime.strptime(said, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        hashed = asked.headers["x-amz-content-sha256"]
        return (
            (key_id, region, service, end) == (KEY_ID, REGION, "s3", "aws4_request")
            and said.startswith(date)
            and abs((datetime.now(UTC) - at).total_seconds()) < 900
            and {"host", "x-amz-date", "x-amz-content-sha256"} <= set(given["headers"].split(";"))
            and hashed == hashlib.sha256(asked.body).hexdigest()
            and given["signature"] == signature(asked, SECRET, scope, given["headers"])
        )


@asynccontextmanager
async def s3_serving() -> AsyncIterator[S3Server]:
    made = S3Server()
    server = await asyncio.start_server(made.welcome, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()
        await made.close()
