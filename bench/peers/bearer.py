"""The check that every peer makes of `Authorization`: an HS256 signature, audience and end."""

import os
import time
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

KEY = OctKey.import_key(bytes.fromhex(os.environ["BENCH_KEY"]))
AUDIENCE = "skillbridge-api"


class Refused(Exception):
    """There is no valid access token."""


def learner(authorization: str) -> UUID:
    """Who asks; raises Refused."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise Refused
    try:
        claims = jwt.decode(token, KEY, algorithms=["HS256"]).claims
    except (JoseError, ValueError) as error:
        raise Refused from error
    if claims["aud"] != AUDIENCE or claims["exp"] <= time.time():
        raise Refused
    return UUID(claims["sub"])
