"""Providers of identities beside the application: as its transport, or as servers on loopback."""

import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import httpx
from tests.support.identities import github_double, openid_provider, supabase_double
from tests.support.identities.github_double import GitHubDouble
from tests.support.identities.openid_provider import OpenIdProvider
from tests.support.identities.supabase_double import SupabaseDouble

from skillbridge.adapters.oauth.provider import OAuthProvider
from skillbridge.adapters.oauth.settings import (
    GitHubSettings,
    OAuthSettings,
    OidcSettings,
    SupabaseSettings,
)

Handler = Callable[[httpx.Request], httpx.Response]
PUBLIC = "http://127.0.0.1:8000"
BACK = f"{PUBLIC}/v1/auth/providers"


@dataclass
class Identified:
    """GitHub, two OpenID providers that could be mixed up, and a project of Supabase."""

    github: GitHubDouble
    campus: OpenIdProvider
    rival: OpenIdProvider
    supabase: SupabaseDouble

    @property
    def settings(self) -> OAuthSettings:
        oidc = (("campus", self.campus), ("rival", self.rival))
        return OAuthSettings(
            PUBLIC,
            GitHubSettings(
                *(github_double.CLIENT, github_double.SECRET, self.github.url, self.github.url),
                device_flow=True,
            ),
            tuple(
                OidcSettings(name, one.issuer, openid_provider.CLIENT, openid_provider.SECRET)
                for name, one in oidc
            ),
            SupabaseSettings(
                self.supabase.url,
                supabase_double.TENANT,
                supabase_double.ANON_KEY,
                supabase_double.SECRET,
                supabase_double.SERVICE_KEY,
                supabase_double.WEBHOOK_KEY,
            ),
        )

    @property
    def by_host(self) -> Mapping[str, Handler]:
        return {
            urlsplit(self.github.url).netloc: self.github.handle,
            urlsplit(self.campus.issuer).netloc: self.campus.handle,
            urlsplit(self.rival.issuer).netloc: self.rival.handle,
            urlsplit(self.supabase.url).netloc: self.supabase.handle,
        }

    def provider(self) -> OAuthProvider:
        """Spoken to without sockets."""

        return OAuthProvider(self.settings, Spoken(self.by_host))


def identified(
    github: str = "https://github.test",
    campus: str = "https://campus.test",
    rival: str = "https://rival.test",
    supabase: str = "https://abc.supabase.test",
) -> Identified:
    return Identified(
        GitHubDouble(github, f"{BACK}/github/callback"),
        OpenIdProvider(campus, f"{BACK}/campus/callback"),
        OpenIdProvider(rival, f"{BACK}/rival/callback"),
        SupabaseDouble(supabase),
    )


POLL = 0.01
"""Seconds until a server sees that it shall end."""


@contextmanager
def served() -> Iterator[Identified]:
    """Each on a port of loopback."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _Guest) for _ in range(4)]
    made = identified(*(f"http://127.0.0.1:{one.server_port}" for one in servers))
    for server in servers:
        server.answer = made.by_host[f"127.0.0.1:{server.server_port}"]  # type: ignore[attr-defined]  # ours, for the handler
        threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
    try:
        yield made
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


@dataclass
class Spoken(httpx.AsyncBaseTransport):
    """Each host is asked in this process."""

    by_host: Mapping[str, Handler]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        made = self.by_host[request.url.netloc.decode()](request)
        body = _Body(made.content)
        return httpx.Response(made.status_code, headers=made.headers, stream=body)


@dataclass
class _Body(httpx.AsyncByteStream):
    content: bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.content), 65_536):
            yield self.content[start : start + 65_536]


class _Guest(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        size = int(self.headers.get("content-length", 0))
        url = f"http://{self.headers['host']}{self.path}"
        asked = httpx.Request(
            self.command, url, headers=dict(self.headers), content=self.rfile.read(size)
        )
        response = self.server.answer(asked)  # type: ignore[attr-defined]  # put there by `served`
        self.send_response(response.status_code)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(response.content)

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815  the name that http.server looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as http.server has it
        """Nobody reads it."""
