"""Any provider that speaks OpenID Connect Core 1.0, found by its issuer (Discovery 1.0)."""

import asyncio
from datetime import datetime, timedelta
from hmac import compare_digest
from urllib.parse import quote, urlencode, urlsplit

import httpx
import msgspec
import structlog

from skillbridge.adapters.oauth.fetching import Fetcher, NoAnswer, Waiting, is_visible
from skillbridge.adapters.oauth.issuer_keys import IssuerKeys
from skillbridge.adapters.oauth.pkce import challenge
from skillbridge.adapters.oauth.settings import OidcSettings
from skillbridge.adapters.oauth.signed_claims import BadToken, signed_claims
from skillbridge.adapters.oauth.user_info import Told, UserInfo
from skillbridge.application.accounts.ports.identities import Asked, ProviderAway
from skillbridge.application.ports.clock import Clock
from skillbridge.domain.accounts.authorization import NotAuthorized
from skillbridge.domain.accounts.identity import LONGEST_SUBJECT, IdentityClaims

log = structlog.get_logger()

SCOPES = "openid email profile"
KEPT = timedelta(hours=1)
SKEW = 60
"""So many seconds may the provider's clock and ours differ."""
FRESH = 600
"""An ID token is read right after it was made, in seconds."""


class _Known(msgspec.Struct, frozen=True):
    """What discovery tells."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _Exchanged(msgspec.Struct, frozen=True):
    id_token: str = ""
    access_token: str = ""
    error: str = ""


class _Claims(Told, frozen=True, kw_only=True):
    iss: str
    aud: str | list[str]
    exp: float
    iat: float
    nonce: str = ""
    azp: str | None = None


class OidcProvider:
    """What discovery tells is kept for an hour, with the keys of the issuer."""

    def __init__(
        self, fetcher: Fetcher, settings: OidcSettings, redirect_uri: str, clock: Clock
    ) -> None:
        self._fetcher, self._settings, self._clock = fetcher, settings, clock
        self._redirect_uri = redirect_uri
        self._known: tuple[datetime, _Known, IssuerKeys] | None = None
        self._looking = asyncio.Lock()
        self._waiting = Waiting()

    @property
    def title(self) -> str:
        return self._settings.name.replace("-", " ").title()

    @property
    def issuer(self) -> str:
        return self._settings.issuer

    async def address(self, asked: Asked) -> str:
        try:
            async with self._waiting.place():
                known, _ = await self._discovered()
        except NoAnswer as error:
            raise self._away(error) from error
        said = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": SCOPES,
            "state": asked.state,
            "nonce": asked.nonce,
            "code_challenge": challenge(asked.verifier),
            "code_challenge_method": "S256",
        }
        joined = "&" if urlsplit(known.authorization_endpoint).query else "?"
        return f"{known.authorization_endpoint}{joined}{urlencode(said)}"

    async def shown(self, code: str, asked: Asked) -> IdentityClaims:
        try:
            async with self._waiting.place():
                known, keys = await self._discovered()
                token = await self._exchanged(known, code, asked)
                claims = await signed_claims(token.id_token, keys, _Claims)
                self._must_be_meant(claims, asked)
                told: Told = claims
                if claims.email is None and known.userinfo_endpoint:
                    beside = UserInfo(self._fetcher, known.userinfo_endpoint)
                    told = await beside.of(claims.sub, token.access_token)
        except NoAnswer as error:
            raise self._away(error) from error
        except (BadToken, msgspec.ValidationError) as error:
            log.warning("identity.bad_token", provider=self.issuer, reason=str(error))
            raise NotAuthorized(self.title) from error
        return IdentityClaims(self.issuer, claims.sub, told.address, claims.name or told.name or "")

    async def _discovered(self) -> tuple[_Known, IssuerKeys]:
        """Raises NoAnswer."""
        async with self._looking:
            now = self._clock()
            if self._known is None or now - self._known[0] > KEPT:
                url = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
                reply = await self._fetcher.get(url)
                if not reply.good:
                    raise NoAnswer(f"status {reply.status} for its configuration")
                known = reply.read(_Known)
                self._must_be_of_issuer(known)
                kept = self._known[2] if self._known else None
                if kept is None or kept.url != known.jwks_uri:
                    kept = IssuerKeys(self._fetcher, known.jwks_uri, self._clock)
                self._known = now, known, kept
            return self._known[1:]

    def _must_be_of_issuer(self, known: _Known) -> None:
        """Endpoints without TLS are those of an issuer without TLS, which the settings let on loopback alone."""
        if known.issuer != self.issuer:
            raise NoAnswer(f"its configuration is that of another issuer, {known.issuer!r:.200}")
        scheme = urlsplit(self.issuer).scheme
        named = (known.authorization_endpoint, known.token_endpoint, known.jwks_uri)
        for url in (*named, *filter(None, [known.userinfo_endpoint])):
            if urlsplit(url).scheme not in {"https", scheme} or not urlsplit(url).netloc:
                raise NoAnswer(f"its configuration names an address without TLS, {url!r:.200}")

    async def _exchanged(self, known: _Known, code: str, asked: Asked) -> _Exchanged:
        """Raises NotAuthorized, NoAnswer."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": asked.verifier,
        }
        client, secret = self._settings.client_id, self._settings.client_secret
        headers = {}
        if "client_secret_basic" in known.token_endpoint_auth_methods_supported:
            basic = httpx.BasicAuth(quote(client, safe=""), quote(secret, safe=""))
            headers["authorization"] = next(
                basic.auth_flow(httpx.Request("POST", known.token_endpoint))
            ).headers["authorization"]
        else:
            form |= {"client_id": client, "client_secret": secret}
        reply = await self._fetcher.post(known.token_endpoint, form, headers)
        said = reply.read(_Exchanged)
        if said.error == "invalid_grant":
            raise NotAuthorized(self.title)
        if said.error or not reply.good or not said.id_token:
            raise NoAnswer(f"the exchange failed: {said.error:.60} ({reply.status})")
        return said

    def _must_be_meant(self, claims: _Claims, asked: Asked) -> None:
        """For us, of now, and the answer to this request (Core 1.0 section 3.1.3.7). Raises BadToken."""
        us, audience = self._settings.client_id, claims.aud
        others = [audience] if isinstance(audience, str) else audience
        now = self._clock().timestamp()
        if claims.iss != self.issuer:
            raise BadToken("of another issuer")
        if us not in others or (len(others) > 1 and claims.azp is None):
            raise BadToken("for another client")
        if claims.azp is not None and claims.azp != us:
            raise BadToken("given to another client")
        if not (now - SKEW < claims.exp and now - FRESH < claims.iat < now + SKEW):
            raise BadToken("of another time")
        if not compare_digest(claims.nonce.encode("utf-8", "surrogatepass"), asked.nonce.encode()):
            raise BadToken("the answer to another request")
        if not (0 < len(claims.sub) <= LONGEST_SUBJECT and is_visible(claims.sub)):
            raise BadToken("of nobody")

    def _away(self, error: NoAnswer) -> ProviderAway:
        log.warning("identity.provider_away", provider=self.issuer, reason=str(error))
        return ProviderAway(self.title)
