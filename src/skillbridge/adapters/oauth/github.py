"""GitHub says who somebody is. It speaks OAuth 2.0, not OpenID Connect: the API is asked for the rest.

Source: docs.github.com, "Authorizing OAuth apps" and "REST API endpoints for users". Failures of the
exchange come with status 200. The token that it gives is used for two reads, and kept nowhere.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, TypeVar
from urllib.parse import urlencode

import msgspec
import structlog

from skillbridge.adapters.oauth.addresses import usable
from skillbridge.adapters.oauth.fetching import Fetcher, NoAnswer, Reply, Waiting, is_visible
from skillbridge.adapters.oauth.pkce import challenge
from skillbridge.adapters.oauth.settings import GitHubSettings
from skillbridge.application.accounts.ports.identities import Asked, ProviderAway
from skillbridge.domain.accounts.authorization import NotAuthorized
from skillbridge.domain.accounts.identity import IdentityClaims

log = structlog.get_logger()

T = TypeVar("T")

SCOPES = "read:user user:email"
VERSION = "2022-11-28"
CODE_IS_BAD = frozenset({"bad_verification_code"})


class Token(msgspec.Struct, frozen=True):
    """What an exchange answers."""

    access_token: str = ""
    error: str = ""

    def usable(self, reply: Reply) -> str:
        """Raises NoAnswer."""
        if self.error or not reply.good or not is_visible(self.access_token):
            raise NoAnswer(f"the exchange failed: {self.error:.60} ({reply.status})")
        return self.access_token


class _User(msgspec.Struct, frozen=True):
    id: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
    login: str = ""
    name: str | None = None


class _Email(msgspec.Struct, frozen=True):
    email: str
    primary: bool
    verified: bool


@dataclass(frozen=True, slots=True)
class GitHub:
    """A person is known by the number of their account: a login can be changed, and taken by another."""

    fetcher: Fetcher
    settings: GitHubSettings
    redirect_uri: str
    title: str = "GitHub"
    _waiting: Waiting = field(init=False, repr=False, default_factory=Waiting)

    @property
    def issuer(self) -> str:
        return self.settings.url

    async def address(self, asked: Asked) -> str:
        said = {
            "client_id": self.settings.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": SCOPES,
            "state": asked.state,
            "code_challenge": challenge(asked.verifier),
            "code_challenge_method": "S256",
        }
        return f"{self.settings.url}/login/oauth/authorize?{urlencode(said)}"

    async def shown(self, code: str, asked: Asked) -> IdentityClaims:
        async with self.answering():
            return await self.who(await self._exchanged(code, asked))

    async def who(self, token: str) -> IdentityClaims:
        """Whom the token is of. Raises NoAnswer."""
        headers = {
            "authorization": f"Bearer {token}",
            "accept": "application/vnd.github+json",
            "x-github-api-version": VERSION,
        }
        user = await self._read("/user", headers, _User)
        emails = await self._read("/user/emails", headers, list[_Email])
        primary = next((one.email for one in emails if one.primary and one.verified), None)
        return IdentityClaims(self.issuer, str(user.id), usable(primary), user.name or user.login)

    @asynccontextmanager
    async def answering(self) -> AsyncIterator[None]:
        """In a place of those who wait for it. Raises ProviderAway, once the log says why."""
        try:
            async with self._waiting.place():
                yield
        except NoAnswer as error:
            log.warning("identity.provider_away", provider=self.title, reason=str(error))
            raise ProviderAway(self.title) from error

    async def _exchanged(self, code: str, asked: Asked) -> str:
        """Raises NotAuthorized, NoAnswer."""
        form = {
            "client_id": self.settings.client_id,
            "client_secret": self.settings.client_secret,
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": asked.verifier,
        }
        reply = await self.fetcher.post(f"{self.settings.url}/login/oauth/access_token", form)
        said = reply.read(Token)
        if said.error in CODE_IS_BAD:
            raise NotAuthorized(self.title)
        return said.usable(reply)

    async def _read(self, path: str, headers: dict[str, str], kind: type[T]) -> T:
        reply = await self.fetcher.get(f"{self.settings.api_url}{path}", headers)
        if not reply.good:
            raise NoAnswer(f"status {reply.status} for {path}")
        return reply.read(kind)
