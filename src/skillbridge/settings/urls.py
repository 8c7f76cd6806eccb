"""Addresses as RFC 3986 writes them, read strictly: what could be meant in two ways is refused."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from skillbridge.settings.values import visible

MOST_PORTS = 65_535
LONGEST_NAME = 253

_SAFE = "%:/?#[]@!$&'()*+,;=-._~"
_WORD = r"(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})"
_HOST = r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._%-]*)(?::[0-9]*)?"
_URL = re.compile(
    rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://"
    rf"(?:(?P<user>{_WORD}*)(?::(?P<password>(?:{_WORD}|:)*))?@)?"
    rf"(?P<hosts>{_HOST}(?:,{_HOST})*)"
    rf"(?P<path>(?:/(?:{_WORD}|[:/])*)?)"
    rf"(?:\?(?P<query>(?:{_WORD}|[:/?])*))?"
)
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_ENCODE = (
    "a sign of the name, the password or the path belongs to the address itself: write "
    "@ as %40, # as %23, / as %2F, ? as %3F, % as %25, [ as %5B, ] as %5D"
)

Host = tuple[str, int | None]


@dataclass(frozen=True, slots=True, repr=False)
class Parts:
    """The parts of an address, each decoded; `text` is the address with its stray signs encoded."""

    text: str = ""
    scheme: str = ""
    user: str | None = None
    password: str | None = None
    hosts: tuple[Host, ...] = (("", None),)
    path: str = ""
    query: tuple[tuple[str, str], ...] = ()


def split(text: str, schemes: Mapping[str, int | None], example: str) -> Parts:
    """`schemes` gives each that may stand in front its usual port. Raises ValueError."""
    scheme, colon, rest = visible(text).partition("://")
    scheme = scheme.lower()
    if not colon or scheme not in schemes:
        fronts = " or ".join(f"{name}://" for name in schemes)
        raise ValueError(f"it must begin with {fronts}, as {example}")
    encoded = quote(f"{scheme}://{rest}", safe=_SAFE)
    found = _URL.fullmatch(encoded)
    if found is None:
        ambiguous = rest.count("@") > 1 or any(sign in rest for sign in "#[]%@")
        raise ValueError(_ENCODE if ambiguous else f"it must look like {example}")
    return Parts(
        encoded,
        scheme,
        _decoded(found["user"]),
        _decoded(found["password"]),
        tuple(_host(part, schemes[scheme], example) for part in found["hosts"].split(",")),
        _decoded(found["path"]) or "",
        tuple(_pairs(found["query"] or "", example)),
    )


def _decoded(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return visible(unquote(text, errors="strict"))
    except UnicodeDecodeError:
        raise ValueError(
            "a % with two signs after it is no UTF-8: write a plain % as %25"
        ) from None


def _host(text: str, usual: int | None, example: str) -> Host:
    """A name, an IPv4 or an IPv6 address (without its brackets), or a folder of Unix sockets."""
    name, port = text, ""
    if not text.endswith("]") and ":" in text:
        name, _, port = text.rpartition(":")
    if port and not 1 <= int(port[:6]) <= MOST_PORTS:
        raise ValueError(f"the port is a number from 1 to {MOST_PORTS}, as in {example}")
    name = unquote(name).strip("[]") if name.startswith("[") else unquote(name)
    if not is_host(name) and not name.startswith("/"):
        raise ValueError(f"the host is neither a name nor an address, as in {example}; {_ENCODE}")
    return name.lower() if not name.startswith("/") else name, int(port) if port else usual


def _pairs(query: str, example: str) -> Iterator[tuple[str, str]]:
    for pair in filter(None, query.split("&")):
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise ValueError(f"what follows the ? must be name=value, parted by &, in {example}")
        yield _decoded(name) or "", _decoded(value) or ""


def is_host(name: str) -> bool:
    """Whether it can be one: a name in ASCII, an IPv4 or an IPv6 address. Empty is this machine."""
    labels = name.removesuffix(".").split(".")
    if not name:
        return True
    if ":" in name or labels[-1].isdigit():
        return is_address(name)
    return len(name) <= LONGEST_NAME and all(map(_LABEL.fullmatch, labels))


def is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether what is sent there stays on this machine; a path is a Unix socket."""
    if is_address(host):
        return ipaddress.ip_address(host).is_loopback
    return host.startswith("/") or host == "localhost" or host.endswith(".localhost")
