"""Which network an address belongs to, so that a limit meets a household and not a single device."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

NAT64 = IPv6Network("64:ff9b::/96")
"""Where a client that has IPv6 only reaches us by IPv4 (RFC 6052)."""
NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")
"""The same for prefixes of one's own choice (RFC 8215): the whole of it, or one of 96 bits in it."""
_AFTER_48 = (1 << 40) - 1
"""What is empty where the IPv4 address follows upon 48 bits, around the byte that is always 0."""


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """An IPv4 address, also one that is wrapped in IPv6; else the /64 of an IPv6 one."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv4Address):
        return str(found)
    return str(_wrapped(found) or IPv6Network((int(found), 64), strict=False))


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address of a client behind NAT64, 6to4 or a socket that takes both."""
    number = int(address)
    if address in NAT64_LOCAL and not number & _AFTER_48:
        return IPv4Address((number >> 64 & 0xFFFF) << 16 | number >> 40 & 0xFFFF)
    if address in NAT64 or address in NAT64_LOCAL:
        return IPv4Address(number & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


@lru_cache(maxsize=4096)
def class_of(network: str) -> str:
    """Of what `network_of` tells the /24 or /48: it says whose network, and not whose household."""
    try:
        found = ip_network(network, strict=False)
    except ValueError:
        return ""
    return str(found.supernet(new_prefix=48 if isinstance(found, IPv6Network) else 24))
