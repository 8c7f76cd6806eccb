"""Everything that differs between two installations, read from the environment."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec


class Secret(str):
    """A value that does not show itself in a log or a traceback."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "***"


LOCAL_KEY = Secret("local-only-key-of-a-laptop-never-of-a-server")
KEY_LENGTH = 32


class UnsafeSettings(Exception):
    """The settings would be unsafe in production; the message names each and the way out."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One field a variable: `database_url` is `DATABASE_URL`, `env` is `SKILLBRIDGE_ENV`."""

    env: Literal["local", "test", "staging", "production"] = "local"
    home: Path = Path(".skillbridge")
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    default_tenant: str = "skillbridge"
    secret_keys: tuple[Secret, ...] = (LOCAL_KEY,)
    """The newest signs, all verify: put a new one in front, drop the last when its tokens died."""
    cors_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    database_url: Secret = Secret("")
    """The login of the API, which row level security binds."""
    database_worker_url: Secret = Secret("")
    """The login of workers and of `seed`: believed when it says that it is the system."""
    database_admin_url: Secret = Secret("")
    """The login of `migrate`: creates the other two and the tables."""
    database_pool: int = 20
    database_pooler: Literal["auto", "session", "transaction"] = "auto"
    """How a pooler between us and the server shares connections; `auto` finds one, and takes it
    for one by transaction."""
    app_password: Secret = Secret("")
    worker_password: Secret = Secret("")

    redis_url: Secret = Secret("")
    matcher_url: str = ""
    matcher_url_file: Path | None = None
    reranker_model: Path | None = None
    """A JSON file with the weights of a model that may reorder suggestions; without it none does."""

    job_lease_seconds: Annotated[float, msgspec.Meta(gt=0)] = 15
    """So long after its worker died a job is taken by another; running jobs renew it."""
    job_attempts: Annotated[int, msgspec.Meta(ge=1)] = 8
    """A job that failed so often is dead until an operator replays it."""

    mail_dir: Path | None = None
    smtp_url: Secret = Secret("")
    mail_from: str = "SkillBridge <no-reply@skillbridge.invalid>"

    openai_api_key: Secret = Secret("")
    openai_base_url: str = "https://api.openai.com/v1"
    openai_model: str = "gpt-4o-mini"


_SECRETS = (Secret, tuple[Secret, ...])
_PLAIN = ("port", "database_", "redis_", "matcher_", "smtp_", "openai_")


def variable(field: str) -> str:
    """The environment variable of a field."""
    return field.upper() if field.startswith(_PLAIN) else f"SKILLBRIDGE_{field.upper()}"


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Reads the settings; `…_FILE` names a file to read a secret from.

    Raises UnsafeSettings for a value that cannot be read and, in production, for an unsafe one.
    """
    found = dict(_found(environ))
    try:
        settings = msgspec.convert(found, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise UnsafeSettings(f"the environment cannot be read: {error}") from error
    if settings.env in {"staging", "production"} and (dangers := list(unsafe(settings))):
        raise UnsafeSettings("refusing to start:\n" + "\n".join(f"- {d}" for d in dangers))
    return settings


def unsafe(settings: Settings) -> Iterator[str]:
    """Each setting that a server must not have, with what to do."""
    if LOCAL_KEY in settings.secret_keys:
        yield "SKILLBRIDGE_SECRET_KEYS is not set: give one random key of 32 or more characters"
    if any(len(key) < KEY_LENGTH for key in settings.secret_keys):
        yield f"SKILLBRIDGE_SECRET_KEYS has a key shorter than {KEY_LENGTH} characters"
    if not settings.public_url.startswith("https://"):
        yield "SKILLBRIDGE_PUBLIC_URL must begin with https://: links in mails are made of it"
    if "*" in settings.cors_origins:
        yield "SKILLBRIDGE_CORS_ORIGINS must name each origin: `*` lets every site in"
    if "*" in settings.trusted_proxies:
        yield "SKILLBRIDGE_TRUSTED_PROXIES must name networks: `*` lets anyone forge an address"
    if not settings.smtp_url:
        yield "SMTP_URL is not set: nobody could verify an address"
    for field in ("database_url", "database_worker_url", "redis_url"):
        if not getattr(settings, field):
            yield f"{variable(field)} is not set"
    if settings.database_url and settings.database_url in {
        settings.database_worker_url,
        settings.database_admin_url,
    }:
        yield "DATABASE_URL must be a login of its own: the API must not act as worker or owner"


def _found(environ: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    for field in msgspec.structs.fields(Settings):
        name = variable(field.name)
        text = environ.get(name)
        if text is None and (path := environ.get(f"{name}_FILE")) and field.type in _SECRETS:
            text = _content(f"{name}_FILE", Path(path))
        if not text:
            continue
        many = getattr(field.type, "__origin__", None) is tuple
        yield field.name, [part.strip() for part in text.split(",")] if many else text


def _content(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise UnsafeSettings(f"the file that {name} names cannot be read: {error}") from error


def _decode(kind: type, value: Any) -> Any:
    return kind(value)
