"""The public keys of one issuer, as its JWKS has them (RFC 7517). The sets of two issuers never meet."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jwk import Key as PublicKey

from skillbridge.adapters.oauth.fetching import Fetcher, NoAnswer
from skillbridge.application.ports.clock import Clock

KEPT = timedelta(hours=1)
PAUSE = timedelta(minutes=1)
"""Between two looks for a key that is not there: whoever makes up names causes no more."""
MOST_KEYS = 64
LEAST_RSA_BITS = 2048
FAMILIES: Mapping[str, tuple[type[PublicKey], str | None]] = {
    "RS256": (RSAKey, None),
    "PS256": (RSAKey, None),
    "ES256": (ECKey, "P-256"),
    "EdDSA": (OKPKey, "Ed25519"),
}
"""The algorithms that are believed, each with its kind of key: none of them has a shared secret."""


class _Set(msgspec.Struct, frozen=True):
    keys: list[dict[str, Any]]


class IssuerKeys:
    """Kept for an hour; a name that is not among them is looked for again once a minute at most."""

    def __init__(self, fetcher: Fetcher, url: str, clock: Clock) -> None:
        self._fetcher, self.url, self._clock = fetcher, url, clock
        self._keys: Sequence[Mapping[str, Any]] = ()
        self._fetched: datetime | None = None
        self._asked: datetime | None = None
        self._asking = asyncio.Lock()

    async def found(self, name: str | None, algorithm: str) -> PublicKey | None:
        """The one of this name and for this algorithm; without a name, the only one for it.

        Raises NoAnswer where none are known and the issuer tells none.
        """
        async with self._asking:
            now = self._clock()
            if self._fetched is None or now - self._fetched > KEPT:
                await self._fetch(now)
            key = self._among(name, algorithm)
            if key is None and self._asked is not None and now - self._asked >= PAUSE:
                await self._fetch(now)
                key = self._among(name, algorithm)
            return key

    async def _fetch(self, now: datetime) -> None:
        self._asked = now
        reply = await self._fetcher.get(self.url)
        if not reply.good:
            raise NoAnswer(f"status {reply.status} for the keys")
        self._keys = reply.read(_Set).keys[:MOST_KEYS]
        self._fetched = now

    def _among(self, name: str | None, algorithm: str) -> PublicKey | None:
        named = (key for key in self._keys if name is None or key.get("kid") == name)
        fit = [key for one in named if (key := _read(one, algorithm)) is not None]
        return fit[0] if len(fit) == 1 else None


def _read(said: Mapping[str, Any], algorithm: str) -> PublicKey | None:
    """None for a key of another kind, for another use, or none at all."""
    kind, curve = FAMILIES[algorithm]
    if said.get("use", "sig") != "sig" or said.get("alg", algorithm) != algorithm:
        return None
    if said.get("kty") != kind.key_type or (curve is not None and said.get("crv") != curve):
        return None
    try:
        key = kind.import_key({name: said[name] for name in ("kty", *_PUBLIC[kind.key_type])})
    except (JoseError, KeyError, ValueError, TypeError):
        return None
    if isinstance(key, RSAKey) and key.public_key.key_size < LEAST_RSA_BITS:
        return None
    return key


_PUBLIC = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
"""What is read of a key: never a private part that somebody published by mistake."""
