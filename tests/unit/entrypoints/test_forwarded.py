"""Behind proxies the right-most address that is none of theirs is the client, however it is written."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.entrypoints.http.server.forwarded import (
    LONGEST,
    MOST_HOPS,
    behind_proxies,
    plain_address,
)

pytestmark = pytest.mark.row("C7")

TRUSTED = ("10.0.0.0/8", "fd00::/16", "192.0.2.1")
PROXY, STRANGER = "10.0.0.9", "198.51.100.9"
XFF, FORWARDED = "x-forwarded-for", "forwarded"


def client(
    lines: list[str], *, header: str = XFF, peer: str = PROXY, trusted: tuple[str, ...] = TRUSTED
) -> str:
    """Whom the application takes for its client."""
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del receive, send
        seen.append(scope["client"][0])

    headers = [(b"host", b"x"), *((header.encode(), line.encode("latin-1")) for line in lines)]
    scope: Any = {"type": "http", "client": (peer, 5000), "headers": headers}
    asyncio.run(behind_proxies(app, trusted, header)(scope, None, None))  # type: ignore[arg-type]  # not called
    return seen[0]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["203.0.113.7"], "203.0.113.7"),
        (["203.0.113.7:567"], "203.0.113.7"),
        (["[2001:db8::7]:567"], "2001:db8::7"),
        (["[2001:db8::7]"], "2001:db8::7"),
        (["2001:db8::7"], "2001:db8::7"),
        (["2001:DB8:0::7"], "2001:db8::7"),
        (["fe80::1%eth0"], "fe80::1"),
        (["[fe80::1%eth0]:80"], "fe80::1"),
        (["::ffff:203.0.113.7"], "203.0.113.7"),
        (["[::ffff:203.0.113.7]:80"], "203.0.113.7"),
        (['"203.0.113.7"'], "203.0.113.7"),
        (["  203.0.113.7\t"], "203.0.113.7"),
        (["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
        (["198.51.100.1", "203.0.113.7"], "203.0.113.7"),
        (["198.51.100.1,203.0.113.7,10.0.0.1"], "203.0.113.7"),
        (["198.51.100.1,203.0.113.7", "10.0.0.1:80, fd00::7", "192.0.2.1"], "203.0.113.7"),
        (["203.0.113.7, ::ffff:10.0.0.1"], "203.0.113.7"),
        ([", ,203.0.113.7, ,"], "203.0.113.7"),
        (["10.0.0.1, 10.0.0.2"], "10.0.0.1"),
        ([""], PROXY),
        ([" , "], PROXY),
        ([], PROXY),
        (["203.0.113.7, unknown"], "unknown"),
        (["203.0.113.7, _hidden"], "unknown"),
        (["203.0.113.7, 10.0.0.1x"], "unknown"),
        (["203.0.113.7, 300.1.1.1"], "unknown"),
        (["203.0.113.7, 010.0.0.1"], "unknown"),
        (["203.0.113.7, 10.0.0.1\xa0"], "unknown"),
        (["203.0.113.7, 1\xb2.0.0.1"], "unknown"),
        (["unknown, 203.0.113.7"], "203.0.113.7"),
        (['"; DROP, <script>, 203.0.113.7'], "203.0.113.7"),
    ],
)
def test_what_gateways_write_into_x_forwarded_for(lines: list[str], found: str) -> None:
    assert client(lines) == found


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["for=203.0.113.7"], "203.0.113.7"),
        (["For=203.0.113.7; proto=https; by=10.0.0.1"], "203.0.113.7"),
        (['proto=https;for="203.0.113.7:567"'], "203.0.113.7"),
        (['for="[2001:db8::7]:567";host="x:80"'], "2001:db8::7"),
        (['for="[2001:db8::7]"'], "2001:db8::7"),
        (["for=198.51.100.1, for=203.0.113.7"], "203.0.113.7"),
        (["for=198.51.100.1", "for=203.0.113.7, for=10.0.0.1"], "203.0.113.7"),
        (["for=203.0.113.7, for=unknown"], "unknown"),
        (['for=203.0.113.7, for="_hidden:_port"'], "unknown"),
        (["for=203.0.113.7, proto=https"], "unknown"),
        (["for=203.0.113.7, for=10.0.0.1;for=10.0.0.2"], "unknown"),
        (["for=203.0.113.7, for"], "unknown"),
        (['for="198.51.100.1, for=203.0.113.7'], "203.0.113.7"),
        (['for=198.51.100.1;host="a\\", for=203.0.113.7'], "203.0.113.7"),
        (['for=203.0.113.7;host="a,for=198.51.100.1";proto=http'], "203.0.113.7"),
        (['for=203.0.113.7;host="a\\",for=198.51.100.1";proto=http'], "203.0.113.7"),
        (['host="a;for=198.51.100.1";for=203.0.113.7'], "203.0.113.7"),
        ([",,"], PROXY),
        ([], PROXY),
    ],
)
def test_what_gateways_write_into_forwarded(lines: list[str], found: str) -> None:
    assert client(lines, header=FORWARDED) == found


@pytest.mark.asvs("4.1.3", "15.3.4")
@pytest.mark.parametrize("header", [XFF, FORWARDED])
def test_a_header_of_somebody_untrusted_is_never_believed(header: str) -> None:
    said = "for=203.0.113.7" if header == FORWARDED else "203.0.113.7"
    assert client([said], header=header, peer=STRANGER) == STRANGER
    assert client([said], header=header, trusted=()) == PROXY


@pytest.mark.asvs("4.1.3", "15.3.4")
def test_the_header_that_the_proxies_do_not_write_is_not_believed_either() -> None:
    for other in (XFF, FORWARDED):
        scope: Any = {"client": (PROXY, 1), "headers": [(other.encode(), b"203.0.113.7")]}

        async def app(scope: Any, receive: Any, send: Any) -> None:
            del receive, send
            assert scope["client"][0] == PROXY

        header = {XFF: FORWARDED, FORWARDED: XFF}[other]
        asyncio.run(behind_proxies(app, TRUSTED, header)(scope, None, None))  # type: ignore[arg-type]  # not called


def test_a_proxy_that_reaches_us_by_a_socket_for_both_families_is_the_same_proxy() -> None:
    assert client(["203.0.113.7"], peer="::ffff:10.0.0.9") == "203.0.113.7"


def test_whoever_trusts_everybody_gets_the_left_most() -> None:
    assert client(["203.0.113.7, 198.51.100.1"], trusted=("*",)) == "203.0.113.7"


def test_thousands_of_entries_in_front_are_not_looked_at() -> None:
    many = ", ".join(["10.0.0.1"] * 5000)
    assert client([f"{many}, 203.0.113.7"]) == "203.0.113.7"
    assert client([many, *["10.0.0.1"] * 5000, "203.0.113.7"]) == "203.0.113.7"
    assert client(["," * 100_000 + "203.0.113.7"]) == "203.0.113.7"
    assert client([f"{'for=10.0.0.1,' * 5000}for=203.0.113.7"], header=FORWARDED) == "203.0.113.7"


def test_so_many_trusted_proxies_in_a_row_are_the_last_that_is_looked_at() -> None:
    hops = ["203.0.113.7", *(f"10.0.1.{number}" for number in range(MOST_HOPS, 0, -1))]
    assert client([", ".join(hops)]) == f"10.0.1.{MOST_HOPS}"


def test_an_address_that_was_cut_is_no_address() -> None:
    cut = "203.0.113.7" + "," * (LONGEST - 5)
    assert client([cut]) == "unknown"


ADDRESSES = st.ip_addresses().map(str)
GARBAGE = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=60)


@pytest.mark.asvs("4.1.3", "15.3.4")
@given(st.lists(GARBAGE | ADDRESSES, max_size=8), st.ip_addresses(v=4, network="203.0.113.0/24"))
def test_nothing_that_stands_in_front_changes_who_the_proxy_saw(
    front: list[str], address: Any
) -> None:
    assert client([*front, f"{', '.join(front)}, {address}, 10.0.0.1"]) == str(address)
    said = [*front, f"{', '.join(front)}, for={address};proto=https, for=10.0.0.1"]
    assert client(said, header=FORWARDED) == str(address)


@given(st.lists(GARBAGE, max_size=5), st.sampled_from([XFF, FORWARDED]))
def test_any_header_gives_an_address_or_unknown(lines: list[str], header: str) -> None:
    found = client(lines, header=header)
    assert found == "unknown" or plain_address(found) is not None
