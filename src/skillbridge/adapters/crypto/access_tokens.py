"""Access tokens: JWTs of type at+jwt (RFC 9068), signed with HS256.

One service issues and reads them, and a symmetric signature is read in a fifth of the time of
Ed25519.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID, uuid4

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey

from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.application.ports.access_tokens import ACCESS_LIFE, BadAccessToken, Claims
from skillbridge.application.ports.clock import Clock
from skillbridge.domain.actor import Role
from skillbridge.domain.ids import SessionId, TenantId, UserId

ALGORITHM = "HS256"
TYPE = "at+jwt"
AUDIENCE = "skillbridge-api"
LONGEST = 4096
REMEMBERED = 10_000
"""Tokens whose signature need not be checked again, about 5 MB of them."""


class _Payload(msgspec.Struct, frozen=True):
    iss: str
    aud: str
    sub: UUID
    sid: UUID
    tid: UUID
    roles: list[Role]
    exp: int


@dataclass(frozen=True, slots=True)
class JwtTokens:
    """Issues and verifies; `issuer` is the public URL of this installation."""

    ring: KeyRing
    issuer: str
    clock: Clock
    _keys: KeySet = field(init=False, repr=False)
    _verified: dict[bytes, Claims] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        keys = KeySet([OctKey.import_key(key.value, {"kid": key.id}) for key in self.ring.keys])
        object.__setattr__(self, "_keys", keys)

    def issue(
        self, user_id: UserId, tenant_id: TenantId, session_id: SessionId, roles: frozenset[Role]
    ) -> str:
        now = self.clock()
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": self.ring.newest.id}
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
        }
        return jwt.encode(header, claims, self._keys, algorithms=[ALGORITHM])

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

    def _read(self, token: str) -> Claims:
        if len(token) > LONGEST:
            raise BadAccessToken
        try:
            read = jwt.decode(token, self._keys, algorithms=[ALGORITHM])
            payload = msgspec.convert(read.claims, _Payload)
        except (JoseError, ValueError, KeyError) as error:
            raise BadAccessToken from error
        said = (read.header.get("typ"), "kid" in read.header, payload.iss, payload.aud)
        if said != (TYPE, True, self.issuer, AUDIENCE):
            raise BadAccessToken
        return _claims(payload)

    def _remember(self, key: bytes, claims: Claims) -> None:
        if len(self._verified) >= REMEMBERED:
            del self._verified[next(iter(self._verified))]
        self._verified[key] = claims


def _claims(payload: _Payload) -> Claims:
    try:
        expires_at = datetime.fromtimestamp(payload.exp, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise BadAccessToken from error
    return Claims(
        UserId(payload.sub),
        TenantId(payload.tid),
        SessionId(payload.sid),
        frozenset(payload.roles),
        expires_at,
    )
