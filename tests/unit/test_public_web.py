"""Addresses that others tell us lead to the public web, and nowhere else."""

from collections.abc import Sequence
from ipaddress import ip_address

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.attacks.addresses import OTHERWISE, PRIVATE, PUBLIC, SPELLED

from skillbridge.adapters.oauth.fetching import Fetcher, NoAnswer
from skillbridge.adapters.public_web import MOST_TRIED, NotPublic, PublicWeb, is_public, look_up

pytestmark = [pytest.mark.row("C5"), pytest.mark.asvs("1.3.6")]


class Outside(httpx.AsyncBaseTransport):
    """Remembers what came out, and answers."""

    def __init__(self, *answers: httpx.Response, away: Sequence[str] = ()) -> None:
        self.asked: list[httpx.Request] = []
        self.answers, self.away = list(answers), away

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if request.url.host in self.away:
            raise httpx.ConnectError("away")
        return self.answers.pop(0) if self.answers else httpx.Response(200, json={})


class Names:
    """What names lead to; each look-up of one takes the next of its answers."""

    def __init__(self, **known: Sequence[Sequence[str]]) -> None:
        self.known = {name.replace("_", "."): list(answers) for name, answers in known.items()}
        self.asked: list[str] = []

    async def look_up(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        if host in self.known:
            return self.known[host].pop(0)
        return await look_up(host, port)


async def ask(url: str, names: Names, outside: Outside, **how: bool) -> httpx.Response:
    transport = PublicWeb(look_up=names.look_up, outside=outside)
    async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
        return await client.get(url, **how)  # type: ignore[arg-type]  # one of its flags


@pytest.mark.parametrize("address", PRIVATE)
async def test_an_address_that_is_not_everybodys_is_not_asked(address: str) -> None:
    assert not is_public(address)
    outside = Outside()
    with pytest.raises(NotPublic):
        await ask("https://school.example/", Names(school_example=[[address]]), outside)
    with pytest.raises(NotPublic):  # nor where another of the name is public
        await ask("https://school.example/", Names(school_example=[["8.8.8.8", address]]), outside)
    assert outside.asked == []


@pytest.mark.parametrize("address", PUBLIC)
async def test_a_public_address_is_asked_by_its_number_under_its_name(address: str) -> None:
    outside, names = Outside(), Names(school_example=[[address, address]])
    await ask("https://school.example/keys?a=1", names, outside)
    (asked,) = outside.asked
    assert ip_address(asked.url.host) == ip_address(address)
    assert (asked.headers["host"], asked.url.raw_path) == ("school.example", b"/keys?a=1")
    assert asked.extensions["sni_hostname"] == "school.example", "TLS asks for the name"


@pytest.mark.parametrize("url", [*SPELLED, *OTHERWISE])
async def test_no_spelling_leads_to_this_machine_and_no_other_scheme_out(url: str) -> None:
    """By the resolver of this machine, which knows all of them."""
    outside = Outside()
    with pytest.raises((httpx.TransportError, httpx.InvalidURL)):
        await ask(url, Names(example_org=[["8.8.8.8"]]), outside)
    assert outside.asked == []


async def test_a_name_is_looked_up_once_and_asked_where_it_led() -> None:
    """The second answer of a name that changes sides (DNS rebinding) is never heard."""
    names, outside = Names(turns_example=[["8.8.8.8"], ["127.0.0.1"]]), Outside()
    await ask("https://turns.example/", names, outside)
    assert (names.asked, [one.url.host for one in outside.asked]) == (
        ["turns.example"],
        ["8.8.8.8"],
    )
    with pytest.raises(NotPublic):
        await ask("https://turns.example/", names, outside)


@pytest.mark.parametrize(
    "to", ["https://inside.example/", "http://127.0.0.1/", "https://[::1]/", "https://8.8.8.8:22/"]
)
async def test_a_redirect_is_looked_at_like_any_address(to: str) -> None:
    names = Names(school_example=[["8.8.8.8"]], inside_example=[["10.0.0.7"]])
    outside = Outside(httpx.Response(302, headers={"Location": to}))
    with pytest.raises(NotPublic):
        await ask("https://school.example/", names, outside, follow_redirects=True)
    assert len(outside.asked) == 1


async def test_an_address_that_does_not_answer_leaves_the_next_one_and_few_are_tried() -> None:
    away = [f"8.8.8.{number}" for number in range(9)]
    outside = Outside(away=away[:1])
    await ask("https://school.example/", Names(school_example=[away]), outside)
    assert [one.url.host for one in outside.asked] == away[:2]
    outside = Outside(away=away)
    with pytest.raises(httpx.ConnectError):
        await ask("https://school.example/", Names(school_example=[away]), outside)
    assert len(outside.asked) == MOST_TRIED
    with pytest.raises(httpx.ConnectError):
        await ask("https://school.example/", Names(school_example=[[]]), outside)


async def test_what_the_operator_names_may_be_anywhere_and_nothing_beside_it() -> None:
    named = PublicWeb(["https://127.0.0.1:1/realm"], look_up=Names().look_up, outside=Outside())
    fetcher = Fetcher(named)
    for url in ("https://127.0.0.1:1/keys", "https://127.0.0.1:2/keys", "https://127.0.0.1/keys"):
        with pytest.raises(NoAnswer) as told:
            await fetcher.get(url)
        assert (str(told.value) == "NotPublic") is (":1/" not in url), url
    await fetcher.aclose()


@given(st.ip_addresses())
def test_what_is_written_into_another_address_is_judged_by_itself(address: object) -> None:
    text = str(address)
    if ":" not in text:
        assert not is_public(f"::ffff:{text}")
        assert is_public(f"64:ff9b::{text}") is is_public(text)
    if is_public(text):
        found = ip_address(text)
        assert not found.is_private
