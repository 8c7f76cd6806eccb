"""/.well-known/jwks.json: what verifies our access tokens, for other programs (RFC 7517, RFC 8037)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from dishka import FromDishka
from litestar import Response, Router

from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.entrypoints.http.server.answers import Json
from skillbridge.entrypoints.http.server.auth import open_to_all
from skillbridge.entrypoints.http.server.operations import get
from skillbridge.entrypoints.http.server.versions import IfNoneMatch, etag, unchanged, version_of

KEEP = "public, max-age=3600"
"""An hour: much shorter than a new key is published before it signs."""


@dataclass(frozen=True, slots=True)
class PublicJwk:
    """A key of Ed25519. Access tokens name it in their header by `kid`."""

    kid: str
    x: str
    """The public key, 32 bytes in base64url."""
    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    alg: Literal["EdDSA"] = "EdDSA"
    use: Literal["sig"] = "sig"


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """Those that may verify an access token; one is here before it signs, and after."""

    keys: Sequence[PublicJwk]


@get("/jwks.json", guards=[open_to_all], security=[{}], tells=["ETag"])
async def list_public_keys(
    tokens: FromDishka[Tokens], if_none_match: IfNoneMatch = None
) -> Response[PublicKeys]:
    """The keys that verify our access tokens: JWTs of `typ` at+jwt, `alg` EdDSA and `aud` skillbridge-api.

    `iss` is the public address of the installation; `sub`, `tid` and `sid` are person, tenant and sign-in. `auth_time`,
    `amr` and `acr` are there when the token was issued upon a proof, and gone after a refresh.

    Keep them for an hour; ask again, at most once a minute, when a token names a key that is not here.
    """
    found = PublicKeys([PublicJwk(key.id, key.point) for key in tokens.published()])
    version = version_of(msgspec.json.encode(found))
    answer: Response[Any] = unchanged(version, if_none_match) or Json(
        found, headers={"ETag": etag(version)}
    )
    answer.headers["Cache-Control"] = KEEP
    return answer


routes: Any = Router("/.well-known", route_handlers=[list_public_keys], tags=["keys"])
