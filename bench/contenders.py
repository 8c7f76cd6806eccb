"""Who is measured, and how each is started: one process, as its own manual advises."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

POOL = 20


@dataclass(frozen=True, slots=True)
class Contender:
    """`command` has `{port}` where the port goes."""

    name: str
    command: Sequence[str]
    packages: Sequence[str]
    least: float
    """How many times as many requests a second we want to answer."""

    def on(self, port: int) -> tuple[str, ...]:
        return tuple(part.format(port=port) for part in self.command)


def _python(module: str, *options: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *options)


OURS = Contender(
    "SkillBridge",
    _python("skillbridge", "serve", "--port", "{port}"),
    ("litestar", "granian", "asyncpg", "msgspec"),
    1.0,
)
FLOOR = Contender(
    "floor: bare ASGI, same RLS",
    _python(
        "granian", "--interface", "asgi", "--loop", "uvloop", "--no-log", "--backlog", "2048",
        "--port", "{port}", "bench.peers.floor.app:app",
    ),
    (),
    0.5,
)  # fmt: skip
FASTAPI = Contender(
    "FastAPI + SQLAlchemy ORM",
    _python(
        "uvicorn", "--loop", "uvloop", "--http", "httptools", "--log-level", "critical",
        "--no-access-log", "--port", "{port}", "bench.peers.fastapi_orm.app:app",
    ),
    ("fastapi", "uvicorn", "sqlalchemy", "pydantic"),
    4.0,
)  # fmt: skip
DJANGO = Contender(
    "Django + DRF",
    _python(
        "gunicorn", "--worker-class", "gthread", "--threads", "8", "--keep-alive", "60",
        "--log-level", "critical", "--bind", "127.0.0.1:{port}",
        "bench.peers.django_drf.wsgi:application",
    ),
    ("django", "djangorestframework", "gunicorn", "psycopg"),
    6.0,
)  # fmt: skip
PEERS = (FLOOR, FASTAPI, DJANGO)
EVERYONE = (OURS, *PEERS)
