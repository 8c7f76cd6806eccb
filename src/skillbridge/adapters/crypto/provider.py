"""Plug passwords, tokens and links into the ports."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from dishka import Provider, Scope, provide

from skillbridge.adapters.crypto.access_tokens import JwtTokens
from skillbridge.adapters.crypto.anchor_keys import Ed25519AnchorKeys
from skillbridge.adapters.crypto.api_tokens import Base62Tokens
from skillbridge.adapters.crypto.archives import SignedArchives
from skillbridge.adapters.crypto.authenticators import TotpAuthenticators
from skillbridge.adapters.crypto.authorizations import DerivedAuthorizationSecrets
from skillbridge.adapters.crypto.ceremonies import SignedCeremonies
from skillbridge.adapters.crypto.challenges import SignedChallenges
from skillbridge.adapters.crypto.device_handles import SealedDeviceHandles
from skillbridge.adapters.crypto.device_keys import DpopKeys
from skillbridge.adapters.crypto.devices import SignedDevices
from skillbridge.adapters.crypto.field_encryption import AesGcmFields
from skillbridge.adapters.crypto.keys import NO_DATES, KeyRing
from skillbridge.adapters.crypto.links import SignedLinks
from skillbridge.adapters.crypto.networks import MarkedNetworks
from skillbridge.adapters.crypto.passkeys import WebAuthnRelyingParty
from skillbridge.adapters.crypto.passwords import Argon2Hasher
from skillbridge.adapters.crypto.proofs import DerivedProofSecrets
from skillbridge.adapters.crypto.refresh_tokens import DerivedRefreshTokens
from skillbridge.adapters.crypto.sealing import Sealer
from skillbridge.adapters.crypto.strength import ZxcvbnStrength
from skillbridge.application.accounts.ports.device_flow import DeviceHandles
from skillbridge.application.accounts.ports.identities import AuthorizationSecrets
from skillbridge.application.accounts.ports.passkeys import RelyingParty
from skillbridge.application.accounts.ports.passwords import PasswordHasher, PasswordStrength
from skillbridge.application.accounts.ports.proofs import Links, ProofSecrets
from skillbridge.application.accounts.ports.second_factors import Authenticators, Challenges
from skillbridge.application.accounts.ports.sign_ins import (
    DeviceKeys,
    Devices,
    Networks,
    RefreshTokens,
)
from skillbridge.application.audit.ports import AnchorKeys
from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.application.ports.api_tokens import ApiTokenText
from skillbridge.application.ports.clock import Clock
from skillbridge.application.ports.field_encryption import FieldEncryption
from skillbridge.application.privacy.ports import Archives


class CryptoProvider(Provider):
    """`secrets` are the ring, the newest first, and `since` says when one begins to sign.

    `public_url` is where this installation is; passkeys are those of the host `rp_id`, asked for by
    these `passkey_origins`.
    """

    scope = Scope.APP

    def __init__(
        self,
        secrets: Sequence[str],
        *,
        public_url: str,
        rp_id: str,
        passkey_origins: Sequence[str],
        since: Mapping[str, datetime] = NO_DATES,
    ) -> None:
        super().__init__()
        self._secrets = secrets
        self._since = since
        self._public_url = public_url
        self._rp_id = rp_id
        self._passkey_origins = passkey_origins

    @provide
    def tokens(self, clock: Clock) -> Tokens:
        return JwtTokens(self._ring("access/ed25519", clock), self._public_url, clock)

    @provide
    def anchor_keys(self, clock: Clock) -> AnchorKeys:
        return Ed25519AnchorKeys(self._ring("audit-anchor/ed25519", clock))

    @provide
    def refresh_tokens(self, clock: Clock) -> RefreshTokens:
        return DerivedRefreshTokens(self._ring("refresh", clock))

    @provide
    def api_tokens(self) -> ApiTokenText:
        return Base62Tokens()

    @provide
    def links(self, clock: Clock) -> Links:
        return SignedLinks(self._ring("verify", clock), self._public_url)

    @provide
    def proof_secrets(self, clock: Clock) -> ProofSecrets:
        return DerivedProofSecrets(self._ring("one-time-proof", clock), self._public_url)

    @provide
    def authorization_secrets(self, clock: Clock) -> AuthorizationSecrets:
        return DerivedAuthorizationSecrets(self._ring("authorization", clock))

    @provide
    def device_handles(self, clock: Clock) -> DeviceHandles:
        return SealedDeviceHandles(Sealer(self._ring("device-code", clock)))

    @provide
    def devices(self, clock: Clock) -> Devices:
        return SignedDevices(self._ring("device", clock))

    @provide
    def field_encryption(self, clock: Clock) -> FieldEncryption:
        sealer = Sealer(self._ring("seal", clock))
        return AesGcmFields(sealer, self._ring("blind-index", clock))

    @provide
    def authenticators(self, encryption: FieldEncryption) -> Authenticators:
        return TotpAuthenticators(encryption)

    @provide
    def challenges(self, clock: Clock) -> Challenges:
        return SignedChallenges(self._ring("challenge", clock))

    @provide
    def relying_party(self, clock: Clock) -> RelyingParty:
        ceremonies = SignedCeremonies(self._ring("passkey", clock))
        return WebAuthnRelyingParty(ceremonies, self._rp_id, self._passkey_origins)

    @provide
    def archives(self, clock: Clock) -> Archives:
        return SignedArchives(self._ring("privacy/ed25519", clock), self._public_url)

    @provide
    def device_keys(self, clock: Clock) -> DeviceKeys:
        return DpopKeys(self._public_url, clock)

    @provide
    def networks(self, clock: Clock) -> Networks:
        return MarkedNetworks(self._ring("network", clock))

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

    def _ring(self, purpose: str, clock: Clock) -> KeyRing:
        return KeyRing.of(self._secrets, purpose, since=self._since, clock=clock)
