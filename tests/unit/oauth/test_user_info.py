"""What a provider tells beside the ID token is believed of the same person alone, and where it is needed."""

from collections.abc import Callable
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Any

import httpx
import pytest
from tests.support.identities.openid_provider import OpenIdProvider
from tests.support.identities.providers import Spoken, identified

from skillbridge.adapters.oauth import fetching
from skillbridge.adapters.oauth.fetching import Fetcher
from skillbridge.adapters.oauth.provider import configured
from skillbridge.application.accounts.ports.identities import Asked, ProviderAway
from skillbridge.domain.accounts.authorization import NotAuthorized
from skillbridge.domain.accounts.identity import IdentityClaims

pytestmark = pytest.mark.row("C4")
PERSON = {"sub": "7f3a", "email": "amina@example.org", "email_verified": True, "name": "Amina"}


class Campus:
    def __init__(self) -> None:
        doubles = identified()
        self.double: OpenIdProvider = doubles.campus
        self.double.tells_beside = True
        fetcher = Fetcher(Spoken(doubles.by_host))
        self.provider = configured(doubles.settings, fetcher, lambda: datetime.now(UTC)).named(
            "campus"
        )

    async def shown(self) -> IdentityClaims:
        asked = Asked("state", "v" * 43, token_urlsafe())
        brought = self.double.visit(await self.provider.address(asked))
        return await self.provider.shown(brought["code"], asked)

    def tells(self, told: Callable[[], httpx.Response]) -> None:
        self.double.answers = lambda asked: told() if asked.url.path == "/userinfo" else None


@pytest.fixture
def campus() -> Campus:
    return Campus()


async def test_an_address_that_is_no_part_of_the_token_is_asked_for(campus: Campus) -> None:
    shown = await campus.shown()
    assert shown == IdentityClaims(campus.double.issuer, "7f3a", "amina@example.org", "Amina Bello")
    assert campus.double.asked.count("/userinfo") == 1


async def test_what_the_token_tells_is_not_asked_for(campus: Campus) -> None:
    campus.double.tells_beside = False
    for verified, address in ((True, "amina@example.org"), (False, None)):
        campus.double.person["email_verified"] = verified
        assert (await campus.shown()).email == address
    assert "/userinfo" not in campus.double.asked


@pytest.mark.asvs("6.8.1")
@pytest.mark.parametrize("sub", ["7f3b", "", "7F3A", "7f3a ", None, 7])
async def test_what_is_told_of_somebody_else_signs_nobody_in(campus: Campus, sub: Any) -> None:
    campus.tells(lambda: httpx.Response(200, json={**PERSON, "sub": sub}))
    with pytest.raises((NotAuthorized, ProviderAway)):
        await campus.shown()
    campus.tells(lambda: httpx.Response(200, json=PERSON))
    assert (await campus.shown()).email == "amina@example.org"


@pytest.mark.asvs("6.8.1")
@pytest.mark.parametrize("verified", [False, None, "false", "yes", 1])
async def test_an_address_that_is_not_verified_is_none(campus: Campus, verified: Any) -> None:
    told = {**PERSON, "email_verified": verified}
    if verified is None:
        del told["email_verified"]
    campus.tells(lambda: httpx.Response(200, json=told))
    try:
        assert (await campus.shown()).email is None
    except ProviderAway:
        assert verified == 1, "that is no form of a truth value"


BAD: dict[str, Callable[[], httpx.Response]] = {
    "refused": lambda: httpx.Response(401),
    "away": lambda: httpx.Response(503),
    "elsewhere": lambda: httpx.Response(302, headers={"location": "https://rival.test/userinfo"}),
    "a list": lambda: httpx.Response(200, json=[]),
    "signed": lambda: httpx.Response(200, text="e30.e30.e30"),
    "endless": lambda: httpx.Response(200, content=b" " * (fetching.MOST_BYTES + 1)),
}


@pytest.mark.parametrize("bad", BAD)
async def test_a_provider_that_tells_badly_is_away(campus: Campus, bad: str) -> None:
    campus.tells(BAD[bad])
    with pytest.raises(ProviderAway):
        await campus.shown()
    campus.tells(lambda: httpx.Response(200, json=PERSON))
    await campus.shown()


@pytest.mark.parametrize(
    "url", ["http://campus.test/userinfo", "javascript:alert(1)", "https://", "file:///etc/passwd"]
)
async def test_what_is_told_without_tls_is_not_asked_for(campus: Campus, url: str) -> None:
    said = campus.double.configuration() | {"userinfo_endpoint": url}
    campus.double.answers = lambda asked: (
        httpx.Response(200, json=said) if "well-known" in asked.url.path else None
    )
    with pytest.raises(ProviderAway):
        await campus.shown()


async def test_a_provider_without_it_tells_no_address(campus: Campus) -> None:
    said = campus.double.configuration()
    del said["userinfo_endpoint"]
    campus.double.answers = lambda asked: (
        httpx.Response(200, json=said) if "well-known" in asked.url.path else None
    )
    assert (await campus.shown()).email is None
