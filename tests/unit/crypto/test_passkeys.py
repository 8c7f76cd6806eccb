"""What authenticators answer: what is believed of it, and a corpus of what must not be."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import cbor2
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st
from tests.support.given.authenticator import (
    ELIGIBLE,
    PRESENT,
    RP_ID,
    VERIFIED,
    Algorithm,
    Authenticator,
    cose,
    decoded,
    encoded,
    sign,
)

from skillbridge.adapters.crypto.ceremonies import SignedCeremonies
from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.adapters.crypto.passkeys import WebAuthnRelyingParty
from skillbridge.application.accounts.ports.passkeys import Made, Signed
from skillbridge.domain.accounts.passkey import (
    Ceremony,
    CeremonyOver,
    Credential,
    Passkey,
    PasskeyRefused,
    Purpose,
    UnfitPasskey,
)
from skillbridge.domain.accounts.user import User
from skillbridge.domain.ids import PasskeyId, TenantId, UserId
from skillbridge.entrypoints.http.passkey_shapes import (
    Assertion,
    NewCredential,
    NewPasskey,
    ToBeCreated,
    ToBeSigned,
)

pytestmark = pytest.mark.row("C2")
JSON = dict[str, Any]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TENANT, AMINA = TenantId(UUID(int=1)), UserId(UUID(int=2))
USER = User(AMINA, TENANT, "amina@example.org", "hash")
APP = "android:apk-key-hash:" + "a" * 43
ORIGINS = ("http://localhost:8000", "https://app.localhost", APP)
RING = KeyRing.of(["new", "old"], "passkey")
PARTY = WebAuthnRelyingParty(SignedCeremonies(RING), RP_ID, ORIGINS)


def ceremony(purpose: Purpose = Purpose.LOG_IN, whose: UserId | None = None) -> Ceremony:
    return Ceremony.begin(purpose, TENANT, PARTY.nonce(), whose, at=NOW)


def to_create() -> JSON:
    asked = PARTY.to_create(ceremony(Purpose.REGISTER, AMINA), USER, [])
    found: JSON = msgspec.to_builtins(ToBeCreated.of(asked))
    return found


def to_get(whose: UserId | None = None) -> JSON:
    purpose = Purpose.LOG_IN if whose is None else Purpose.STEP_UP
    found: JSON = msgspec.to_builtins(ToBeSigned.of(PARTY.to_get(ceremony(purpose, whose))))
    return found


def made(credential: JSON) -> Made:
    return NewPasskey("any", msgspec.convert(credential, NewCredential)).made


def signed(credential: JSON) -> Signed:
    return msgspec.convert(credential, Assertion).signed


def kept(device: Authenticator) -> Passkey:
    new = PARTY.created(made(device.create(to_create())))
    assert isinstance(new, Credential)
    values = (new.id, new.public_key, new.sign_count, new.synced)
    return Passkey(PasskeyId(UUID(int=3)), AMINA, *values, "My phone", NOW)


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "RS256"])
@pytest.mark.parametrize("origin", ORIGINS)
def test_what_a_device_made_and_signed_is_believed(algorithm: Algorithm, origin: str) -> None:
    device = Authenticator(algorithm, origin=origin)
    passkey = kept(device)
    assert passkey.credential_id == device.credential_id
    assert PARTY.counted(signed(device.get(to_get())), passkey) == 1
    assert PARTY.counted(signed(device.get(to_get(AMINA), user_handle=None)), passkey) == 2


def test_a_synced_passkey_is_told_from_one_of_a_single_device() -> None:
    assert kept(Authenticator(flags=PRESENT | VERIFIED | ELIGIBLE)).synced
    assert not kept(Authenticator()).synced


def test_a_device_may_attest_itself() -> None:
    device, options = Authenticator(), to_create()
    key = ec.generate_private_key(ec.SECP256R1())
    data = device.data(attested=cose(key, "ES256"))
    client = device.client_data("webauthn.create", options["public_key"]["challenge"], {})
    signature = _sign(key, data, client)
    attestation = cbor2.dumps(
        {"fmt": "packed", "attStmt": {"alg": -7, "sig": signature}, "authData": data}
    )
    credential = device.create(options, attestation=attestation)
    assert PARTY.created(made(credential)).id == device.credential_id


def test_what_was_asked_is_read_from_the_answer_and_from_nothing_else() -> None:
    device, asked = Authenticator(), ceremony(Purpose.SECOND_FACTOR, AMINA)
    kept(device)
    options: JSON = msgspec.to_builtins(ToBeSigned.of(PARTY.to_get(asked)))
    answer = signed(device.get(options))
    assert PARTY.asked(answer) == asked
    older = replace(PARTY, ceremonies=SignedCeremonies(KeyRing.of(["old"], "passkey")))
    with pytest.raises(CeremonyOver):
        older.asked(answer)
    other = replace(PARTY, ceremonies=SignedCeremonies(KeyRing.of(["new"], "challenge")))
    with pytest.raises(CeremonyOver):
        other.asked(answer)


@given(st.binary(max_size=200), st.integers(0, 120), st.integers(1, 255))
def test_a_challenge_that_we_did_not_write_is_none(noise: bytes, place: int, by: int) -> None:
    written = bytearray(PARTY.ceremonies.written(ceremony()))
    written[place % len(written)] ^= by
    for challenge in (bytes(written), noise, b""):
        with pytest.raises(CeremonyOver):
            PARTY.ceremonies.read(challenge)


def _sign(key: Any, data: bytes, client: bytes) -> bytes:
    return sign(key, data + sha256(client).digest())


HOSTILE: dict[str, dict[str, Any]] = {
    "another site": {"origin": "https://skillbridge.evil.example"},
    "our site without its port": {"origin": "http://localhost"},
    "our site as another scheme": {"origin": "https://localhost:8000"},
    "a page below ours": {"origin": "http://localhost:8000/page"},
    "another app": {"origin": "android:apk-key-hash:" + "b" * 43},
    "no origin": {"origin": None},
    "an origin that is a list": {"origin": list(ORIGINS)},
    "a page within a page": {"cross_origin": True},
    "client data that is a list": {"client": b"[]"},
    "client data cut short": {"client": b'{"type": "webauthn.get"'},
    "client data of deep brackets": {"client": b"[" * 3000},
    "client data that is no UTF-8": {"client": b"\xff\xfe{}"},
    "client data without anything": {"client": b""},
    "a challenge that is a number": {"challenge": 5},
    "a challenge that is nobody's": {"challenge": encoded(os.urandom(121))},
}
"""What both ceremonies refuse."""


@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE)
def test_hostile_client_data_proves_nothing_and_registers_nothing(said: JSON) -> None:
    device = Authenticator()
    passkey = kept(device)
    with pytest.raises((PasskeyRefused, CeremonyOver)):
        PARTY.counted(signed(device.get(to_get(), **said)), passkey)
    with pytest.raises((UnfitPasskey, CeremonyOver)):
        PARTY.created(made(Authenticator().create(to_create(), **said)))


Change = Callable[[Authenticator], JSON]
ASSERTIONS: dict[str, Change] = {
    "a registration's type": lambda _: {"type": "webauthn.create"},
    "another type": lambda _: {"type": "payment.get"},
    "another site's hash": lambda it: {"data": replace(it, rp_id="evil.example").data()},
    "nobody there": lambda it: {"data": replace(it, flags=VERIFIED).data()},
    "nobody verified": lambda it: {"data": replace(it, flags=PRESENT).data()},
    "data cut short": lambda it: {"data": it.data()[:36]},
    "no data": lambda _: {"data": b"\0"},
    "bytes behind the data": lambda it: {"data": it.data() + b"more"},
    "extensions that are no CBOR": lambda it: {
        "data": replace(it, flags=it.flags | 0x80).data() + b"\xff"
    },
    "extensions of deep brackets": lambda it: {
        "data": replace(it, flags=it.flags | 0x80).data() + b"\x81" * 2900
    },
    "backed up, and of one device": lambda it: {"data": replace(it, flags=it.flags | 0x10).data()},
    "no signature": lambda _: {"signature": b"\0"},
    "a signature of another": lambda it: {
        "signature": _sign(ec.generate_private_key(ec.SECP256R1()), it.data(), b"{}")
    },
    "another's handle": lambda _: {"user_handle": bytes(16)},
    "no handle, where nobody was named": lambda _: {"user_handle": None},
}


@pytest.mark.parametrize("change", ASSERTIONS.values(), ids=ASSERTIONS)
def test_a_hostile_assertion_proves_nothing(change: Change) -> None:
    device = Authenticator()
    passkey = kept(device)
    with pytest.raises(PasskeyRefused):
        PARTY.counted(signed(device.get(to_get(), **change(device))), passkey)


def test_bytes_are_base64url_and_nothing_else() -> None:
    device = Authenticator()
    passkey = kept(device)
    answer = signed(device.get(to_get()))
    for wrong in ("=", "a b", "é", "a+b/", "A"):
        for name in ("authenticator_data", "signature", "user_handle", "credential_id"):
            with pytest.raises(PasskeyRefused):
                PARTY.counted(replace(answer, **{name: wrong}), passkey)
        with pytest.raises(CeremonyOver):
            PARTY.asked(replace(answer, client_data=wrong))


@pytest.mark.parametrize("id_", ["", "A", encoded(bytes(1024)), "é"])
def test_no_credential_has_such_an_id(id_: str) -> None:
    device = Authenticator()
    kept(device)
    with pytest.raises(PasskeyRefused):
        PARTY.credential_of(replace(signed(device.get(to_get())), credential_id=id_))


def of(algorithm: Algorithm, key: Any, **said: Any) -> bytes:
    return cose(key, algorithm, **said)


P256, P384 = (ec.generate_private_key(curve()) for curve in (ec.SECP256R1, ec.SECP384R1))
ED25519, RSA = ed25519.Ed25519PrivateKey.generate(), rsa.generate_private_key(65537, 2048)
SMALL_RSA = rsa.generate_private_key(65537, 1024)
KEYS: dict[str, bytes] = {
    "a key of P-256 that says Ed25519": of("ES256", P256, alg=-8),
    "a key of P-256 that says RS256": of("ES256", P256, alg=-257),
    "a key of Ed25519 that says ES256": of("EdDSA", ED25519, alg=-7),
    "a key of RSA that says ES256": of("RS256", RSA, alg=-7),
    "a key of RSA that says RS1": of("RS256", RSA, alg=-65535),
    "a key of RSA of 1024 bits": of("RS256", SMALL_RSA),
    "HMAC": cbor2.dumps({1: 4, 3: 5, -1: b"shared"}),
    "no algorithm": cbor2.dumps({1: 2, -1: 1, -2: bytes(32), -3: bytes(32)}),
    "an algorithm that is a text": cbor2.dumps({1: 2, 3: "ES256", -1: 1, -2: b"", -3: b""}),
    "a curve for ES256 that is P-384": cbor2.dumps(
        {
            1: 2,
            3: -7,
            -1: 2,
            -2: P384.public_key().public_numbers().x.to_bytes(48),
            -3: P384.public_key().public_numbers().y.to_bytes(48),
        }
    ),
    "a point that is none": cbor2.dumps({1: 2, 3: -7, -1: 1, -2: b"\1" * 32, -3: b"\1" * 32}),
    "no key": cbor2.dumps(4),
    "a list": cbor2.dumps([1, 2]),
    "a key of U2F without its point": b"\x04",
    "a name twice": b"\xa2\x03\x26\x03\x27",
}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_key_that_is_not_of_its_algorithm_is_not_kept(key: bytes) -> None:
    with pytest.raises(UnfitPasskey):
        PARTY.created(made(Authenticator().create(to_create(), cose=key)))


def attested(it: Authenticator, **said: Any) -> bytes:
    data = it.data(attested=cose(P256, "ES256"))
    return cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data, **said})


CREATIONS: dict[str, Change] = {
    "a log-in's type": lambda _: {"type": "webauthn.get"},
    "another site's hash": lambda it: {
        "data": replace(it, rp_id="evil.example").data(attested=cose(P256, "ES256"))
    },
    "nobody there": lambda it: {
        "data": replace(it, flags=VERIFIED).data(attested=cose(P256, "ES256"))
    },
    "nobody verified": lambda it: {
        "data": replace(it, flags=PRESENT).data(attested=cose(P256, "ES256"))
    },
    "no credential": lambda it: {"data": it.data()},
    "another credential than it says": lambda it: {
        "data": replace(it, credential_id=b"another").data(attested=cose(P256, "ES256"))
    },
    "a credential without an id": lambda it: {
        "data": replace(it, credential_id=b"").data(attested=cose(P256, "ES256"))
    },
    "a statement where none is": lambda it: {"attestation": attested(it, attStmt={"sig": b"x"})},
    "a statement that is a number": lambda it: {"attestation": attested(it, attStmt=1)},
    "self-attested by another": lambda it: {
        "attestation": attested(it, fmt="packed", attStmt={"alg": -7, "sig": b"x"})
    },
    "attested by certificates": lambda it: {
        "attestation": attested(it, fmt="packed", attStmt={"alg": -7, "sig": b"x", "x5c": [b"x"]})
    },
    "attested by a TPM": lambda it: {"attestation": attested(it, fmt="tpm")},
    "attested by nobody knows what": lambda it: {"attestation": attested(it, fmt=7)},
    "no data of it": lambda _: {"attestation": cbor2.dumps({"fmt": "none", "attStmt": {}})},
    "data that is a text": lambda it: {"attestation": attested(it, authData="text")},
    "no CBOR": lambda _: {"attestation": b"\xff"},
    "deep brackets": lambda _: {"attestation": b"\x81" * 12_000},
    "a length of four billions": lambda _: {"attestation": b"\x9a\xff\xff\xff\xff"},
    "a regular expression": lambda _: {"attestation": b"\xd8\x23\x79\x10\x00" + b"(" * 4096},
    "a number of many digits": lambda _: {"attestation": b"\xc2\x59\x2e\xe0" + b"\xff" * 12_000},
}


@pytest.mark.parametrize("change", CREATIONS.values(), ids=CREATIONS)
def test_a_hostile_registration_is_not_kept(change: Change) -> None:
    device = Authenticator()
    with pytest.raises(UnfitPasskey):
        PARTY.created(made(device.create(to_create(), **change(device))))


@given(st.data())
def test_whatever_is_cut_or_turned_is_refused_and_breaks_nothing(data: st.DataObject) -> None:
    device = Authenticator()
    whole = attested(device)
    end = data.draw(st.integers(0, len(whole) - 1))
    turned = bytearray(whole)
    turned[end] ^= data.draw(st.integers(1, 255))
    with pytest.raises(UnfitPasskey):
        PARTY.created(made(device.create(to_create(), attestation=whole[:end])))
    with suppress(UnfitPasskey):  # a bit of a counter, or of the maker, may be another
        PARTY.created(made(device.create(to_create(), attestation=bytes(turned))))


@given(st.binary(max_size=120), st.binary(max_size=120))
def test_noise_is_refused(one: bytes, other: bytes) -> None:
    device = Authenticator()
    passkey = kept(device)
    answer = signed(device.get(to_get(), data=one, signature=other))
    with pytest.raises(PasskeyRefused):
        PARTY.counted(answer, passkey)


def test_a_challenge_names_who_is_meant_and_no_address() -> None:
    challenge = to_get(AMINA)["public_key"]["challenge"]
    assert AMINA.bytes in decoded(challenge)
    handle = to_create()["public_key"]["user"]["id"]
    assert decoded(handle) == AMINA.bytes
    assert len({json.dumps(to_get()) for _ in range(5)}) == 5
    assert ceremony().expires_at == NOW + timedelta(minutes=5)
