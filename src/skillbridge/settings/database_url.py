"""The address of a database, as libpq reads it and as our driver takes it."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import ClassVar, Self
from urllib.parse import quote

from skillbridge.settings.urls import Parts, is_loopback, split
from skillbridge.settings.values import Secret

ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})
SYSTEM = "system"
"""`sslrootcert=system`: the certificates that this machine trusts."""

_TLS = frozenset({"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"})
_OFF = frozenset({"0", "false", "off", "no"})
_FILES = ("passfile", "sslcert", "sslkey", "sslrootcert", "sslcrl")

TAKEN: Mapping[str, frozenset[str] | None] = {
    **dict.fromkeys(("host", "port", "dbname", "user", "password", "application_name", "options")),
    **dict.fromkeys((*_FILES, "sslpassword", "krbsrvname", "gsslib")),
    "sslmode": frozenset({"disable", "allow", "prefer", *ENCRYPTED}),
    "sslnegotiation": frozenset({"postgres", "direct"}),
    "ssl_min_protocol_version": _TLS,
    "ssl_max_protocol_version": _TLS,
    "target_session_attrs": frozenset({
        "any", "primary", "standby", "read-write", "read-only", "prefer-standby",
    }),
}  # fmt: skip
"""What the driver takes; where there are choices, these."""

DROPPED: Mapping[str, frozenset[str] | None] = {
    **dict.fromkeys((
        "connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval",
        "keepalives_count", "tcp_user_timeout", "fallback_application_name", "client_encoding",
        "sslcompression", "sslsni", "sslkeylogfile", "load_balance_hosts", "authtype", "tty",
        "max_protocol_version", "pgbouncer", "connection_limit", "pool_timeout", "socket_timeout",
        "statement_cache_size", "prepared_statement_cache_size",
    )),
    "channel_binding": frozenset({"disable", "prefer"}),
    "gssencmode": frozenset({"disable", "prefer"}),
    "gssdelegation": _OFF,
    "min_protocol_version": frozenset({"3.0"}),
    "replication": _OFF,
    "requiressl": _OFF,
    "sslcertmode": frozenset({"allow", "disable"}),
    "schema": frozenset({"public"}),
}  # fmt: skip
"""What changes nothing that was asked for, with these values; the last of each are of other clients."""

REFUSED: Mapping[str, str] = {
    "channel_binding": "take it out and ask for sslmode=verify-full, which keeps a stranger "
    "between you and the server out as well",
    "gssencmode": "ask for sslmode=verify-full",
    "gssdelegation": "take it out",
    "hostaddr": "write the address as the host",
    "min_protocol_version": "take it out",
    "replication": "this is no program that replicates: take it out",
    "requiressl": "write sslmode=verify-full",
    "require_auth": "take it out and ask for sslmode=verify-full",
    "requirepeer": "take it out",
    "ssl": "write sslmode=verify-full",
    "schema": "the tables are in the schema public: take it out",
    "service": "write out what the service holds",
    "servicefile": "write out what the service holds",
    "sslcertmode": "give sslcert and sslkey",
    "sslcrldir": "give one file as sslcrl",
    **dict.fromkeys(("scram_client_key", "scram_server_key"), "give the password"),
    **dict.fromkeys(
        ("oauth_issuer", "oauth_client_id", "oauth_client_secret", "oauth_scope", "oauth_ca_file"),
        "give a login with a password",
    ),
}
"""What would be weaker than asked if it were left out; with the way out."""


class DatabaseUrl(Secret):
    """`postgresql://login:password@host:5432/database?sslmode=verify-full&sslrootcert=system`."""

    example: ClassVar = "postgresql://login:password@db.example.org:5432/skillbridge"
    parts: Parts
    asked: Mapping[str, str]
    """What stands behind the `?`, as far as the driver takes it."""

    def __new__(cls, text: str = "") -> Self:
        parts = split(_plain_scheme(text), {"postgresql": None}, cls.example) if text else Parts()
        asked = dict(_taken(dict(parts.query)))
        _require_whole(asked)
        front = parts.text.partition("?")[0]
        query = "&".join(f"{name}={quote(value, safe='/')}" for name, value in asked.items())
        made = super().__new__(cls, f"{front}?{query}" if query else front)
        made.parts, made.asked, made.notes = parts, asked, tuple(_dropped(dict(parts.query)))
        return made

    @property
    def login(self) -> str:
        return self.parts.user or self.asked.get("user", "")

    @property
    def hosts(self) -> list[str]:
        """Names, addresses, and folders of Unix sockets."""
        named = [host for host, _ in self.parts.hosts if host]
        return named or [host for host in self.asked.get("host", "").split(",") if host]

    @property
    def open_on_the_way(self) -> bool:
        """Whether who stands between may read what is said there, or answer in the server's place."""
        verified = self.asked.get("sslmode") == "verify-full"
        return not verified and not all(map(is_loopback, self.hosts))


