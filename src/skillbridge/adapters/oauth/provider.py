"""Plug the providers of identities into their port."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

import httpx
from dishka import Provider, Scope, provide

from skillbridge.adapters.oauth.fetching import Fetcher
from skillbridge.adapters.oauth.github import GitHub
from skillbridge.adapters.oauth.github_device import GitHubDevices
from skillbridge.adapters.oauth.oidc import OidcProvider
from skillbridge.adapters.oauth.settings import GITHUB, OAuthSettings
from skillbridge.adapters.oauth.supabase_hooks import NoHooks, SignedHooks
from skillbridge.adapters.oauth.supabase_notices import NoPush, SignedNotices
from skillbridge.adapters.oauth.supabase_tokens import NoProject, SupabaseTokens
from skillbridge.adapters.oauth.supabase_users import GoTrueUsers, NoUsers
from skillbridge.adapters.public_web import PublicWeb
from skillbridge.application.accounts.ports.device_flow import DeviceFlow
from skillbridge.application.accounts.ports.identities import IdentityProvider, IdentityProviders
from skillbridge.application.accounts.ports.supabase import (
    SupabaseHooks,
    SupabaseProject,
    SupabaseUsers,
)
from skillbridge.application.accounts.views import ProviderView
from skillbridge.application.notifications.ports import NoticePush
from skillbridge.application.ports.clock import Clock
from skillbridge.domain.accounts.device_flow import NoDeviceFlow
from skillbridge.domain.accounts.identity import UnknownProvider
from skillbridge.domain.accounts.supabase import NAME as SUPABASE


@dataclass(frozen=True, slots=True)
class ConfiguredProviders:
    """By name, in the order of the settings."""

    providers: Mapping[str, IdentityProvider]
    devices: Mapping[str, DeviceFlow]
    supabase: str | None = None
    """The issuer of the project, if there is one."""

    def named(self, name: str) -> IdentityProvider:
        found = self.providers.get(name)
        if found is None:
            raise UnknownProvider
        return found

    def by_code(self, name: str) -> DeviceFlow:
        known, found = self.named(name), self.devices.get(name)
        if found is None:
            raise NoDeviceFlow(known.title)
        return found

    def all(self) -> Sequence[ProviderView]:
        return [
            ProviderView(name, one.title, one.issuer, device=name in self.devices)
            for name, one in self.providers.items()
        ]

    def names(self) -> Mapping[str, str]:
        names = {one.issuer: name for name, one in self.providers.items()}
        return names if self.supabase is None else {self.supabase: SUPABASE, **names}


def configured(settings: OAuthSettings, fetcher: Fetcher, clock: Clock) -> ConfiguredProviders:
    """Each is sent back to by an address of its own, so that the answers of two are never mixed up."""
    found: dict[str, IdentityProvider] = {}
    devices: dict[str, DeviceFlow] = {}
    if settings.github is not None:
        github = GitHub(fetcher, settings.github, _back_to(settings, GITHUB))
        found[GITHUB] = github
        if settings.github.device_flow:
            devices[GITHUB] = GitHubDevices(github)
    for one in settings.oidc:
        found[one.name] = OidcProvider(fetcher, one, _back_to(settings, one.name), clock)
    project = settings.supabase
    return ConfiguredProviders(found, devices, project.issuer if project else None)


def _back_to(settings: OAuthSettings, name: str) -> str:
    return f"{settings.public_url.rstrip('/')}/v1/auth/providers/{name}/callback"


class OAuthProvider(Provider):
    """`transport` is what HTTP is spoken through."""

    scope = Scope.APP

    def __init__(
        self, settings: OAuthSettings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        super().__init__()
        self._settings = settings
        self._transport = transport

    @provide
    async def fetcher(self) -> AsyncIterator[Fetcher]:
        fetcher = Fetcher(self._transport or PublicWeb(self._settings.named))
        yield fetcher
        await fetcher.aclose()

    @provide
    def providers(self, fetcher: Fetcher, clock: Clock) -> IdentityProviders:
        return configured(self._settings, fetcher, clock)

    @provide
    def supabase(self, fetcher: Fetcher, clock: Clock) -> SupabaseProject:
        project = self._settings.supabase
        return SupabaseTokens(fetcher, project, clock) if project else NoProject()

    @provide
    def supabase_hooks(self, clock: Clock) -> SupabaseHooks:
        project = self._settings.supabase
        return SignedHooks(project, clock) if project and project.webhook_key else NoHooks()

    @provide
    def supabase_users(self, fetcher: Fetcher) -> SupabaseUsers:
        project = self._settings.supabase
        return GoTrueUsers(fetcher, project) if project and project.service_key else NoUsers()

    @provide
    def notice_push(self, fetcher: Fetcher, clock: Clock) -> NoticePush:
        project = self._settings.supabase
        return (
            SignedNotices(fetcher, project, clock) if project and project.notices_key else NoPush()
        )
