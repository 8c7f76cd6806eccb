"""An authenticator in software, which makes and uses passkeys as devices do (Web Authentication, level 3).

Whatever it says can be said wrongly: what a hostile client would send.
"""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN, RP_ID = "http://localhost:8000", "localhost"
PRESENT, VERIFIED, ELIGIBLE, ATTESTED = 0x01, 0x04, 0x08, 0x40
Algorithm = Literal["ES256", "EdDSA", "RS256"]
JSON = dict[str, Any]


@dataclass
class Authenticator:
    """A phone with one passkey at most. `counts` says whether it has a counter."""

    algorithm: Algorithm = "ES256"
    counts: bool = True
    origin: str = ORIGIN
    rp_id: str = RP_ID
    flags: int = PRESENT | VERIFIED
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    user_handle: bytes = b""
    key: Any = None

    def create(self, options: JSON, **said: Any) -> JSON:
        """What `navigator.credentials.create()` gives, as JSON; what is named is said otherwise."""
        asked = options["public_key"]
        self.key = _new_key(self.algorithm)
        self.user_handle = decoded(asked["user"]["id"])
        public = said.get("cose", cose(self.key, self.algorithm))
        data = said.get("data", self.data(attested=public))
        whole = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        attestation = said.get("attestation", whole)
        client = self.client_data("webauthn.create", asked["challenge"], said)
        return {
            "id": encoded(self.credential_id),
            "rawId": encoded(self.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {"credProps": {"rk": True}},
            "response": {
                "clientDataJSON": encoded(client),
                "attestationObject": encoded(attestation),
                "transports": ["internal"],
            },
        }

    def get(self, options: JSON, **said: Any) -> JSON:
        """What `navigator.credentials.get()` gives, as JSON; what is named is said otherwise."""
        if self.counts and "count" not in said:
            self.count += 1
        client = self.client_data("webauthn.get", options["public_key"]["challenge"], said)
        data = said.get("data", self.data(count=said.get("count")))
        signed = said.get("signature", sign(self.key, data + sha256(client).digest()))
        handle = said.get("user_handle", self.user_handle)
        return {
            "id": encoded(self.credential_id),
            "rawId": encoded(self.credential_id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encoded(client),
                "authenticatorData": encoded(data),
                "signature": encoded(signed),
                **({} if handle is None else {"userHandle": encoded(handle)}),
            },
        }

    def client_data(self, kind: str, challenge: str, said: JSON) -> bytes:
        if "client" in said:
            raw: bytes = said["client"]
            return raw
        whole = {
            "type": said.get("type", kind),
            "challenge": said.get("challenge", challenge),
            "origin": said.get("origin", self.origin),
            "crossOrigin": said.get("cross_origin", False),
        }
        return json.dumps(whole).encode()

    def data(self, *, attested: bytes = b"", count: int | None = None) -> bytes:
        flags = self.flags | (ATTESTED if attested else 0)
        count = (self.count if self.counts else 0) if count is None else count
        head = sha256(self.rp_id.encode()).digest() + bytes([flags]) + count.to_bytes(4)
        if not attested:
            return head
        size = len(self.credential_id).to_bytes(2)
        return head + bytes(16) + size + self.credential_id + attested


def cose(key: Any, algorithm: Algorithm, **said: Any) -> bytes:
    """A public key in COSE; `alg` may be told wrongly."""
    match algorithm:
        case "ES256":
            numbers = key.public_key().public_numbers()
            made = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        case "EdDSA":
            made = {1: 1, 3: -8, -1: 6, -2: key.public_key().public_bytes_raw()}
        case "RS256":
            numbers = key.public_key().public_numbers()
            size = (numbers.n.bit_length() + 7) // 8
            made = {1: 3, 3: -257, -1: numbers.n.to_bytes(size), -2: numbers.e.to_bytes(3)}
    if "alg" in said:
        made[3] = said["alg"]
    return cbor2.dumps(made)


def sign(key: Any, data: bytes) -> bytes:
    match key:
        case ec.EllipticCurvePrivateKey():
            return key.sign(data, ec.ECDSA(SHA256()))
        case rsa.RSAPrivateKey():
            return key.sign(data, padding.PKCS1v15(), SHA256())
        case _:
            signed: bytes = key.sign(data)
            return signed


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "==")


def _new_key(algorithm: Algorithm) -> Any:
    match algorithm:
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case "EdDSA":
            return ed25519.Ed25519PrivateKey.generate()
        case "RS256":
            return rsa.generate_private_key(65537, 2048)