def _plain_scheme(text: str) -> str:
    """What SQLAlchemy and others put in front means the same to us."""
    scheme, colon, rest = text.partition("://")
    plain = scheme.lower().partition("+")[0] in {"postgres", "postgresql"}
    return f"postgresql{colon}{rest}" if plain else text


def _taken(query: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in query.items():
        if name in TAKEN:
            choices = TAKEN[name]
            if choices is not None and value not in choices:
                raise ValueError(f"{name}= is one of: {', '.join(sorted(choices))}")
            yield name, value
        elif name in DROPPED and _harmless(name, value):
            continue
        elif name in REFUSED:
            raise ValueError(f"{name}={_shown(name, value)} cannot be kept here: {REFUSED[name]}")
        else:
            raise ValueError(_unknown(name))


def _harmless(name: str, value: str) -> bool:
    harmless = DROPPED[name]
    return harmless is None or value.lower() in harmless


def _dropped(query: Mapping[str, str]) -> Iterator[str]:
    for name in query:
        if name in DROPPED:
            yield f"{name}= is left out: the driver does not take it"


def _shown(name: str, value: str) -> str:
    """Nothing of what may be a secret."""
    return value if name in {"channel_binding", "gssencmode", "replication", "schema"} else "…"


def _unknown(name: str) -> str:
    near = get_close_matches(name, [*TAKEN, *DROPPED, *REFUSED], n=1)
    hint = f"did you mean {near[0]}?" if near else "a server's own setting is options=-c name=value"
    return f"{name if name.isidentifier() else 'a name behind the ?'} is not known: {hint}"


def _require_whole(asked: dict[str, str]) -> None:
    """Everything that the certificates need is there. Raises ValueError; completes `asked`."""
    roots, mode = asked.get("sslrootcert"), asked.get("sslmode")
    if roots == SYSTEM:
        if mode not in {None, "verify-full"}:
            raise ValueError(f"sslrootcert=system goes with sslmode=verify-full, not {mode}")
        if together := asked.keys() & {"sslcert", "sslkey", "sslcrl"}:
            raise ValueError(f"{min(together)}= wants the roots in a file, not sslrootcert=system")
        asked["sslmode"] = "verify-full"
    elif mode in {"verify-ca", "verify-full"} and roots is None and not _home_roots().is_file():
        raise ValueError(
            f"sslmode={mode} needs roots to verify with: add sslrootcert=system, or the path of a file"
        )
    if asked.get("sslnegotiation") == "direct" and asked.get("sslmode") not in ENCRYPTED:
        raise ValueError("sslnegotiation=direct goes with sslmode=require or more")
    for name in _FILES:
        path = asked.get(name)
        if path not in {None, SYSTEM}:
            _require_readable(name, Path(str(path)))


def _home_roots() -> Path:
    return Path("~/.postgresql/root.crt").expanduser()


def _require_readable(name: str, path: Path) -> None:
    try:
        path.open("rb").close()
    except OSError as error:
        raise ValueError(f"the file of {name}= cannot be read: {error.strerror}: {path}") from None
