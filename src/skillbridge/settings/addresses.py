"""Where the other servers are, and where this one is."""

import re
from collections.abc import Mapping
from typing import ClassVar, Self

from skillbridge.settings.urls import Parts, is_address, is_host, is_loopback, split
from skillbridge.settings.values import Secret, Value

_WEB: Mapping[str, int | None] = {"http": 80, "https": 443}
_MAIL = re.compile(r"[!-;=?A-~]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z0-9-]{2,63}")
_ANDROID = re.compile(r"android:apk-key-hash:[A-Za-z0-9_-]{43}")


class Origin(Value):
    """As a browser writes it: `https://app.example.org`; `*` is everybody, `null` nobody known."""

    def __new__(cls, text: str) -> Self:
        if text in {"*", "null"}:
            return super().__new__(cls, text)
        parts = split(text, _WEB, "https://app.example.org")
        if parts.path.strip("/") or parts.query or parts.user is not None:
            raise ValueError(f"{text!r} says more than an origin: keep {_origin(parts)}")
        made = super().__new__(cls, _origin(parts))
        if text != made:
            made.notes = (f"{text} is read as {made}, as browsers write it",)
        return made


class PasskeyOrigin(Value):
    """A page that may ask for passkeys, or an Android app by the hash of the key that signed it."""

    def __new__(cls, text: str) -> Self:
        if _ANDROID.fullmatch(text):
            return super().__new__(cls, text)
        if text in {"*", "null"} or text.startswith("android:"):
            raise ValueError(
                f"{text!r} is no page and no app: write https://app.example.org, or "
                "android:apk-key-hash: and the 43 signs of its SHA-256 in base64url"
            )
        page = Origin(text)
        made = super().__new__(cls, page)
        made.notes = page.notes
        return made


class Host(Value):
    """The name of a host: example.org."""

    def __new__(cls, text: str = "") -> Self:
        if text and (is_address(text) or not is_host(text)):
            raise ValueError("it is the name of a host, as example.org")
        return super().__new__(cls, text.lower())


class HttpUrl(Value):
    """The address of an HTTP service, without a slash at its end."""

    example: ClassVar = "https://matcher.example.org"
    parts: Parts

    def __new__(cls, text: str = "") -> Self:
        parts = split(text, _WEB, cls.example) if text else Parts()
        if parts.user is not None:
            raise ValueError(f"no name and no password belong into it: {cls.example}")
        if text and (len(parts.hosts) > 1 or not parts.hosts[0][0]):
            raise ValueError(f"it must name one host, as {cls.example}")
        front, mark, query = parts.text.partition("?")
        made = super().__new__(cls, front.rstrip("/") + mark + query)
        made.parts = parts
        return made

    @property
    def in_the_clear(self) -> bool:
        """Whether what is sent there can be read on the way."""
        return self.parts.scheme == "http" and not is_loopback(self.parts.hosts[0][0])


class SecurityContact(Value):
    """Whom to tell of a weakness: an address of mail, or a page that begins with https://."""

    def __new__(cls, text: str = "") -> Self:
        address = text.removeprefix("mailto:")
        if not text:
            return super().__new__(cls)
        if text.startswith("https://"):
            return super().__new__(cls, HttpUrl(text))
        if not _MAIL.fullmatch(address):
            raise ValueError(
                f"{text!r} is neither an address of mail nor a page: write security@example.org"
            )
        return super().__new__(cls, f"mailto:{address}")


class PublicUrl(HttpUrl):
    """Where people find this installation; a path in front of ours may be part of it."""

    example = "https://skillbridge.example.org"

    def __new__(cls, text: str) -> Self:
        made = super().__new__(cls, text)
        if made.parts.query:
            raise ValueError(f"nothing may follow a ?: {cls.example}")
        return made

    @property
    def passkey_host(self) -> str:
        """Its name; passkeys know no addresses, and call this machine by its name."""
        host = self.parts.hosts[0][0]
        return "localhost" if is_loopback(host) else host

    @property
    def passkey_origin(self) -> str:
        port = self.parts.hosts[0][1]
        return Origin(f"{self.parts.scheme}://{self.passkey_host}:{port}")


