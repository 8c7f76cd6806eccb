"""Access tokens as somebody forges them who knows how ours are made, and none of our secrets.

Those that hold a fault in what they say are signed with the true key all the same, so that the fault
alone is what they are refused for. Nothing here is made by the code that verifies.
"""

import hmac
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

L = 2**252 + 27742317777372353535851937790883648493
"""The order of the group (RFC 8032): a signature's second half is smaller."""
IDENTITY = b"\x01" + bytes(31)
ZERO = bytes(32)
SMALL_ORDER = (
    IDENTITY,
    ZERO,
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
)
"""Points that a multiple of 8 makes nothing of: with one as a key, some signatures fit everything."""
ANSWER = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ"


def part(content: bytes | Mapping[str, Any]) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def seed(secret: str, purpose: str = "access/ed25519") -> bytes:
    return hmac.digest(secret.encode(), f"skillbridge/{purpose}".encode(), "sha256")


@dataclass(frozen=True)
class Forger:
    """Whoever makes tokens of an installation's secret, with what they should say of a sign-in."""

    secret: str
    issuer: str
    now: datetime
    who: Mapping[str, Any]
    """`sub`, `tid`, `sid` and `roles` of somebody who is signed in."""

    @property
    def key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(seed(self.secret))

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    @property
    def point(self) -> str:
        return part(self.public)

    @property
    def header(self) -> dict[str, Any]:
        key_id = sha256(b"id/" + seed(self.secret)).hexdigest()[:12]
        return {"typ": "at+jwt", "alg": "EdDSA", "kid": key_id}

    @property
    def claims(self) -> dict[str, Any]:
        at = int(self.now.timestamp())
        here = {"iss": self.issuer, "aud": "skillbridge-api", "jti": str(uuid4())}
        return {**here, **self.who, "iat": at, "exp": at + 600}

    def token(
        self,
        claims: bytes | Mapping[str, Any] | None = None,
        header: bytes | Mapping[str, Any] | None = None,
        key: Ed25519PrivateKey | None = None,
    ) -> str:
        """Signed with the true key, unless another is given; with what is given in place of what is right."""
        said = self.compact(header) + "." + part(self.claims if claims is None else claims)
        return f"{said}.{part((key or self.key).sign(said.encode()))}"

    def compact(self, header: bytes | Mapping[str, Any] | None = None) -> str:
        """As the library writes it, so that a token is right but for what is wrong with it."""
        if isinstance(header, bytes):
            return part(header)
        return part(json.dumps(header or self.header, separators=(",", ":")).encode())

    def saying(self, **claims: Any) -> str:
        """With these claims in place of the right ones; None leaves one out."""
        said = {**self.claims, **claims}
        return self.token({name: it for name, it in said.items() if it is not None})

    def headed(self, **header: Any) -> str:
        said = {**self.header, **header}
        return self.token(header={name: it for name, it in said.items() if it is not None})

    def attacks(self) -> dict[str, str]:
        made = (self._unsigned, self._symmetric, self._headers, self._forms, self._curves)
        told = (self._claims, self._times, self._others)
        return {name: token for each in (*made, *told) for name, token in each()}

    def _unsigned(self) -> Iterator[tuple[str, str]]:
        for name in ("none", "None", "nOnE", "NONE", "", "HS256"):
            said = f"{self.compact({**self.header, 'alg': name})}.{part(self.claims)}"
            yield f"alg {name!r}, no signature", f"{said}."
            yield f"alg {name!r}, a true signature", self.headed(alg=name)
        right = self.token().rpartition(".")[0]
        yield "a right header, no signature", f"{right}."
        yield "a right header, a signature of zeros", f"{right}.{part(bytes(64))}"

    def _symmetric(self) -> Iterator[tuple[str, str]]:
        """The public key taken for a secret."""
        public = self.key.public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        jwk = json.dumps({"kty": "OKP", "crv": "Ed25519", "x": self.point}).encode()
        secrets = {"raw": self.public, "PEM": pem, "stripped PEM": pem.strip(), "JWK": jwk}
        secrets |= {"base64url": self.point.encode(), "nothing": b""}
        for name, secret in secrets.items():
            for alg in ("HS256", "HS512"):
                said = f"{self.compact({**self.header, 'alg': alg})}.{part(self.claims)}"
                mac = hmac.digest(secret, said.encode(), alg.replace("HS", "sha"))
                yield f"{alg} with the public key, {name}", f"{said}.{part(mac)}"
        said = self.token().rpartition(".")[0]
        mac = hmac.digest(self.public, said.encode(), "sha512")
        yield "a right header, signed with HS512", f"{said}.{part(mac)}"

    def _headers(self) -> Iterator[tuple[str, str]]:
        """What a header would have its reader do, signed by the key that it brings, or by the true one."""
        own = Ed25519PrivateKey.generate()
        x = part(own.public_key().public_bytes_raw())
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": "mine"}
        brought: dict[str, dict[str, Any]] = {
            "jwk": {"jwk": jwk},
            "jku": {"jku": "https://evil.example/jwks.json", "kid": "mine"},
            "x5u": {"x5u": "https://evil.example/cert.pem"},
            "x5c": {"x5c": [b64encode(b"certificate").decode()]},
        }
        for name, more in brought.items():
            header = {**self.header, **more}
            yield f"{name} of one's own", self.token(header=header, key=own)
            yield f"{name} beside the true key", self.token(header=header)
        kids: dict[str, Any] = {
            "a path": "../../../../dev/null", "SQL": "x' UNION SELECT 'secret'--", "long": "k" * 3000,
            "a number": 7, "a list": [self.header["kid"]], "null bytes": "\x00", "a table": {"$ne": ""},
            "another": "0" * 12, "a URL": "http://169.254.169.254/", "true": True,
        }  # fmt: skip
        for name, kid in kids.items():
            yield f"kid, {name}", self.headed(kid=kid)
        odd: dict[str, dict[str, Any]] = {
            "no kid": {"kid": None}, "no alg": {"alg": None}, "no typ": {"typ": None},
            "typ JWT": {"typ": "JWT"}, "typ of an ID token": {"typ": "id+jwt"},
            "typ of a media type": {"typ": "application/at+jwt"}, "typ a list": {"typ": ["at+jwt"]},
            "alg a list": {"alg": ["EdDSA"]}, "alg of one curve": {"alg": "Ed25519"},
            "alg ES256": {"alg": "ES256"}, "alg Ed448": {"alg": "Ed448"},
            "crit of nothing": {"crit": []}, "crit unknown": {"crit": ["exp"], "exp": 1},
            "b64 false": {"b64": False, "crit": ["b64"]}, "b64 without crit": {"b64": False},
            "zip": {"zip": "DEF"}, "cty, nested": {"cty": "JWT"},
        }  # fmt: skip
        for name, changed in odd.items():
            yield name, self.headed(**changed)
        twice = json.dumps(self.header).encode()
        yield "alg twice", self.token(header=twice[:-1] + b', "alg": "EdDSA"}')
        yield "a header with a blank", self.token(header=json.dumps(self.header).encode())
        yield "a header that is a list", self.token(header=b"[]")
        yield "a header that is no JSON", self.token(header=b"{")
        yield "a header that is no UTF-8", self.token(header=b"\xff\xfe")

    def _forms(self) -> Iterator[tuple[str, str]]:
        """The parts of a good token, put together otherwise."""
        good = self.token()
        head, body, signature = good.split(".")
        yield from {
            "nothing": "", "dots": "..", "one part": head, "two parts": f"{head}.{body}",
            "four parts": f"{good}.{signature}", "five parts, as JWE": f"{ANSWER}.{good}.{body}",
            "a dot behind": f"{good}.", "a dot in front": f".{good}",
            "no header": f".{body}.{signature}", "no payload": f"{head}..{signature}",
            "padded": f"{good}==", "each part padded": f"{head}=.{body}=.{signature}=",
            "plain base64": f"{head}.{body}.{'+' * 86}",
            "a blank behind": f"{good} ", "a line behind": f"{good}\n", "a tab in front": f"\t{good}",
            "a blank inside": f"{head}. {body}.{signature}", "a line inside": f"{head}.{body}.\n{signature}",
            "a sign that nobody sees": f"{good}\u200b", "wide signs": good.replace("e", "\uff45"),
            "half of a surrogate": f"{good}\ud800", "a null byte": f"{good}\x00",
            "a longer signature": f"{good}AA", "a shorter signature": good[:-2],
            "5 kB": f"{head}.{body}{'A' * 5000}.{signature}", "5 kB, signed": self.saying(more="x" * 5000),
            "Bearer twice": f"Bearer {good}", "two tokens": f"{good},{good}",
            "in JSON": json.dumps({"payload": body, "protected": head, "signature": signature}),
            "other bits of the last letter": good[:-1] + _next_letter(good[-1]),
            "nested": self.token(good.encode()), "detached": f"{head}..{signature}",
        }.items()  # fmt: skip

    def _curves(self) -> Iterator[tuple[str, str]]:
        """Signatures that a careless verifier takes."""
        said, _, signature = self.token().rpartition(".")
        raw = self.key.sign(said.encode())
        r, s = raw[:32], int.from_bytes(raw[32:], "little")
        for name, scalar in {"S + L": s + L, "S + 2 L": s + 2 * L, "S of ones": 2**256 - 1}.items():
            yield name, f"{said}.{part(r + scalar.to_bytes(32, 'little'))}"
        yield "S negated", f"{said}.{part(r + (L - s).to_bytes(32, 'little'))}"
        for place, point in enumerate(SMALL_ORDER):
            yield f"R of small order {place}, S zero", f"{said}.{part(point + ZERO)}"
            yield f"R of small order {place}, S as it was", f"{said}.{part(point + raw[32:])}"
        yield "halves exchanged", f"{said}.{part(raw[32:] + r)}"
        yield "in DER", f"{said}.{part(bytes([0x30, 66, 4, 64]) + raw)}"
        admin = part({**self.claims, "roles": ["admin"]})
        yield "roles raised, signature kept", f"{said.partition('.')[0]}.{admin}.{signature}"
        other = part({**self.claims, "tid": str(uuid4())})
        yield "tenant changed, signature kept", f"{said.partition('.')[0]}.{other}.{signature}"

    def _claims(self) -> Iterator[tuple[str, str]]:
        for name in ("iss", "aud", "sub", "tid", "sid", "roles", "iat", "exp"):
            yield f"no {name}", self.saying(**{name: None})
        wrong: dict[str, tuple[Any, ...]] = {
            "iss": ("https://evil.example", f"{self.issuer}/", [self.issuer], "", 1),
            "aud": ("another-api", ["skillbridge-api"], ["skillbridge-api", "x"], "", "*"),
            "sub": ("1", "", 1, ["x"], "' OR 1=1 --", {"id": 1}, "\u0000"),
            "tid": ("default", "", 0, "*"),
            "sid": ("x", "", False),
            "roles": ("admin", ["emperor"], [1], {"admin": True}, ["Admin"], [["admin"]]),
        }
        for name, values in wrong.items():
            for value in values:
                yield f"{name} {value!r}", self.saying(**{name: value})
        whole = json.dumps(self.claims)
        yield "sub twice", self.token(f'{whole[:-1]}, "sub": "{uuid4()}"}}'.encode())
        yield "roles twice", self.token(f'{{"roles": ["admin"], {whole[1:]}'.encode())
        for name, raw in {
            "a list": b"[]", "null": b"null", "a text": b'"x"', "no JSON": b"{", "no UTF-8": b'{"iss":"\xff"}',
            "empty": b"", "deep": b"[" * 2500, "two values": b"{} {}",
        }.items():  # fmt: skip
            yield f"a payload that is {name}", self.token(raw)

    def _times(self) -> Iterator[tuple[str, str]]:
        now = int(self.now.timestamp())
        yield "ended", self.saying(iat=now - 700, exp=now - 100)
        yield "ends this second", self.saying(iat=now - 600, exp=now)
        yield "for a year", self.saying(exp=now + 365 * 86_400)
        yield "begins tomorrow", self.saying(nbf=now + 86_400)
        yield "issued tomorrow", self.saying(iat=now + 86_400, exp=now + 86_400 + 600)
        odd: tuple[Any, ...] = (
            2**62,
            2**100,
            -1,
            -(2**70),
            1e400,
            1e18,
            "never",
            str(now),
            [now],
            {},
            True,
        )
        for value in odd:
            yield f"exp {value!r}", self.saying(exp=value)
        for value in (2**62, 1e400, "now", [now], {"at": now}, now + 0.5):
            yield f"iat {value!r}", self.saying(iat=value)
            yield f"nbf {value!r}", self.saying(nbf=value)
        yield "exp NaN", self.saying(exp=float("nan"))
        yield "iat NaN", self.saying(iat=float("nan"))
        yield "iat of no date", self.saying(iat=-(2**60))

    def _others(self) -> Iterator[tuple[str, str]]:
        """Tokens that are right elsewhere, and other things of this installation."""
        elsewhere = Forger("another secret of another server", self.issuer, self.now, self.who)
        yield "of another installation", elsewhere.token()
        yield "of another installation, our kid", elsewhere.token(header=self.header)
        for purpose in ("access", "refresh", "verify", "device"):
            own = Ed25519PrivateKey.from_private_bytes(seed(self.secret, purpose))
            yield f"the key for {purpose}", self.token(key=own)
        raw = Ed25519PrivateKey.from_private_bytes(sha256(self.secret.encode()).digest())
        yield "the hash of the secret", self.token(key=raw)
        yield "a refresh token", f"sbr_{part(bytes(48))}"
        yield "a device", f"sbd_{part(bytes(48))}"
        old = {
            "typ": "at+jwt",
            "alg": "HS256",
            "kid": sha256(b"id/" + seed(self.secret, "access")).hexdigest()[:12],
        }
        said = f"{self.compact(old)}.{part(self.claims)}"
        mac = hmac.digest(seed(self.secret, "access"), said.encode(), "sha256")
        yield "of before the keys were public", f"{said}.{part(mac)}"


def _next_letter(letter: str) -> str:
    """One that stands for the same first two bits."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(letter) ^ 1]
