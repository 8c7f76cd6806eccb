"""What `doctor` finds of those who sign people in."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from skillbridge.adapters.oauth.fetching import NoAnswer
from skillbridge.adapters.oauth.probe import looks
from skillbridge.adapters.oauth.settings import (
    GitHubSettings,
    OAuthSettings,
    OidcSettings,
    SupabaseSettings,
)
from skillbridge.application.accounts.ports.identities import ProviderAway

pytestmark = pytest.mark.row("C4", "L2")
GITHUB, CAMPUS, PROJECT = "https://github.test", "https://campus.test", "https://abc.test"
SETTINGS = OAuthSettings(
    "https://us.test",
    GitHubSettings("us", "secret", GITHUB, "https://api.github.test"),
    (OidcSettings("campus", CAMPUS, "us", "secret"),),
    SupabaseSettings(PROJECT, "skillbridge", "sb_publishable_1", "", "sb_secret_1"),
)
DISCOVERED = {
    "issuer": CAMPUS,
    "authorization_endpoint": f"{CAMPUS}/authorize",
    "token_endpoint": f"{CAMPUS}/token",
    "jwks_uri": f"{CAMPUS}/keys",
}
GOOD: dict[str, tuple[int, Any]] = {
    f"{GITHUB}/login/oauth/access_token": (200, {"error": "bad_verification_code"}),
    f"{CAMPUS}/.well-known/openid-configuration": (200, DISCOVERED),
    f"{PROJECT}/auth/v1/settings": (200, {}),
    f"{PROJECT}/auth/v1/.well-known/jwks.json": (200, {"keys": [{"kty": "EC"}]}),
    f"{PROJECT}/auth/v1/admin/users": (200, {"users": []}),
}


async def look(
    name: str, answers: dict[str, tuple[int, Any]] | None = None, settings: OAuthSettings = SETTINGS
) -> str:
    """What is found where these answers differ from good ones."""
    given = GOOD | (answers or {})

    def answer(request: httpx.Request) -> httpx.Response:
        status, said = given[str(request.url).partition("?")[0]]
        return httpx.Response(status, stream=httpx.ByteStream(json.dumps(said).encode()))

    return await looks(settings, httpx.MockTransport(answer))[name]()


def test_nothing_is_looked_at_that_is_not_in_the_settings() -> None:
    assert not looks(OAuthSettings("https://us.test"))
    assert list(looks(SETTINGS)) == ["github", "campus", "supabase"]


async def test_each_says_that_it_knows_us() -> None:
    assert await look("github") == f"{GITHUB} knows our client"
    assert await look("campus") == f"{CAMPUS} answers"
    found = f"{PROJECT} answers; its users are written, and its webhook is not"
    assert await look("supabase") == found
    assert SETTINGS.supabase is not None
    bare = replace(SETTINGS.supabase, service_key="", webhook_key=b"k")
    told = await look("supabase", settings=replace(SETTINGS, supabase=bare))
    assert "no SUPABASE_SERVICE_KEY" in told
    assert "its webhook is heard" in told


@pytest.mark.parametrize(
    ("name", "place", "answer", "told"),
    [
        *(
            ("github", f"{GITHUB}/login/oauth/access_token", answer, "the client")
            for answer in ((200, {"error": "incorrect_client_credentials"}), (200, {}))
        ),
        ("github", f"{GITHUB}/login/oauth/access_token", (503, {}), "status 503"),
        ("supabase", f"{PROJECT}/auth/v1/settings", (401, {}), "SUPABASE_ANON_KEY"),
        ("supabase", f"{PROJECT}/auth/v1/admin/users", (403, {}), "SUPABASE_SERVICE_KEY"),
        *(
            ("supabase", f"{PROJECT}/auth/v1/.well-known/jwks.json", answer, told)
            for answer, told in (((200, {"keys": []}), "JWT_SECRET"), ((200, []), "another form"))
        ),
    ],
)
async def test_what_is_wrong_is_named(
    name: str, place: str, answer: tuple[int, Any], told: str
) -> None:
    with pytest.raises(NoAnswer, match=told):
        await look(name, {place: answer})


async def test_another_issuer_behind_the_address_is_wrong() -> None:
    place = f"{CAMPUS}/.well-known/openid-configuration"
    with pytest.raises(ProviderAway):
        await look("campus", {place: (200, DISCOVERED | {"issuer": "https://evil.test"})})
