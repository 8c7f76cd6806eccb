"""The check that every peer makes of `Authorization`: an Ed25519 signature, audience and end.

As we do, it remembers what it has verified: the signature is checked once a token.
"""

import os
import time
from functools import lru_cache
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

KEY = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": os.environ["BENCH_KEY"]})
AUDIENCE = "skillbridge-api"


class Refused(Exception):
    """There is no valid access token."""


def learner(authorization: str) -> UUID:
    """Who asks; raises Refused."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise Refused
    claims = _verified(token)
    if claims["aud"] != AUDIENCE or claims["exp"] <= time.time():
        raise Refused
    return UUID(claims["sub"])


@lru_cache(10_000)
def _verified(token: str) -> dict[str, Any]:
    try:
        return jwt.decode(token, KEY, algorithms=["EdDSA"]).claims
    except (JoseError, ValueError) as error:
        raise Refused from error
