"""The values that are neither numbers nor words of a list.

Each is a `str` in its normal form: making one reads the text, and raises ValueError with what is
wrong with it, in words that show no piece of a secret. `notes` tells what was read differently
from how it is written.
"""

import ipaddress
import re
import unicodedata
from base64 import b64decode
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from typing import Self

UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs", "Cn", "Co", "Cs"})
"""The categories of Unicode whose signs nobody sees; the plain blank alone is let through."""

_DATED = re.compile(r"(?P<since>[0-9]{4}-[0-9]{2}-[0-9]{2}T[^Z]+Z):(?P<secret>.+)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PREFIX = re.compile(r"\+[1-9][0-9]{0,11}")
_WHSEC = re.compile("^(?:v1,)?whsec_")
LEAST_WEBHOOK_KEY = 24
"""Bytes, as Standard Webhooks asks."""
_SENDER = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>\s]+)>|(?P<bare>[^<>\s\"]+)")


class Value(str):  # noqa: SLOT000  each kind keeps what it read beside its text
    """Text in its normal form."""

    notes: tuple[str, ...] = ()
    place = 0
    """Which entry of its list it is, from 1; 0 for the only one."""


class Secret(Value):
    """A value that does not show itself in a log or a traceback."""

    def __new__(cls, text: str = "") -> Self:
        return super().__new__(cls, visible(text))

    def __repr__(self) -> str:
        return "***"


class SigningSecret(Secret):
    """`2026-12-01T10:00Z:SECRET` signs from then on; a secret without a date always did."""

    since: datetime | None = None

    def __new__(cls, text: str = "") -> Self:
        found = _DATED.fullmatch(text)
        if found is None and _DATE.match(text):
            raise ValueError("its date is no time: write 2026-12-01T10:00Z:SECRET")
        made = super().__new__(cls, found["secret"] if found else text)
        made.since = _time(found["since"]) if found else None
        return made


class ApiKey(Secret):
    """A key that goes into a header as it is."""

    def __new__(cls, text: str = "") -> Self:
        made = super().__new__(cls, text)
        if not made.isascii() or " " in made:
            raise ValueError("a blank or a sign that is not ASCII stands inside: paste it anew")
        return made


class WebhookSecret(Secret):
    """`v1,whsec_BASE64`, as Standard Webhooks writes it; `key` is what signs."""

    key: bytes = b""

    def __new__(cls, text: str = "") -> Self:
        made = super().__new__(cls, text)
        if text:
            try:
                made.key = b64decode(_WHSEC.sub("", made), validate=True)
            except ValueError:
                raise ValueError("it must look like v1,whsec_BASE64") from None
            if len(made.key) < LEAST_WEBHOOK_KEY:
                raise ValueError(f"it holds fewer than {LEAST_WEBHOOK_KEY} bytes: make a new one")
        return made


class Network(Value):
    """`10.0.0.0/8` or one address; `*` is everybody."""

    def __new__(cls, text: str) -> Self:
        if text == "*":
            return super().__new__(cls, text)
        try:
            network = ipaddress.ip_network(text, strict=False)
        except ValueError:
            raise ValueError(
                f"{text!r} is no network: write one address (10.0.0.7) or a network (10.0.0.0/8)"
            ) from None
        one = network.num_addresses == 1
        made = super().__new__(cls, network.network_address if one else network)
        if ipaddress.ip_interface(text).ip != network.network_address:
            made.notes = (f"{text} is read as the whole network {made}",)
        return made

    @property
    def too_wide(self) -> bool:
        """Whether it is wider than any network of one party: /8, or /16 of IPv6."""
        if self == "*":
            return True
        network = ipaddress.ip_network(self)
        return network.prefixlen < network.max_prefixlen // (4 if network.version == 4 else 8)  # noqa: PLR2004  a version of IP


class PhonePrefix(Value):
    """What a number begins with, as E.164 writes it: +234, or +23480."""

    def __new__(cls, text: str) -> Self:
        if not _PREFIX.fullmatch(text):
            raise ValueError(f"{text!r} is no prefix: write +234, with the country code")
        return super().__new__(cls, text)


class Sender(Value):
    """`Name <address>` or an address alone; a comma in the name does not end it."""

    def __new__(cls, text: str) -> Self:
        quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
        try:
            return super().__new__(cls, _sender(text[1:-1] if quoted else text))
        except (ValueError, IndexError, HeaderParseError):
            raise ValueError(
                f"{text!r} is no sender: write SkillBridge <no-reply@example.org>"
            ) from None

    @property
    def domain(self) -> str:
        return self.rpartition("@")[2].rstrip(">").lower()


def _sender(text: str) -> Address:
    """Raises ValueError, IndexError or HeaderParseError for what is none."""
    found = _SENDER.fullmatch(visible(text).strip())
    if found is None:
        raise ValueError
    name = (found["name"] or "").strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    address = Address(name, addr_spec=found["address"] or found["bare"])
    if not (address.username and address.domain.isascii() and "." in address.domain):
        raise ValueError
    return address


def _time(text: str) -> datetime:
    """Raises ValueError."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no time: write 2026-12-01T10:00Z:SECRET") from None


def visible(text: str) -> str:
    """The text itself; raises ValueError when it holds a sign that nobody sees."""
    for sign in text:
        if sign != " " and unicodedata.category(sign) in UNSEEN:
            raise ValueError(
                f"a sign that nobody sees stands inside (U+{ord(sign):04X}): type the value anew"
            )
    return text
