"""Plug passwords, tokens and links into the ports."""

from collections.abc import Iterator, Sequence

from dishka import Provider, Scope, provide

from skillbridge.adapters.crypto.access_tokens import JwtTokens
from skillbridge.adapters.crypto.devices import SignedDevices
from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.adapters.crypto.links import SignedLinks
from skillbridge.adapters.crypto.passwords import Argon2Hasher
from skillbridge.adapters.crypto.refresh_tokens import DerivedRefreshTokens
from skillbridge.adapters.crypto.strength import ZxcvbnStrength
from skillbridge.application.accounts.ports import (
    Devices,
    Links,
    PasswordHasher,
    PasswordStrength,
    RefreshTokens,
)
from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.application.ports.clock import Clock


class CryptoProvider(Provider):
    """`secrets` are the ring, the newest first; `public_url` is where this installation is."""

    scope = Scope.APP

    def __init__(self, secrets: Sequence[str], *, public_url: str) -> None:
        super().__init__()
        self._secrets = secrets
        self._public_url = public_url

    @provide
    def tokens(self, clock: Clock) -> Tokens:
        return JwtTokens(KeyRing.of(self._secrets, "access"), self._public_url, clock)

    @provide
    def refresh_tokens(self) -> RefreshTokens:
        return DerivedRefreshTokens(KeyRing.of(self._secrets, "refresh"))

    @provide
    def links(self) -> Links:
        return SignedLinks(KeyRing.of(self._secrets, "verify"), self._public_url)

    @provide
    def devices(self) -> Devices:
        return SignedDevices(KeyRing.of(self._secrets, "device"))

    @provide
    def hasher(self) -> Iterator[PasswordHasher]:
        hasher = Argon2Hasher()
        yield hasher
        hasher.close()

    @provide
    def strength(self) -> Iterator[PasswordStrength]:
        strength = ZxcvbnStrength()
        yield strength
        strength.close()
