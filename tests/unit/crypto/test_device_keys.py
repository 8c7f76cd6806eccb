"""Proofs of a device's key (RFC 9449): what is one, and what only looks like one."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey
from tests.support.given.device import PUBLIC_URL, Device, hash_of

from skillbridge.adapters.crypto.device_keys import DpopKeys
from skillbridge.application.accounts.ports.sign_ins import BadProof
from skillbridge.domain.accounts.sign_in import Proof

pytestmark = pytest.mark.row("Z10", "C1")

NOW = datetime(2026, 1, 1, tzinfo=UTC)
IAT = int(NOW.timestamp())
TOKEN = "sbr_of-this-device"
REFRESH = "/v1/auth/refresh"
KEYS = DpopKeys(PUBLIC_URL, lambda: NOW)
PHONE = Device()


def read(
    written: str, *, path: str = REFRESH, token: str = TOKEN, keys: DpopKeys = KEYS
) -> bytes | None:
    return keys.proved(Proof(written, "POST", path), token=token)


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "Ed25519"])
def test_a_proof_tells_the_thumbprint_of_the_key_that_signed_it(algorithm: str) -> None:
    device = Device(algorithm)
    assert read(device.proof(REFRESH, TOKEN, iat=IAT)) == device.thumbprint


def test_the_proof_that_the_standard_prints_is_read_as_it_says() -> None:
    """RFC 9449, figure 2: the key's thumbprint is that of figure 5."""
    written = (
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklD"
        "UkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2"
        "R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHB"
        "zOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igi"
        "MLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
    )
    keys = DpopKeys("https://server.example.com", lambda: datetime.fromtimestamp(1562262616, UTC))
    found = read(written, path="/token", token="", keys=keys)
    assert found is not None
    assert urlsafe_b64encode(found) == b"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I="


def test_without_a_proof_there_is_no_key() -> None:
    assert KEYS.proved(None, token=TOKEN) is None


def test_a_log_in_has_no_token_that_its_proof_could_name() -> None:
    assert read(PHONE.proof(iat=IAT), path="/v1/auth/login", token="") == PHONE.thumbprint


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"htm": "GET"}, "another request"),
        ({"htu": PUBLIC_URL + "/v1/auth/login"}, "another request"),
        ({"htu": "http://evil.example/v1/auth/refresh"}, "another request"),
        ({"htu": "http://[evil/v1/auth/refresh"}, "another request"),
        ({"htu": ""}, "another request"),
        ({"ath": hash_of("sbr_of-another")}, "not of this refresh token"),
        ({"ath": None}, "not of this refresh token"),
        ({"iat": IAT - 301}, "by 301 seconds"),
        ({"iat": IAT + 301}, "by 301 seconds"),
        ({"iat": -(2**62)}, "at another time"),
        ({"iat": str(IAT)}, "no DPoP proof"),
        ({"iat": None}, "no DPoP proof"),
        ({"jti": None}, "no DPoP proof"),
        ({"jti": ""}, "no DPoP proof"),
        ({"htm": None}, "no DPoP proof"),
    ],
)
def test_a_proof_of_something_else_is_refused_with_what_is_wrong(said: Any, why: str) -> None:
    with pytest.raises(BadProof, match=why):
        read(PHONE.proof(REFRESH, TOKEN, **{"iat": IAT, **said}))


@pytest.mark.parametrize("off", [timedelta(minutes=5), -timedelta(minutes=5)])
def test_a_clock_may_be_five_minutes_off(off: timedelta) -> None:
    assert read(PHONE.proof(REFRESH, TOKEN, iat=int((NOW + off).timestamp()))) == PHONE.thumbprint


