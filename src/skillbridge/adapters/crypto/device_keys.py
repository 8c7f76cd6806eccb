"""Proofs of a key's possession, as clients' libraries make them: DPoP (RFC 9449).

No proof is remembered by its `jti`. One for a log-in starts, without the password, nothing, and with it
a sign-in that only the key can go on with. One for a refresh names its token in `ath`, the hash that
section 4.2 makes of an access token: who sends both again is given what the first one was given, or
ends the sign-in; with another token it proves nothing.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from skillbridge.application.accounts.ports.sign_ins import BadProof
from skillbridge.application.ports.clock import Clock
from skillbridge.domain.accounts.sign_in import Proof

TYPE = "dpop+jwt"
ALGORITHMS = {"ES256": ("EC", "P-256"), "Ed25519": ("OKP", "Ed25519")}
"""Each with the type and curve of its keys."""
NAMES = {"EdDSA": "Ed25519"}
"""What most libraries still call what RFC 9864 gave a name of its own."""
AWAY = timedelta(minutes=5)
"""So far a device's clock may be off."""
LONGEST = 2048
NO_PROOF = (
    "this is no DPoP proof: send one JWT of type dpop+jwt with jti, htm, htu and iat, signed with ES256 or "
    "EdDSA by the public `jwk` of its header (RFC 9449)"
)
_PORTS = {"http": 80, "https": 443}


class _Claims(msgspec.Struct, frozen=True):
    jti: str
    htm: str
    htu: str
    iat: int
    ath: str = ""


@dataclass(frozen=True, slots=True)
class DpopKeys:
    """`public_url` comes from the settings: by its own word any host could pass on what it was sent."""

    public_url: str
    clock: Clock

    def proved(self, proof: Proof | None, *, token: str = "") -> bytes | None:
        if proof is None:
            return None
        claims, thumbprint = _signed(proof.written)
        asked = self.public_url.rstrip("/") + proof.path
        if (claims.htm, _place(claims.htu)) != (proof.method, _place(asked)):
            raise BadProof(
                f"the DPoP proof is for another request: htm and htu name {proof.method} {asked}"
            )
        if token and claims.ath != _hash_of(token):
            raise BadProof(
                "the DPoP proof is not of this refresh token: its `ath` is BASE64URL(SHA-256(refresh_token))"
            )
        self._must_be_new(claims)
        return thumbprint

    def _must_be_new(self, claims: _Claims) -> None:
        off = int(self.clock().timestamp()) - claims.iat
        if abs(off) > AWAY.total_seconds():
            raise BadProof(
                f"the DPoP proof was made at another time, by {abs(off)} seconds: set the clock, "
                "or count the difference to the header Date of this answer into `iat`"
            )


def _signed(written: str) -> tuple[_Claims, bytes]:
    """What the proof says and the thumbprint of the key that signed it; raises BadProof."""
    if len(written) > LONGEST:
        raise BadProof(NO_PROOF)
    try:
        found = jws.extract_compact(written.encode("ascii"))
        header: dict[str, Any] = found.protected
        header["alg"] = algorithm = NAMES.get(header["alg"], header["alg"])  # signed are the bytes
        key = _key_of(header["jwk"], *ALGORITHMS[algorithm])
        good = header.get("typ") == TYPE
        good = good and jws.validate_compact(found, key, [algorithm])
        claims = msgspec.json.decode(found.payload, type=_Claims)
        thumbprint = urlsafe_b64decode(key.thumbprint() + "=")
    except (JoseError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadProof(NO_PROOF) from error
    if not good or not claims.jti:
        raise BadProof(NO_PROOF)
    return claims, thumbprint


def _key_of(jwk: dict[str, Any], kind: str, curve: str) -> ECKey | OKPKey:
    """The public key; raises ValueError, KeyError, TypeError and JoseError for what is none."""
    if "d" in jwk or (jwk["kty"], jwk["crv"]) != (kind, curve):
        raise ValueError("a private key, or one of another algorithm")
    public: dict[str, Any] = {name: jwk[name] for name in ("kty", "crv", "x", "y") if name in jwk}
    return ECKey.import_key(public) if kind == "EC" else OKPKey.import_key(public)


def _hash_of(token: str) -> str:
    digest = sha256(token.encode("utf-8", "surrogatepass")).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def _place(url: str) -> tuple[str, str, int | None, str] | None:
    """What names an address, without query and fragment, in one spelling; None for what is none."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    return parts.scheme, parts.hostname or "", port, parts.path
