"""Access tokens of one Supabase project, as its part GoTrue makes them.

Source: supabase.com/docs/guides/auth/jwt-fields. A token says no word about whether its address was
verified that its user could not have written (`user_metadata` is theirs). So the project is asked for the
user: it knows, and it knows whether the session has ended since.
"""

from typing import Any
from uuid import UUID

import msgspec
import structlog
from joserfc.jwk import OctKey

from skillbridge.adapters.oauth.addresses import usable
from skillbridge.adapters.oauth.fetching import Fetcher, NoAnswer, Waiting
from skillbridge.adapters.oauth.issuer_keys import IssuerKeys
from skillbridge.adapters.oauth.settings import SupabaseSettings
from skillbridge.adapters.oauth.signed_claims import BadToken, signed_claims
from skillbridge.application.accounts.ports.identities import ProviderAway
from skillbridge.application.ports.clock import Clock
from skillbridge.domain.accounts.identity import IdentityClaims
from skillbridge.domain.accounts.supabase import (
    TITLE,
    BadSupabaseToken,
    NoSupabaseProject,
    NotAPerson,
    is_banned,
)
from skillbridge.domain.ids import UserId

log = structlog.get_logger()

SIGNED_IN = "authenticated"
"""The role and the audience of a token of somebody."""
SKEW = 60
"""So many seconds may the project's clock and ours differ."""
FRESH = 600
"""A token is exchanged within so many seconds after it was made: one that leaked is of no use for longer."""
ENDED = frozenset({401, 403, 404})
"""How the project answers to a token whose session or user is gone."""


class _Claims(msgspec.Struct, frozen=True):
    """All may be missing: a project's keys are signed like its tokens, and say little."""

    iss: str = ""
    sub: str = ""
    aud: str | list[str] = ""
    exp: float = 0
    iat: float = 0
    nbf: float = 0
    role: str = ""
    is_anonymous: bool = False


class _User(msgspec.Struct, frozen=True):
    id: str
    email: str | None = None
    email_confirmed_at: str | None = None
    banned_until: str | None = None
    is_anonymous: bool = False
    user_metadata: dict[str, Any] | None = None


class _Refusal(msgspec.Struct, frozen=True):
    """Of GoTrue; the gateway before it refuses a wrong `apikey` by the same status, and says `message`."""

    error_code: str = ""
    msg: str = ""

    @property
    def is_of_the_project(self) -> bool:
        return bool(self.error_code or self.msg)


class NoProject:
    """Where none is in the settings."""

    tenant: str | None = None

    async def shown(self, token: str) -> IdentityClaims:  # noqa: ARG002  nobody's is believed
        raise NoSupabaseProject


class SupabaseTokens:
    """Believed by the keys that the project publishes, and by its legacy secret where that is in the settings."""

    def __init__(self, fetcher: Fetcher, settings: SupabaseSettings, clock: Clock) -> None:
        self._fetcher, self._clock, self._issuer = fetcher, clock, settings.issuer
        self._keys = IssuerKeys(fetcher, f"{self._issuer}/.well-known/jwks.json", clock)
        secret = settings.jwt_secret
        self._secret = OctKey.import_key(secret) if secret else None
        self._apikey = {"apikey": settings.anon_key} if settings.anon_key else {}
        self._waiting = Waiting()
        self.tenant: str | None = settings.tenant

    async def shown(self, token: str) -> IdentityClaims:
        try:
            async with self._waiting.place():
                claims = await signed_claims(token, self._keys, _Claims, self._secret)
                if claims.role != SIGNED_IN or claims.is_anonymous:
                    raise NotAPerson
                self._must_be_meant(claims)
                user = await self._living(claims, token)
        except NoAnswer as error:
            log.warning("identity.provider_away", provider=self._issuer, reason=str(error))
            raise ProviderAway(TITLE) from error
        except (BadToken, msgspec.ValidationError) as error:
            log.warning("identity.bad_token", provider=self._issuer, reason=str(error))
            raise BadSupabaseToken from error
        if user.is_anonymous:
            raise NotAPerson
        email = usable(user.email) if user.email_confirmed_at else None
        return IdentityClaims(
            self._issuer, claims.sub, email, _name(user), UserId(UUID(claims.sub))
        )

    def _must_be_meant(self, claims: _Claims) -> None:
        """Of this project, for people, and of now. Raises BadToken."""
        audience = [claims.aud] if isinstance(claims.aud, str) else claims.aud
        now = self._clock().timestamp()
        if claims.iss != self._issuer:
            raise BadToken("of another issuer")
        if SIGNED_IN not in audience:
            raise BadToken("for another audience")
        if not (now - SKEW < claims.exp and now - FRESH < claims.iat < now + SKEW):
            raise BadToken("of another time")
        if claims.nbf >= now + SKEW:
            raise BadToken("not good yet")
        if not _is_uuid(claims.sub):
            raise BadToken("of nobody")

    async def _living(self, claims: _Claims, token: str) -> _User:
        """The user as the project knows them now. Raises BadToken, NoAnswer."""
        headers = {"authorization": f"Bearer {token}", **self._apikey}
        reply = await self._fetcher.get(f"{self._issuer}/user", headers)
        if reply.status in ENDED and reply.read(_Refusal).is_of_the_project:
            raise BadToken(f"the project knows it no more: status {reply.status}")
        if not reply.good:
            raise NoAnswer(f"status {reply.status} for the user; is SUPABASE_ANON_KEY right?")
        user = reply.read(_User)
        if user.id != claims.sub:
            raise NoAnswer("the answer about another user")
        if is_banned(user.banned_until, at=self._clock()):
            raise BadToken("of somebody who is banned there")
        return user


def _is_uuid(text: str) -> bool:
    """As the project spells them, and no other way: else one user would be two subjects."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _name(user: _User) -> str:
    """As its user wrote it: no more than a name."""
    said = user.user_metadata or {}
    found = said.get("full_name") or said.get("name")
    return found if isinstance(found, str) else ""
