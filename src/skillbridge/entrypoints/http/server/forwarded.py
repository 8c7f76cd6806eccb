"""Who asks, behind proxies: the right-most address that is none of theirs.

Each proxy appends the address of whoever asked it. So those at the right are what trusted proxies
wrote, and the first that is no trusted proxy is the client; what stands left of it, anybody can
have written. A header is believed only from a trusted proxy, and only the one that the settings name:
proxies that write the one pass the other through as it came.
"""

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import islice
from typing import Any

from litestar.types import ASGIApp

Address = IPv4Address | IPv6Address

MOST_HOPS = 32
"""Looked at; so many trusted proxies in a row are no installation."""
BLANKS = " \t"
UNKNOWN = "unknown"
"""The client that a proxy does not tell, or tells in words that are no address (RFC 7239 section 6)."""
LONGEST = 4096
"""Of a header's line so many signs are looked at, from the right."""
EVERYBODY = ("0.0.0.0/0", "::/0")
_NODE = re.compile(
    r'"?(?:\[(?P<six>[0-9A-Fa-f:.]{2,45})(?:%[\w.~-]{1,64})?\](?::\w{1,32})?'
    r"|(?P<four>[0-9.]{7,15})(?::\w{1,32})?"
    r'|(?P<bare>[0-9A-Fa-f:.]{2,45})(?:%[\w.~-]{1,64})?)"?',
    re.ASCII,
)
_PAIR = re.compile(r'[ \t]*([\w-]+)[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^;"]*)(?:;|\Z)', re.ASCII)


def behind_proxies(app: ASGIApp, trusted: Iterable[str], header: str) -> ASGIApp:
    """The application, which is told by `header` who asks a trusted proxy."""
    proxies, name = Proxies(trusted), header.lower().encode()
    hops = forwarded_hops if name == b"forwarded" else listed_hops

    async def told(scope: Any, receive: Any, send: Any) -> None:
        client = scope.get("client")
        if client and proxies.include(plain_address(client[0])):
            lines = [value for key, value in scope["headers"] if key == name]
            if lines and (found := proxies.client(hops(lines))):
                scope["client"] = (found, 0)
        await app(scope, receive, send)

    return told


class Proxies:
    """The networks whose word is taken; `*` is everybody."""

    def __init__(self, trusted: Iterable[str]) -> None:
        texts = [one for text in trusted for one in (EVERYBODY if text == "*" else (text,))]
        self._networks: list[IPv4Network | IPv6Network] = [ip_network(text) for text in texts]

    def include(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)

    def client(self, hops: Iterable[str]) -> str | None:
        """Of hops from the right to the left; the left-most, where all are trusted proxies."""
        found: Address | None = None
        for hop in islice(hops, MOST_HOPS):
            found = plain_address(hop)
            if found is None:
                return UNKNOWN
            if not self.include(found):
                break
        return None if found is None else str(found)


def plain_address(text: str) -> Address | None:
    """Without port, brackets, quotes and zone, and out of IPv6 that wraps IPv4; None for anything else."""
    node = _NODE.fullmatch(text.strip(BLANKS))
    if node is None:
        return None
    try:
        found = ip_address(node["six"] or node["four"] or node["bare"])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def listed_hops(lines: list[bytes]) -> Iterator[str]:
    """Of `X-Forwarded-For`, from the right; empty elements are none (RFC 9110 section 5.6.1)."""
    for line in reversed(lines):
        yield from (hop for hop in reversed(_end_of(line).split(",")) if hop.strip(BLANKS))


def forwarded_hops(lines: list[bytes]) -> Iterator[str]:
    """The `for` of each element of `Forwarded`, from the right; an element without one tells nobody."""
    for line in reversed(lines):
        yield from (_said_for(element) for element in _elements(_end_of(line)))


def _end_of(line: bytes) -> str:
    """A longer one begins with a sign that makes no address of what was cut."""
    text = line[-LONGEST:].decode("latin-1")
    return text if len(line) <= LONGEST else f"?{text}"


def _said_for(element: str) -> str:
    """What its one `for` says; nothing, where there are several or the pairs are none."""
    at, said = 0, []
    while at < len(element):
        pair = _PAIR.match(element, at)
        if pair is None:
            return ""
        said += [pair[2]] if pair[1].lower() == "for" else []
        at = pair.end()
    return said[0] if len(said) == 1 else ""


def _elements(line: str) -> Iterator[str]:
    """From the right, so that a quote which somebody left open takes nothing of what a proxy wrote."""
    end = len(line)
    while end > 0:
        start = _start(line, end)
        if line[start:end].strip(BLANKS):
            yield line[start:end]
        end = start - 1


def _start(line: str, end: int) -> int:
    """Where the element begins that ends there: after a comma that is not within quotes."""
    quoted = False
    for at in range(end - 1, -1, -1):
        if line[at] == '"' and not _escaped(line, at):
            quoted = not quoted
        elif line[at] == "," and not quoted:
            return at + 1
    return 0


def _escaped(line: str, at: int) -> bool:
    """Whether an odd number of backslashes stands before it."""
    slashes = 0
    while slashes < at and line[at - 1 - slashes] == "\\":
        slashes += 1
    return slashes % 2 == 1