class Server(Secret):
    """One server with a login."""

    schemes: ClassVar[Mapping[str, int | None]]
    encrypted: ClassVar[frozenset[str]]
    example: ClassVar[str]
    parts: Parts

    def __new__(cls, text: str = "") -> Self:
        parts = split(text, cls.schemes, cls.example) if text else Parts()
        if text and (len(parts.hosts) > 1 or not (parts.hosts[0][0] or parts.path)):
            raise ValueError(f"it must name one host, as {cls.example}")
        made = super().__new__(cls, parts.text)
        made.parts = parts
        return made

    @property
    def host(self) -> str:
        return self.parts.hosts[0][0]

    @property
    def encrypts(self) -> bool:
        return self.parts.scheme in self.encrypted

    @property
    def on_this_machine(self) -> bool:
        return is_loopback(self.host)


class SmtpUrl(Server):
    """`smtp://name:password@host:587` begins in the clear, `smtps://host:465` speaks TLS at once."""

    schemes: ClassVar[Mapping[str, int | None]] = {"smtp": 587, "smtps": 465}
    encrypted = frozenset({"smtps"})
    example = "smtp://name:password@mail.example.org:587"

    def __new__(cls, text: str = "") -> Self:
        made = super().__new__(cls, text)
        if made.parts.path.strip("/") or made.parts.query:
            raise ValueError(f"nothing may follow the host and the port: {cls.example}")
        if bool(made.parts.user) != bool(made.parts.password):
            raise ValueError(f"a name and a password go together: {cls.example}")
        return made

    @property
    def port(self) -> int:
        return self.parts.hosts[0][1] or self.schemes["smtp"] or 0


class RedisUrl(Server):
    """`rediss://` speaks TLS, `redis://` does not; the path is the number of the database."""

    schemes: ClassVar[Mapping[str, int | None]] = {"redis": 6379, "rediss": 6379, "unix": None}
    encrypted = frozenset({"rediss", "unix"})
    example = "rediss://:password@cache.example.org:6379/0"
    numbers = frozenset({
        "db", "health_check_interval", "max_connections", "protocol", "socket_connect_timeout",
        "socket_timeout", "timeout",
    })  # fmt: skip
    words = frozenset({
        "client_name", "password", "retry_on_timeout", "socket_keepalive", "ssl_ca_certs",
        "ssl_ca_path", "ssl_cert_reqs", "ssl_certfile", "ssl_check_hostname", "ssl_keyfile",
        "ssl_keyfile_password", "ssl_min_version", "username",
    })  # fmt: skip

    def __new__(cls, text: str = "") -> Self:
        made = super().__new__(cls, re.sub(r"^valkey(s?)://", r"redis\1://", text))
        parts = made.parts
        database = parts.path.strip("/")
        if parts.scheme != "unix" and database and not _is_number(database):
            raise ValueError(f"after the host stands the number of a database: {cls.example}")
        for name, value in parts.query:
            if name not in cls.numbers | cls.words:
                raise ValueError(
                    f"{name}= is not known: {', '.join(sorted(cls.numbers | cls.words))}"
                )
            if name in cls.numbers and not _is_number(value):
                raise ValueError(f"{name}= wants a number")
        return made

    @property
    def encrypts(self) -> bool:
        """TLS with a certificate that nobody looks at keeps nobody out."""
        asked = dict(self.parts.query)
        checks = asked.get("ssl_cert_reqs", "required") in {"required", "CERT_REQUIRED"}
        named = asked.get("ssl_check_hostname", "true").lower() in {"true", "yes", "1"}
        return super().encrypts and checks and named


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text) is not None


def _origin(parts: Parts) -> str:
    (host, port), *others = parts.hosts
    if others or not host:
        raise ValueError("an origin has one host, as https://app.example.org")
    shown = f"[{host}]" if ":" in host else host
    usual = _WEB[parts.scheme]
    return f"{parts.scheme}://{shown}" + ("" if port == usual else f":{port}")
