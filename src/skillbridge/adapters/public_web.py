"""HTTP to addresses that others tell us: to the public web, and never into the network around us (OWASP SSRF).

The guard stands where connections are made, so that redirects, names that change their address between two
look-ups (DNS rebinding) and numbers in any spelling come to it alike: a name is looked up once, each of its
addresses must be public, and the connection is made to one of these. TLS still asks for the name.

What the operator's settings name themselves (`named`) is trusted, wherever it is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from ssl import SSLContext

import httpx

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]

PORT = 443
MOST_TRIED = 3
"""Addresses of one name, one after the other."""
_PRIVATE = tuple(
    map(
        IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
            *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
            *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
            "168.63.129.16/32",  # Azure's own services, at an address that is public elsewhere
        ),
    )
)
"""Source: IANA's registry of special-purpose addresses of IPv4 (RFC 6890), and multicast."""
_PUBLIC_6 = IPv6Network("2000::/3")
_PRIVATE_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
"""Of the only part of IPv6 that is given out: protocols (Teredo among them), examples, 6to4. Source: as above."""
_NAT64 = IPv6Network("64:ff9b::/96")
"""An IPv4 address, as a network without any writes it. Source: RFC 6052 section 2.1."""


class NotPublic(httpx.ConnectError):
    """The address leads into a network that is not everybody's, or is none that we ask; for the log."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet, whichever way it is written into another."""
    found = ip_address(address)
    if isinstance(found, IPv6Address) and found in _NAT64:
        found = IPv4Address(found.packed[-4:])
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _PRIVATE)
    return found in _PUBLIC_6 and not any(found in network for network in _PRIVATE_6)


async def look_up(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, as the system finds them. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)  # SOCK_STREAM
    return [str(address[0]) for *_, address in found]


class PublicWeb(httpx.AsyncBaseTransport):
    """Raises NotPublic before anything is sent. No connection is kept: two names may have one address."""

    def __init__(
        self,
        named: Collection[str] = (),
        *,
        look_up: Lookup = look_up,
        outside: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._named = {_origin(httpx.URL(one)) for one in named}
        self._look_up = look_up
        self._inside = httpx.AsyncHTTPTransport(verify=_tls())
        self._outside = outside or httpx.AsyncHTTPTransport(
            verify=_tls(), limits=httpx.Limits(max_keepalive_connections=0)
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if _origin(request.url) in self._named:
            return await self._inside.handle_async_request(request)
        failed: Exception | None = None
        for address in await self._addresses(request.url):
            try:
                return await self._outside.handle_async_request(_pinned(request, address))
            except httpx.ConnectError as error:
                failed = error
        raise failed or NotPublic("the name has no address")

    async def aclose(self) -> None:
        await self._inside.aclose()
        await self._outside.aclose()

    async def _addresses(self, url: httpx.URL) -> Sequence[str]:
        """Raises NotPublic, for one address that is not public already: the name is not to be trusted."""
        if url.scheme != "https" or _origin(url)[2] != PORT or url.userinfo or not url.host:
            raise NotPublic("only https:// at its usual port is asked, and by nobody's name")
        try:
            found = list(dict.fromkeys(await self._look_up(url.host, PORT)))
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError("the name is not known") from error
        if not all(map(is_public, found)):
            raise NotPublic("the name leads into a network that is not public")
        return found[:MOST_TRIED]


@cache
def _tls() -> SSLContext:
    """Reading the authorities takes longer than most requests."""
    return httpx.create_ssl_context(trust_env=False)


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or (PORT if url.scheme == "https" else 80)


def _pinned(request: httpx.Request, address: str) -> httpx.Request:
    """The same request to this address: `Host` is said already, and TLS is told the name."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )
