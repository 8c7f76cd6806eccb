"""What every server reads: one database, filled, and a learner who asks."""

import json
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
from argon2 import PasswordHasher

from skillbridge.adapters import schema
from skillbridge.adapters.crypto.access_tokens import JwtTokens
from skillbridge.adapters.crypto.keys import KeyRing, utc_now
from skillbridge.adapters.crypto.passwords import LANES, MEMORY_KIB, PASSES
from skillbridge.domain.accounts.user import User
from skillbridge.domain.ids import SessionId, TenantId, UserId
from skillbridge.local.postgres import PostgresServer, embedded_postgres
from skillbridge.local.valkey import embedded_valkey

LEARNERS = 2000
ROADMAPS = 10
MODULES = 12
PASSWORD_OF_ALL = "seven geese over lake chad"
READER = "bench_reader"
ISSUER = "http://127.0.0.1"
FILL_SECONDS = 120
FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class World:
    """The filled database, and who asks."""

    environment: Mapping[str, str]
    user: User
    roadmap_id: UUID
    secret: str
    postgres_version: str
    admin_url: str

    def token(self, learner: UserId | None = None) -> str:
        """A new access token, as our own log-in would issue it; of another learner, if one is named."""
        user = replace(self.user, id=learner) if learner else self.user
        return _tokens(self.secret).issue(user.id, user.tenant_id, SessionId(uuid4()), user.roles)


@asynccontextmanager
async def filled_world() -> AsyncIterator[World]:
    """Servers and rows that are gone at the end. The peers' login sees past the policies."""
    with tempfile.TemporaryDirectory(prefix="skillbridge-bench-") as folder:
        home = passable(Path(folder))
        async with (
            embedded_postgres(home, throwaway=True, tell=_unheard) as postgres,
            embedded_valkey(home, throwaway=True, tell=_unheard) as redis_url,
        ):
            yield await _fill(postgres, redis_url)


async def _fill(postgres: PostgresServer, redis_url: str) -> World:
    password, secret = secrets.token_hex(16), secrets.token_hex(32)
    tenant_id, learner_id = uuid4(), uuid4()
    await schema.prepare(
        postgres.admin_url, app_password=password, auth_password=password, worker_password=password
    )
    await schema.upgrade(postgres.admin_url)
    script = (
        (FOLDER / "rows.sql")
        .read_text()
        .format(
            tenant=tenant_id,
            learner=learner_id,
            learners=LEARNERS,
            roadmaps=ROADMAPS,
            modules=json.dumps(modules()),
            reader=READER,
            password=password,
            password_hash=PasswordHasher(PASSES, MEMORY_KIB, LANES).hash(PASSWORD_OF_ALL),
        )
    )
    admin = await asyncpg.connect(postgres.admin_url)
    try:
        await admin.execute(script, timeout=FILL_SECONDS)
        await admin.execute("vacuum full analyze roadmaps", timeout=FILL_SECONDS)
        await admin.execute("vacuum analyze completions", timeout=FILL_SECONDS)
        roadmap_id = await admin.fetchval(
            "select id from roadmaps where learner_id = $1 order by created_at limit 1", learner_id
        )
        version = await admin.fetchval("select current_setting('server_version')")
    finally:
        await admin.close()
    return World(
        environment={
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "DATABASE_URL": postgres.url(schema.APP, password),
            "DATABASE_AUTH_URL": postgres.url(schema.AUTH, password),
            "DATABASE_WORKER_URL": postgres.url(schema.WORKER, password),
            "REDIS_URL": redis_url,
            "SKILLBRIDGE_ENV": "local",
            "SKILLBRIDGE_SECRET_KEYS": secret,
            "SKILLBRIDGE_PUBLIC_URL": ISSUER,
            "SKILLBRIDGE_DEFAULT_TENANT": "bench",
            "SKILLBRIDGE_LOG_LEVEL": "error",
            "SKILLBRIDGE_LIMIT_FACTOR": "1000",  # one learner asks for all; counted as always
            "BENCH_DATABASE_URL": postgres.url(READER, password),
            "BENCH_KEY": _tokens(secret).published()[0].point,
        },
        user=User(UserId(learner_id), TenantId(tenant_id), "learner-1@example.test", ""),
        roadmap_id=roadmap_id,
        secret=secret,
        postgres_version=version,
        admin_url=postgres.admin_url,
    )


def modules() -> list[dict[str, object]]:
    """A roadmap's modules as we store them, about 400 bytes each."""
    return [
        {
            "id": f"m{place:02d}",
            "title": f"Module {place}: reading, cleaning and joining tables",
            "summary": (
                "Load a table from a file, see what is missing in it, join it with another one "
                "and answer three questions that a shop owner asked about last year's sales."
            ),
            "skill": f"skill-{place}",
            "minutes": 240 + 15 * place,
            "weight": 240 + 15 * place,
            "due_on": f"2026-{1 + place // 4:02d}-{5 + 7 * (place % 4):02d}",
            "prerequisites": [f"m{place - 1:02d}"] if place > 1 else [],
            "resources": [f"resource-{place}-{number}" for number in (1, 2, 3)],
        }
        for place in range(1, MODULES + 1)
    ]


def passable(folder: Path) -> Path:
    """The account that root lends the servers must get through."""
    folder.chmod(0o711)
    return folder


def _tokens(secret: str) -> JwtTokens:
    return JwtTokens(KeyRing.of([secret], "access/ed25519"), ISSUER, utc_now)


def _unheard(_: str) -> None:
    """The servers' progress is not the bench's news."""
