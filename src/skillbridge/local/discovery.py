"""Finding the stack that `skillbridge up` runs here, for the commands that are typed beside it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from skillbridge.local.home import Home, chosen_home
from skillbridge.local.keys import write_private

TOLD = (
    "DATABASE_URL",
    "DATABASE_AUTH_URL",
    "DATABASE_WORKER_URL",
    "MATCHER_SECRET",
    "MATCHER_URL",
    "MATCHER_URL_FILE",
    "PORT",
    "REDIS_URL",
    "SKILLBRIDGE_ENV",
    "SKILLBRIDGE_HOME",
    "SKILLBRIDGE_MAIL_DIR",
    "SKILLBRIDGE_PUBLIC_URL",
    "SKILLBRIDGE_SECRET_KEYS",
    "SMTP_URL",
)


@contextmanager
def announced(home: Home, env: Mapping[str, str]) -> Iterator[None]:
    """Leave the stack's addresses in the data folder, for its owner's eyes, while it runs."""
    told = {name: env[name] for name in TOLD if name in env}
    write_private(home.stack, json.dumps(told, indent=2))
    try:
        yield
    finally:
        home.stack.unlink(missing_ok=True)


def with_local_stack(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the environment, and where it names no database, the addresses of the stack here.

    Without a database's address and a word about where we are, it is a laptop's.
    """
    local = environ.get("SKILLBRIDGE_ENV", "local") == "local"
    if environ.get("DATABASE_URL") or not local:
        return environ
    try:
        told: dict[str, str] = json.loads(Home(chosen_home(environ)).stack.read_text("utf-8"))
    except OSError:
        told = {}
    return {"SKILLBRIDGE_ENV": "local"} | told | dict(environ)
