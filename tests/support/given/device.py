"""A device that has a key of its own, and proves it as clients' libraries do."""

import json
import warnings
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey

from skillbridge.domain.accounts.sign_in import Origin, Proof

PUBLIC_URL = "http://127.0.0.1:8000"


class Device:
    """A phone; the key never leaves it."""

    def __init__(self, algorithm: str = "ES256") -> None:
        self.algorithm = algorithm
        self.key: Any = (
            ECKey.generate_key("P-256") if algorithm == "ES256" else OKPKey.generate_key("Ed25519")
        )

    @property
    def thumbprint(self) -> bytes:
        return urlsafe_b64decode(self.key.thumbprint() + "=")

    def proof(
        self,
        path: str = "/v1/auth/login",
        token: str = "",
        *,
        header: dict[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        """Of a POST to this path with this refresh token; what is named is said otherwise."""
        said = {
            "jti": uuid4().hex,
            "htm": "POST",
            "htu": PUBLIC_URL + path,
            "iat": int(datetime.now(UTC).timestamp()),
            **({"ath": hash_of(token)} if token else {}),
            **claims,
        }
        public = {"kty", "crv", "x", "y"}
        jwk = {name: it for name, it in self.key.as_dict(private=False).items() if name in public}
        head = {"typ": "dpop+jwt", "alg": self.algorithm, "jwk": jwk, **(header or {})}
        payload = json.dumps({name: it for name, it in said.items() if it is not None})
        with warnings.catch_warnings(
            action="ignore", category=SecurityWarning
        ):  # of its older name
            return jws.serialize_compact(head, payload, self.key, [self.algorithm])

    def origin(
        self, path: str = "/v1/auth/login", token: str = "", *, address: str = "192.0.2.7"
    ) -> Origin:
        """Where a request comes from that brings such a proof."""
        return Origin(address, "Firefox on a bus", Proof(self.proof(path, token), "POST", path))

    def refreshing(self, token: str) -> Origin:
        return self.origin("/v1/auth/refresh", token)


def hash_of(token: str) -> str:
    return urlsafe_b64encode(sha256(token.encode()).digest()).rstrip(b"=").decode()
