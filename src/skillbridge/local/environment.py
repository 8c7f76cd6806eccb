"""What the children are told by their environment; each gets no more than it needs.

A REDIS_URL or MATCHER_URL that the person has set is handed on as it is; for a database, see
`database_given`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from skillbridge.local.home import Home
from skillbridge.local.keys import Keys
from skillbridge.local.ports import HOST
from skillbridge.local.postgres import PostgresServer
from skillbridge.settings import DatabaseUrl, UnsafeSettings, load

APP_LOGIN = "skillbridge_app"
AUTH_LOGIN = "skillbridge_auth"
WORKER_LOGIN = "skillbridge_worker"
ADDRESSES = ("DATABASE_URL", "DATABASE_AUTH_URL", "DATABASE_WORKER_URL", "DATABASE_ADMIN_URL")
MATCHER = ("MATCHER_URL", "MATCHER_URL_FILE", "MATCHER_SECRET", "MATCHER_SECRET_FILE")
WHO = {"user", "password", "passfile"}
"""What a database's address may say behind its `?` about who comes."""

Environment = dict[str, str]
HERE = ("local", "test")
"""What this machine may be said to be; a server's programs are started one by one."""


def chosen(environ: Mapping[str, str]) -> Environment:
    """Return what the person has set; a variable that is empty is not set, as for every program.

    Raises UnsafeSettings, before anything starts.
    """
    given = {name: text for name, text in environ.items() if text.strip()}
    env = given.get("SKILLBRIDGE_ENV", "local").strip()
    if env.lower() not in HERE:
        raise UnsafeSettings(
            f"refusing to start:\n- SKILLBRIDGE_ENV is {env!r}, and `up` serves this machine alone: "
            f"say one of {', '.join(HERE)}, or leave it out; on a server start `skillbridge serve` "
            "and `skillbridge worker`"
        )
    load({"SKILLBRIDGE_ENV": env} | given)
    database_given(given)
    return given


def remarks(given: Environment) -> tuple[str, ...]:
    """What was read differently from how it is written, or is no setting: children hear nothing of it."""
    return load({"SKILLBRIDGE_ENV": HERE[0]} | given).notes


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
    return _with_matcher(env, home, keys) if matcher else _without(env, *MATCHER)


def _with_matcher(env: Environment, home: Home, keys: Keys) -> Environment:
    """Of a matcher that the person has named, they know the secret; ours has that of the folder."""
    if "MATCHER_URL" in env:
        return env
    ours = {"MATCHER_URL_FILE": str(home.matcher_url), "MATCHER_SECRET": keys.matcher}
    return _without(env, *MATCHER) | ours


def _without(env: Environment, *names: str) -> Environment:
    return {name: value for name, value in env.items() if name not in names}


def migration_environment(
    program: Environment, given: Mapping[str, str], keys: Keys, postgres: PostgresServer | None
) -> Environment:
    """Return the environment of the migration: the only child that may change the schema."""
    if _complete(given):
        return program | {"DATABASE_ADMIN_URL": given["DATABASE_ADMIN_URL"]}
    return program | {
        "DATABASE_ADMIN_URL": postgres.admin_url if postgres else given["DATABASE_URL"],
        "SKILLBRIDGE_APP_PASSWORD": keys.app,
        "SKILLBRIDGE_AUTH_PASSWORD": keys.auth,
        "SKILLBRIDGE_WORKER_PASSWORD": keys.worker,
    }


def database_given(given: Mapping[str, str]) -> bool:
    """Whether the person named a database; UnsafeSettings when they named half of one.

    DATABASE_URL alone is an administrator's: the logins of our programs are made with it. With
    all of ADDRESSES, each is used as it is.
    """
    named = [name for name in ADDRESSES if given.get(name)]
    if named in ([], ["DATABASE_URL"], [*ADDRESSES]):
        return bool(named)
    missing = " and ".join(name for name in ADDRESSES if name not in named)
    raise UnsafeSettings(
        f"{' and '.join(named)} without {missing}: give DATABASE_URL alone, of a login that may "
        f"create roles, and the others are made; or give all of {', '.join(ADDRESSES)}."
    )


def _complete(given: Mapping[str, str]) -> bool:
    return all(given.get(name) for name in ADDRESSES)


def _logins(given: Mapping[str, str], keys: Keys, postgres: PostgresServer | None) -> Environment:
    if _complete(given):
        return {}
    admin = postgres.admin_url if postgres else given["DATABASE_URL"]
    return {
        "DATABASE_URL": as_login(admin, APP_LOGIN, keys.app),
        "DATABASE_AUTH_URL": as_login(admin, AUTH_LOGIN, keys.auth),
        "DATABASE_WORKER_URL": as_login(admin, WORKER_LOGIN, keys.worker),
    }


def as_login(url: str, login: str, password: str) -> str:
    """Return the address of the same database for another login."""
    parts = urlsplit(DatabaseUrl(url))
    place = parts.netloc.rpartition("@")[2]
    query = [pair for pair in parse_qsl(parts.query) if pair[0] not in WHO]
    return urlunsplit(
        parts._replace(netloc=f"{login}:{password}@{place}", query=urlencode(query, safe="/"))
    )