@pytest.mark.parametrize(
    ("public", "htu"),
    [
        ("https://x.example", "HTTPS://X.Example:443/v1/auth/refresh?a=b#c"),
        ("https://x.example/bridge/", "https://x.example/bridge/v1/auth/refresh"),
    ],
)
def test_an_address_is_the_same_in_each_of_its_spellings(public: str, htu: str) -> None:
    keys = DpopKeys(public, lambda: NOW)
    assert read(PHONE.proof(REFRESH, TOKEN, iat=IAT, htu=htu), keys=keys) == PHONE.thumbprint


def forged() -> dict[str, str]:
    """What somebody without the phone's key may send."""
    good, other, rsa = PHONE.proof(REFRESH, TOKEN, iat=IAT), Device(), RSAKey.generate_key(2048)
    head, body, signature = good.split(".")
    shared = OctKey.generate_key(256)
    said = {
        "jti": "a",
        "htm": "POST",
        "htu": PUBLIC_URL + REFRESH,
        "iat": IAT,
        "ath": hash_of(TOKEN),
    }
    payload = json.dumps(said)
    jwk = PHONE.key.as_dict(private=False)

    def signed(header: dict[str, Any], key: Any, algorithm: str) -> str:
        written = {"typ": "dpop+jwt", "alg": algorithm, **header}
        return jws.serialize_compact(written, payload, key, [algorithm])

    def unsigned(header: dict[str, Any]) -> str:
        written = urlsafe_b64encode(json.dumps({"typ": "dpop+jwt", **header}).encode())
        return written.rstrip(b"=").decode() + f".{body}."

    p384 = ECKey.generate_key("P-384")
    return {
        "signed by another key": signed({"jwk": jwk}, other.key, "ES256"),
        "with the private key in it": signed(
            {"jwk": PHONE.key.as_dict(private=True)}, PHONE.key, "ES256"
        ),
        "of another type": signed({"typ": "JWT", "jwk": jwk}, PHONE.key, "ES256"),
        "a secret for a key": signed({"jwk": shared.as_dict()}, shared, "HS256"),
        "by RSA": signed({"jwk": rsa.as_dict(private=False)}, rsa, "RS256"),
        "on another curve": signed({"jwk": p384.as_dict(private=False)}, p384, "ES384"),
        "of a curve that is none of its algorithm's": unsigned(
            {"alg": "ES256", "jwk": p384.as_dict(private=False)}
        ),
        "without a signature": unsigned({"alg": "none", "jwk": jwk}),
        "with an empty signature": unsigned({"alg": "ES256", "jwk": jwk}),
        "without a key": signed({}, PHONE.key, "ES256"),
        "a key that is a text": unsigned({"alg": "ES256", "jwk": "key"}),
        "a key off its curve": unsigned(
            {"alg": "ES256", "jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}
        ),
        "an algorithm that is a list": unsigned({"alg": ["ES256"], "jwk": jwk}),
        "with a claim changed": f"{head}.{body[:-4]}AAAA.{signature}",
        "two of them": f"{good}, {good}",
        "a list for claims": jws.serialize_compact(
            {"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}, "[]", PHONE.key, ["ES256"]
        ),
        "longer than any": PHONE.proof(REFRESH, TOKEN, iat=IAT, more="a" * 4096),
        "letters of another script": "\u043f.\u0440.\u043e",
        "nothing": "",
    }


FORGED = forged()


@pytest.mark.parametrize("name", FORGED)
def test_what_only_looks_like_a_proof_is_none(name: str) -> None:
    with pytest.raises(BadProof, match="no DPoP proof"):
        read(FORGED[name])


@given(st.text(max_size=60), st.sampled_from([".", "..", "...", ""]))
def test_no_text_at_all_is_more_than_refused(text: str, dots: str) -> None:
    with pytest.raises(BadProof):
        read(dots.join(text))


def test_a_payload_of_brackets_alone_is_no_proof() -> None:
    jwk = {name: PHONE.key.as_dict(private=False)[name] for name in ("kty", "crv", "x", "y")}
    head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}
    with pytest.raises(BadProof):
        read(jws.serialize_compact(head, b"[" * 1000, PHONE.key))
