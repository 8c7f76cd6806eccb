"""Access tokens: JWTs of type at+jwt (RFC 9068), signed with Ed25519 so that others can verify them.

The seed of each key is derived from a secret of the ring: nothing is stored. This is the one
verifier of this installation's own tokens, with one algorithm and its own keys; tokens of another
issuer get another verifier, and the keys of two are never in one set.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry, deserialize_compact

from skillbridge.adapters.crypto.keys import Key, KeyRing, KeyState
from skillbridge.application.ports.access_tokens import (
    ACCESS_LIFE,
    BadAccessToken,
    Claims,
    PublicKey,
)
from skillbridge.application.ports.clock import Clock
from skillbridge.domain.actor import Role
from skillbridge.domain.authentication import Authentication
from skillbridge.domain.ids import SessionId, TenantId, UserId

ALGORITHM = "EdDSA"
"""RFC 9864 names it Ed25519, which many that should read our tokens do not know yet."""
TYPE = "at+jwt"
AUDIENCE = "skillbridge-api"
SKEW = 30
"""So many seconds may the clock of the process that issued a token be ahead."""
LONGEST = 4096
REMEMBERED = 10_000
"""Tokens whose signature need not be checked again, about 5 MB of them."""


class _OneAlgorithm(JWSRegistry):
    """Whatever a header names; a key of ours has one curve, so `EdDSA` leaves nothing open."""

    def get_alg(self, name: str) -> Any:
        if name != ALGORITHM:
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[ALGORITHM]


REGISTRY = _OneAlgorithm()


class _Payload(msgspec.Struct, frozen=True):
    iss: str
    aud: str
    sub: UUID
    sid: UUID
    tid: UUID
    roles: list[Role]
    iat: int
    exp: int
    nbf: int = 0
    auth_time: int | None = None


@dataclass(frozen=True, slots=True)
class JwtTokens:
    """Issues and verifies; `issuer` is the public URL of this installation."""

    ring: KeyRing
    issuer: str
    clock: Clock
    _keys: Mapping[str, OKPKey] = field(init=False, repr=False)
    """By the id of a key."""
    _headers: Mapping[str, OKPKey] = field(init=False, repr=False)
    """By the first part of a token that the key signs."""
    _verified: dict[bytes, Claims] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        keys = {key.id: _ed25519(key) for key in self.ring.newest_first}
        headers = {_encoded(key_id, {}, key).partition(".")[0]: key for key_id, key in keys.items()}
        object.__setattr__(self, "_keys", keys)
        object.__setattr__(self, "_headers", headers)

    def issue(
        self,
        user_id: UserId,
        tenant_id: TenantId,
        session_id: SessionId,
        roles: frozenset[Role],
        upon: Authentication | None = None,
    ) -> str:
        now = self.clock()
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "tid": str(tenant_id),
            "sid": str(session_id),
            "jti": str(uuid4()),
            "iat": int(now.timestamp()),
            "exp": int((now + ACCESS_LIFE).timestamp()),
            "roles": sorted(roles),
            **(_proved(upon) if upon else {}),
        }
        key_id = self.ring.signing.id
        return _encoded(key_id, claims, self._keys[key_id])

    def verify(self, token: str) -> Claims:
        key = sha256(token.encode("utf-8", "surrogatepass")).digest()
        claims = self._verified.get(key)
        if claims is None:
            claims = self._read(token)
            self._remember(key, claims)
        if claims.expires_at <= self.clock():
            self._verified.pop(key, None)
            raise BadAccessToken
        return claims

    def published(self) -> Sequence[PublicKey]:
        return [self._public(state) for state in self.ring.states()]

    def _public(self, state: KeyState) -> PublicKey:
        point = self._keys[state.key.id].as_dict(private=False)["x"]
        since = state.key.since
        return PublicKey(state.key.id, str(point), state.role, since, state.until)

    def _read(self, token: str) -> Claims:
        """The header must be one that we write, to the letter: nothing that it says is followed."""
        key = self._headers.get(token.partition(".")[0])
        if key is None or len(token) > LONGEST:
            raise BadAccessToken
        try:
            signed = deserialize_compact(token, key, registry=REGISTRY)
            said = json.loads(signed.payload or b"", object_pairs_hook=_once)
            payload = msgspec.convert(said, _Payload)
            return self._believed(payload)
        except (JoseError, ValueError, RecursionError) as error:
            raise BadAccessToken from error

    def _believed(self, payload: _Payload) -> Claims:
        """Raises ValueError for a token that is not ours, or not of this time."""
        if (payload.iss, payload.aud) != (self.issuer, AUDIENCE):
            raise ValueError("of another issuer, or for another API")
        now, begins = self.clock().timestamp(), max(payload.iat, payload.nbf)
        if begins > now + SKEW or not now < payload.exp <= begins + ACCESS_LIFE.total_seconds():
            raise ValueError("of the future, ended, or for too long")
        proved = payload.auth_time
        if proved is not None and not 0 <= proved <= now + SKEW:
            raise ValueError("proved in the future")
        return Claims(
            UserId(payload.sub),
            TenantId(payload.tid),
            SessionId(payload.sid),
            frozenset(payload.roles),
            datetime.fromtimestamp(payload.exp, UTC),
            None if proved is None else datetime.fromtimestamp(proved, UTC),
        )

    def _remember(self, key: bytes, claims: Claims) -> None:
        if len(self._verified) >= REMEMBERED:
            del self._verified[next(iter(self._verified))]
        self._verified[key] = claims


def _ed25519(key: Key) -> OKPKey:
    return OKPKey.import_key(OKPKey.binding.from_private_bytes("Ed25519", key.value))


def _encoded(key_id: str, claims: Mapping[str, Any], key: OKPKey) -> str:
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": key_id}
    return jwt.encode(header, dict(claims), key, registry=REGISTRY)


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ValueError for a name that stands twice: readers differ in which of the two counts."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _proved(upon: Authentication) -> dict[str, Any]:
    """Source: OpenID Connect Core 1.0 section 2."""
    return {
        "auth_time": int(upon.at.timestamp()),
        "amr": sorted(upon.methods),
        "acr": upon.level,
    }
