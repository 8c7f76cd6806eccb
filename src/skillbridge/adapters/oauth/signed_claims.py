"""Tokens that an issuer signed: read by its own keys, and by an algorithm that we chose."""

import json
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import msgspec
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import Key, OctKey
from joserfc.jws import JWSRegistry, deserialize_compact, extract_compact

from skillbridge.adapters.oauth.issuer_keys import FAMILIES, IssuerKeys

T = TypeVar("T", bound=msgspec.Struct)

LONGEST = 16 * 1024
HEADERS = frozenset({"alg", "kid", "typ", "x5t", "x5t#S256"})
"""What a header may say: nothing that asks for a key or a rule from elsewhere."""


class BadToken(Exception):
    """Not signed by this issuer, or not for us, or not of this time; the words are for the log."""


SHARED = "HS256"
"""By a secret that the issuer shares with us. A key is for one algorithm: this one has no public half."""


class _Believed(JWSRegistry):
    """Those of the table and no others, whatever a library thinks of their names."""

    def __init__(self, names: Collection[str]) -> None:
        super().__init__()
        self._names = names

    def get_alg(self, name: str) -> Any:
        if name not in self._names:
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


BY_PUBLIC_KEY = _Believed(FAMILIES)
BY_SECRET = _Believed({SHARED})


async def signed_claims(
    token: str, keys: IssuerKeys, kind: type[T], secret: OctKey | None = None
) -> T:
    """What it says; `secret` for an issuer that also signs with one.

    Raises BadToken, and NoAnswer where the issuer's keys cannot be had.
    """
    if len(token) > LONGEST:
        raise BadToken("too long")
    header = _header(token)
    name, algorithm = header.get("kid"), header.get("alg")
    if not isinstance(name, str | None):
        raise BadToken("its key has no name")
    if header.keys() - HEADERS:
        raise BadToken("its header asks for what we do not do")
    if secret is not None and algorithm == SHARED:
        return msgspec.convert(_payload(token, secret, BY_SECRET), kind)
    if not isinstance(algorithm, str) or algorithm not in FAMILIES:
        raise BadToken(f"signed with {algorithm!r:.20}")
    key = await keys.found(name, algorithm)
    if key is None:
        raise BadToken("signed with a key that its issuer does not publish")
    return msgspec.convert(_payload(token, key, BY_PUBLIC_KEY), kind)


def _header(token: str) -> Mapping[str, Any]:
    try:
        header = extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError, RecursionError) as error:
        raise BadToken("no signed token") from error
    return header


def _payload(token: str, key: Key, registry: JWSRegistry) -> Any:
    try:
        signed = deserialize_compact(token, key, registry=registry)
        return json.loads(signed.payload or b"", object_pairs_hook=_once)
    except (JoseError, ValueError, RecursionError) as error:
        raise BadToken(type(error).__name__) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found
