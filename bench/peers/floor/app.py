"""Two endpoints on bare ASGI, asyncpg and msgspec: the least that this work can cost in Python.

The transaction is ours: BEGIN with the actor's settings in one round trip, SELECT, COMMIT, on the
login that row level security binds. There is no routing, no validation, no error page.
"""

import base64
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import asyncpg
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

ONE = """
    select *, (
        select jsonb_object_agg(module_id, completed_at)
        from completions where roadmap_id = roadmaps.id
    ) as done
    from roadmaps where id = $1 and deleted_at is null
"""
MINE = """
    select id, title, domain_id, level, status, percent, created_at, updated_at
    from roadmaps where learner_id = $1 and deleted_at is null
    order by created_at desc, id desc limit $2
"""
HEADERS = ((b"content-type", b"application/json"),)


class Claims(msgspec.Struct):
    """What the token says."""

    sub: UUID
    tid: UUID
    aud: str
    exp: int


class Module(msgspec.Struct):
    """A module as it is stored and sent."""

    id: str
    title: str
    summary: str
    skill: str
    minutes: int
    weight: int
    due_on: date
    prerequisites: list[str]
    resources: list[str]
    completed_at: datetime | None = None


read_claims = msgspec.json.Decoder(Claims).decode
read_modules = msgspec.json.Decoder(list[Module]).decode
read_done = msgspec.json.Decoder(dict[str, datetime]).decode
write = msgspec.json.Encoder().encode


class Floor:
    """The application; `pool` is open while the server runs."""

    pool: Any

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        claims = _claims(dict(scope["headers"])[b"authorization"])
        _, _, wanted = scope["path"].partition("/v1/roadmaps/")
        if wanted:
            body = await self._one(claims, UUID(wanted))
        else:
            limit = int(parse_qs(scope["query_string"].decode())["limit"][0])
            body = await self._mine(claims, limit)
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": body})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.pool = await asyncpg.create_pool(
            os.environ["DATABASE_URL"], min_size=4, max_size=20, reset=_nothing
        )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.pool.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _one(self, claims: Claims, roadmap_id: UUID) -> bytes:
        async with self.pool.acquire() as connection:
            await connection.execute(_begin(claims))
            row = await connection.fetchrow(ONE, roadmap_id)
            await connection.execute("COMMIT")
        modules = read_modules(row["modules"])
        if row["done"]:
            done = read_done(row["done"])
            for module in modules:
                module.completed_at = done.get(module.id)
        names = ("id", "title", "goal", "level", "hours_per_week", "starts_on", "status", "author")
        rest = ("reason", "percent", "created_at", "updated_at", "version")
        view = {name: row[name] for name in (*names, *rest)}
        return write(
            view | {"domain": row["domain_id"], "known": row["known_skills"], "modules": modules}
        )

    async def _mine(self, claims: Claims, limit: int) -> bytes:
        async with self.pool.acquire() as connection:
            await connection.execute(_begin(claims))
            rows = await connection.fetch(MINE, claims.sub, limit + 1)
            await connection.execute("COMMIT")
        items = [dict(row) for row in rows[:limit]]
        for item in items:
            item["domain"] = item.pop("domain_id")
        return write({"items": items, "next": _cursor(items[-1]) if len(rows) > limit else None})


def _begin(claims: Claims) -> str:
    return (
        "BEGIN READ ONLY;"
        f"SELECT set_config('app.user_id','{claims.sub}',true),"
        f"set_config('app.tenant_id','{claims.tid}',true),"
        "set_config('app.standing','person',true)"
    )


def _claims(authorization: bytes) -> Claims:
    claims = _verified(authorization)
    if claims.aud != "skillbridge-api" or claims.exp <= time.time():
        raise PermissionError
    return claims


@lru_cache(10_000)
def _verified(authorization: bytes) -> Claims:
    signed, _, signature = authorization.removeprefix(b"Bearer ").rpartition(b".")
    KEY.verify(_decoded(signature), signed)
    return read_claims(_decoded(signed.partition(b".")[2]))


def _decoded(part: bytes) -> bytes:
    return base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))


KEY = Ed25519PublicKey.from_public_bytes(_decoded(os.environ["BENCH_KEY"].encode()))


def _cursor(item: Mapping[str, Any]) -> str:
    key = f"{item['created_at'].isoformat()}|{item['id']}"
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


async def _nothing(_: Any) -> None:
    """In place of RESET ALL: the settings ended with their transaction."""


app = Floor()
