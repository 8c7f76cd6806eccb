"""What the children are told by their environment; each gets no more than it needs.

A DATABASE_URL, REDIS_URL or MATCHER_URL that the person has set is handed on as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from skillbridge.entrypoints.local.home import Home
from skillbridge.entrypoints.local.keys import Keys
from skillbridge.entrypoints.local.ports import HOST
from skillbridge.entrypoints.local.postgres import PostgresServer

APP_LOGIN = "skillbridge_app"
WORKER_LOGIN = "skillbridge_worker"
Environment = dict[str, str]


@dataclass(frozen=True, slots=True)
class Parts:
    """The servers that this run started itself; None where the person has given one."""

    postgres: PostgresServer | None
    redis_url: str | None


def program_environment(
    given: Mapping[str, str], home: Home, keys: Keys, parts: Parts, *, port: int, matcher: bool
) -> Environment:
    """Return the environment of the API, the worker and the seed."""
    env = dict(given) | {
        "SKILLBRIDGE_ENV": "local",
        "SKILLBRIDGE_HOME": str(home.root),
        "SKILLBRIDGE_MAIL_DIR": str(home.mail),
        "SKILLBRIDGE_DEMO_FILE": str(home.demo_accounts),
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }
    env.setdefault("SKILLBRIDGE_SECRET_KEYS", keys.secret)
    env.setdefault("SKILLBRIDGE_PUBLIC_URL", f"http://{HOST}:{port}")
    if parts.redis_url:
        env["REDIS_URL"] = parts.redis_url
    env |= _logins(given, keys, parts.postgres)
    env.pop("DATABASE_ADMIN_URL", None)
    if not matcher:
        env.pop("MATCHER_URL", None)
    elif "MATCHER_URL" not in given:
        env["MATCHER_URL_FILE"] = str(home.matcher_url)
    return env


def migration_environment(
    program: Environment, given: Mapping[str, str], keys: Keys, postgres: PostgresServer | None
) -> Environment:
    """Return the environment of the migration: the only child that may change the schema."""
    if postgres is None:
        admin = given.get("DATABASE_ADMIN_URL") or given["DATABASE_URL"]
        return program | {"DATABASE_ADMIN_URL": admin}
    return program | {
        "DATABASE_ADMIN_URL": postgres.admin_url,
        "SKILLBRIDGE_APP_PASSWORD": keys.app,
        "SKILLBRIDGE_WORKER_PASSWORD": keys.worker,
    }


def _logins(given: Mapping[str, str], keys: Keys, postgres: PostgresServer | None) -> Environment:
    if postgres is None:
        url = given["DATABASE_URL"]
        return {"DATABASE_WORKER_URL": given.get("DATABASE_WORKER_URL") or url}
    return {
        "DATABASE_URL": postgres.url(APP_LOGIN, keys.app),
        "DATABASE_WORKER_URL": postgres.url(WORKER_LOGIN, keys.worker),
    }
