"""What GitHub may answer while a code waits to be typed in, well and badly."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.identities.github_double import GitHubDouble
from tests.support.identities.providers import Spoken, identified

from skillbridge.adapters.oauth import fetching
from skillbridge.adapters.oauth.fetching import Fetcher
from skillbridge.adapters.oauth.provider import ConfiguredProviders, configured
from skillbridge.application.accounts.ports.device_flow import DeviceFlow
from skillbridge.application.accounts.ports.identities import ProviderAway
from skillbridge.domain.accounts import device_flow
from skillbridge.domain.accounts.authorization import AuthorizationOver
from skillbridge.domain.accounts.device_flow import AuthorizationDenied, NoDeviceFlow, Still
from skillbridge.domain.accounts.identity import IdentityClaims

pytestmark = pytest.mark.row("C4")
CODE, TOKEN = "/login/device/code", "/login/oauth/access_token"


class Beside:
    def __init__(self) -> None:
        doubles = identified()
        self.github: GitHubDouble = doubles.github
        self.known: ConfiguredProviders = configured(
            doubles.settings, Fetcher(Spoken(doubles.by_host)), _no_clock
        )
        self.flow: DeviceFlow = self.known.by_code("github")

    def answers(self, path: str, response: httpx.Response) -> None:
        self.github.answers = lambda asked: response if asked.url.path == path else None


def _no_clock() -> Any:
    raise AssertionError


@pytest.fixture
def beside() -> Beside:
    return Beside()


async def test_a_code_is_shown_typed_in_and_confirmed_once(beside: Beside) -> None:
    code = await beside.flow.code()
    assert (code.life, code.pace) == (timedelta(seconds=900), 5)
    assert code.verification_uri == "https://github.test/login/device"
    assert code.secret not in repr(code)
    assert await beside.flow.confirmed(code.secret) is Still.PENDING
    beside.github.type_in(code.user_code)
    shown = await beside.flow.confirmed(code.secret)
    assert shown == IdentityClaims(
        "https://github.test", "583231", "amina@example.org", "Amina Bello"
    )
    with pytest.raises(AuthorizationOver):
        await beside.flow.confirmed(code.secret)


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("error", "found"),
    [
        ("authorization_pending", Still.PENDING),
        ("slow_down", Still.SLOW_DOWN),
        ("expired_token", AuthorizationOver),
        ("incorrect_device_code", AuthorizationOver),
        ("access_denied", AuthorizationDenied),
        ("device_flow_disabled", ProviderAway),
        ("incorrect_client_credentials", ProviderAway),
        ("unsupported_grant_type", ProviderAway),
        ("anything new", ProviderAway),
    ],
)
async def test_github_tells_failures_with_200_and_others_with_400(
    beside: Beside, error: str, found: Any, status: int
) -> None:
    beside.answers(TOKEN, httpx.Response(status, json={"error": error}))
    if isinstance(found, Still):
        assert await beside.flow.confirmed("x" * 40) is found
        return
    with pytest.raises(found):
        await beside.flow.confirmed("x" * 40)


GOOD = {
    "device_code": "d" * 40,
    "user_code": "WDJB-MJHT",
    "verification_uri": "https://github.test/login/device",
    "expires_in": 900,
    "interval": 5,
}
LIES: dict[str, Any] = {
    "no code": {"user_code": ""},
    "no secret": {"device_code": ""},
    "a code of 1 kB": {"user_code": "x" * 1000},
    "a code that turns the line": {"user_code": "\u202eABCD"},
    "a code of two lines": {"user_code": "ABCD\nEFGH"},
    "another site": {"verification_uri": "https://github.test.evil.test/login/device"},
    "a site in a name": {"verification_uri": "https://github.test@evil.test/"},
    "no TLS": {"verification_uri": "http://github.test/login/device"},
    "a script": {"verification_uri": "javascript:alert(1)"},
    "no end": {"expires_in": 10**9},
    "ended": {"expires_in": 0},
    "a pace of days": {"interval": 10**6},
    "a pace of text": {"interval": "5"},
    "an error": {"error": "device_flow_disabled"},
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_code_that_cannot_be_shown_is_none(beside: Beside, lie: str) -> None:
    beside.answers(CODE, httpx.Response(200, json=GOOD | LIES[lie]))
    with pytest.raises(ProviderAway):
        await beside.flow.code()
    beside.answers(CODE, httpx.Response(200, json=GOOD))
    assert (await beside.flow.code()).user_code == "WDJB-MJHT"


@pytest.mark.parametrize("path", [CODE, TOKEN])
@pytest.mark.parametrize(
    "bad",
    [
        httpx.Response(503),
        httpx.Response(302, headers={"location": "https://evil.test"}),
        httpx.Response(429),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=None),
        httpx.Response(200, json=[]),
        httpx.Response(200, content=b"x" * (fetching.MOST_BYTES + 1)),
        httpx.Response(404, json={"message": "Not Found"}),
    ],
    ids=range(8),
)
async def test_github_that_answers_badly_is_away(
    beside: Beside, path: str, bad: httpx.Response
) -> None:
    beside.answers(path, bad)
    with pytest.raises(ProviderAway):
        await (beside.flow.code() if path == CODE else beside.flow.confirmed("x" * 40))


async def test_the_secret_of_our_app_is_not_sent(beside: Beside) -> None:
    """The double refuses it; RFC 8628 has apps without one."""
    code = await beside.flow.code()
    assert await beside.flow.confirmed(code.secret) is Still.PENDING


def test_who_gives_no_codes_has_none(beside: Beside) -> None:
    for name in ("campus", "rival"):
        with pytest.raises(NoDeviceFlow):
            beside.known.by_code(name)
    assert [one.name for one in beside.known.all() if one.device] == ["github"]


@given(st.integers(-(10**6), 10**6))
def test_a_pace_is_neither_a_flood_nor_without_end(pace: int) -> None:
    found = device_flow.bounded(pace)
    assert 5 <= found <= 60
    assert found == pace or pace < 5 or pace > 60
    assert found < device_flow.slower(found) or found == 60
    assert device_flow.slower(found) <= 60


def test_a_question_is_held_longer_than_it_takes() -> None:
    assert device_flow.HELD.total_seconds() > fetching.LONGEST_WAIT
