"""What an operator asks of those who sign people in: whether they answer, and know us by the settings."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

import httpx
import msgspec

from skillbridge.adapters.oauth.fetching import Fetcher, NoAnswer
from skillbridge.adapters.oauth.github import CODE_IS_BAD, Token
from skillbridge.adapters.oauth.oidc import OidcProvider
from skillbridge.adapters.oauth.settings import (
    GITHUB,
    GitHubSettings,
    OAuthSettings,
    OidcSettings,
    SupabaseSettings,
)
from skillbridge.adapters.public_web import PublicWeb
from skillbridge.application.accounts.ports.identities import Asked
from skillbridge.domain.accounts.supabase import NAME as SUPABASE

NOBODYS = Asked("state", "v" * 43, "n" * 43)
"""Of a sign-in that nobody begins."""


Web = Callable[[], httpx.AsyncBaseTransport]


class _Keys(msgspec.Struct, frozen=True):
    keys: list[object]


def looks(
    settings: OAuthSettings, transport: httpx.AsyncBaseTransport | None = None
) -> Mapping[str, Callable[[], Awaitable[str]]]:
    """By name, each of the settings; what it answers is what was found, and it raises what is wrong."""

    def web() -> httpx.AsyncBaseTransport:
        return transport or PublicWeb(settings.named)

    found: dict[str, Callable[[], Awaitable[str]]] = {}
    if settings.github is not None:
        found[GITHUB] = partial(_github, settings.github, web)
    for one in settings.oidc:
        found[one.name] = partial(_oidc, one, web)
    if settings.supabase is not None:
        found[SUPABASE] = partial(_supabase, settings.supabase, web)
    return found


@asynccontextmanager
async def _asking(web: Web) -> AsyncIterator[Fetcher]:
    fetcher = Fetcher(web())
    try:
        yield fetcher
    finally:
        await fetcher.aclose()


async def _github(settings: GitHubSettings, web: Web) -> str:
    """It tells a wrong code, which this is, from a wrong secret."""
    said = {
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
        "code": "nobody's",
    }
    async with _asking(web) as fetcher:
        reply = await fetcher.post(f"{settings.url}/login/oauth/access_token", said)
    error = reply.read(Token).error
    if error not in CODE_IS_BAD:
        raise NoAnswer(f"refused the client of the settings: {error:.60} ({reply.status})")
    return f"{settings.url} knows our client"


async def _oidc(settings: OidcSettings, web: Web) -> str:
    """Whether it knows our client, only a browser finds out."""
    async with _asking(web) as fetcher:
        provider = OidcProvider(
            fetcher, settings, "https://nobody.invalid", lambda: datetime.now(UTC)
        )
        await provider.address(NOBODYS)
    return f"{settings.issuer} answers"


async def _supabase(settings: SupabaseSettings, web: Web) -> str:
    """Its gateway, its keys, and its users, where a key of ours writes them."""
    issuer, key = settings.issuer, settings.service_key
    async with _asking(web) as fetcher:
        apikey = {"apikey": settings.anon_key} if settings.anon_key else {}
        reply = await fetcher.get(f"{issuer}/settings", apikey)
        if not reply.good:
            raise NoAnswer(f"status {reply.status}: is SUPABASE_ANON_KEY right?")
        keys = (await fetcher.get(f"{issuer}/.well-known/jwks.json")).read(_Keys).keys
        if not (keys or settings.jwt_secret):
            raise NoAnswer("it publishes no key: set SUPABASE_JWT_SECRET")
        if key:
            headers = {"apikey": key, "authorization": f"Bearer {key}"}
            reply = await fetcher.get(f"{issuer}/admin/users?page=1&per_page=1", headers)
            if not reply.good:
                raise NoAnswer(f"status {reply.status}: is SUPABASE_SERVICE_KEY right?")
    users = (
        "its users are written" if key else "no SUPABASE_SERVICE_KEY, so its users are not written"
    )
    heard = "its webhook is heard" if settings.webhook_key else "its webhook is not"
    return f"{settings.url} answers; {users}, and {heard}"
