"""The application beside providers of identities, and people who sign in by these."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.application.accounts.people import HOME
from tests.conftest import Urls
from tests.support.given.world import World, memory_world, postgres_world
from tests.support.identities.github_double import GitHubDouble
from tests.support.identities.openid_provider import OpenIdProvider
from tests.support.identities.providers import Identified, identified, served

from skillbridge.adapters.oauth.provider import OAuthProvider
from skillbridge.application.accounts.device_sign_in import BeginDeviceSignIn, SignInByDevice
from skillbridge.application.accounts.identities import BeginSignIn, SignInWithIdentity
from skillbridge.application.accounts.own_identities import BeginLink, LinkIdentity
from skillbridge.application.accounts.ports.device_flow import DeviceHandles
from skillbridge.application.accounts.ports.identities import AuthorizationRequests
from skillbridge.application.accounts.views import Begun, CodeBegun, LoggedIn
from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.authorization import AuthorizationRequest, binding
from skillbridge.domain.actor import Actor


@dataclass
class IdentityTown:
    world: World
    beside: Identified

    def double(self, provider: str) -> GitHubDouble | OpenIdProvider:
        found: GitHubDouble | OpenIdProvider = getattr(self.beside, provider)
        return found

    async def begin(self, provider: str, secret: str) -> str:
        begun: Begun = await self.world.do(
            BeginSignIn, self.world.pre_authentication(), provider, binding(secret)
        )
        return begun.authorization_url

    async def brought(self, provider: str, secret: str) -> dict[str, str]:
        """Begun, and the person has said yes."""
        return self.double(provider).visit(await self.begin(provider, secret))

    async def finish(
        self, provider: str, brought: dict[str, str], secret: str, **more: Any
    ) -> LoggedIn:
        found: LoggedIn = await self.world.do(
            SignInWithIdentity,
            self.world.pre_authentication(),
            provider,
            brought["state"],
            brought["code"],
            secret,
            **{"origin": HOME, **more},
        )
        return found

    async def sign_in(self, provider: str) -> LoggedIn:
        secret = token_urlsafe()
        return await self.finish(provider, await self.brought(provider, secret), secret)

    async def begin_device(self, secret: str, provider: str = "github") -> CodeBegun:
        begun: CodeBegun = await self.world.do(
            BeginDeviceSignIn, self.world.pre_authentication(), provider, binding(secret)
        )
        return begun

    async def ask(self, handle: str, secret: str, provider: str = "github") -> LoggedIn:
        """Whether the code was typed in."""
        found: LoggedIn = await self.world.do(
            SignInByDevice,
            self.world.pre_authentication(),
            provider,
            handle,
            secret,
            origin=HOME,
        )
        return found

    async def wait(self, handle: str) -> AuthorizationRequest | None:
        """As long as the pace says; what waits then."""
        anonymous = self.world.pre_authentication()
        id_ = (await self.world.api.get(DeviceHandles)).read(handle).request_id
        async with self.world.scope(anonymous) as scope:
            requests: AuthorizationRequests = await scope.get(AuthorizationRequests)
            async with (await scope.get(Transaction))(anonymous) as tx:
                found = await requests.get(id_)
                if found is not None and found.pace is not None:
                    await requests.let_go(id_, found.pace, until=await tx.now())
        return found

    async def actor(self, tokens: LoggedIn) -> Actor:
        claims = (await self.world.api.get(Tokens)).verify(tokens.access_token)
        return Actor(
            claims.user_id,
            claims.tenant_id,
            claims.roles,
            claims.session_id,
            proved_at=claims.proved_at,
        )

    async def link(self, actor: Actor, provider: str) -> None:
        begun: Begun = await self.world.do(BeginLink, actor, provider)
        brought = self.double(provider).visit(begun.authorization_url)
        await self.world.do(LinkIdentity, actor, provider, brought["state"], brought["code"])


def of_state(url: str) -> str:
    return dict(parse_qsl(urlsplit(url).query))["state"]


def stale(actor: Actor) -> Actor:
    """The same after a refresh, which shows no proof."""
    return replace(actor, proved_at=None)


@pytest.fixture(params=["memory", "postgres"])
def town(request: pytest.FixtureRequest) -> IdentityTown:
    made: IdentityTown = request.getfixturevalue(f"town_on_{request.param}")
    return made


@pytest.fixture
async def town_on_memory() -> AsyncIterator[IdentityTown]:
    beside = identified()
    async with memory_world(None, beside.provider()) as world:
        yield IdentityTown(world, beside)


@pytest.fixture
async def town_on_postgres(urls: Urls) -> AsyncIterator[IdentityTown]:
    """Here the providers are servers."""
    with served() as beside:
        async with postgres_world(urls, OAuthProvider(beside.settings)) as world:
            yield IdentityTown(world, beside)
