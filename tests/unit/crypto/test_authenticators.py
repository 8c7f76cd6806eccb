"""Codes of authenticator apps, as the RFC's own examples say."""

from base64 import b32decode, b32encode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from pyotp import TOTP

from skillbridge.adapters.crypto.authenticators import TotpAuthenticators
from skillbridge.adapters.crypto.field_encryption import AesGcmFields
from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.adapters.crypto.sealing import Sealer
from skillbridge.application.sealed_columns import TOTP_SECRET
from skillbridge.domain.accounts.second_factor import SecondFactor
from skillbridge.domain.ids import UserId

pytestmark = pytest.mark.row("C2")


def with_secrets(*secrets: str) -> TotpAuthenticators:
    seal, index = KeyRing.of(secrets, "seal"), KeyRing.of(secrets, "blind-index")
    return TotpAuthenticators(AesGcmFields(Sealer(seal), index))


OURS = with_secrets("new")
NOW = datetime(2026, 11, 29, 9, 30, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30


def sharing(secret: bytes) -> SecondFactor:
    """One whose secret is known: sealed as a new one would be."""
    user_id = UserId(uuid4())
    return SecondFactor(user_id, OURS.encryption.seal(secret, TOTP_SECRET, user_id))


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_examples_of_rfc_6238_appendix_b(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert OURS.step_of(sharing(b"12345678901234567890"), code, at=at) == seconds // 30


@pytest.mark.asvs("6.5.5")
@pytest.mark.parametrize("away", [-2, -1, 0, 1, 2])
def test_a_clock_may_be_one_step_wrong(away: int) -> None:
    secret = OURS.new_secret(user_id := UserId(uuid4()))
    code = TOTP(secret.shown).generate_otp(STEP + away)
    found = OURS.step_of(SecondFactor(user_id, secret.sealed), code, at=NOW)
    assert found == (STEP + away if abs(away) <= 1 else None)


@pytest.mark.parametrize(
    "code", ["", "0", "28708", "2870822", "ABCDEF", "😀" * 6, "\ud800", "0" * 64]
)
def test_what_is_no_code_stands_for_no_step(code: str) -> None:
    at = datetime.fromtimestamp(59, UTC)
    assert OURS.step_of(sharing(b"12345678901234567890"), code, at=at) is None


@pytest.mark.asvs("6.5.3", "11.3.3")
def test_a_secret_is_random_and_opens_for_its_own_account_alone() -> None:
    user_id, other = UserId(uuid4()), UserId(uuid4())
    first, second = OURS.new_secret(user_id), OURS.new_secret(user_id)
    assert first.shown != second.shown
    assert len(b32decode(first.shown)) == 20
    assert first.shown.encode() not in first.sealed
    code = TOTP(first.shown).generate_otp(STEP)
    assert OURS.step_of(SecondFactor(user_id, first.sealed), code, at=NOW) == STEP
    assert OURS.step_of(SecondFactor(other, first.sealed), code, at=NOW) is None


def test_an_app_reads_the_uri() -> None:
    secret = b32encode(b"12345678901234567890").decode()
    uri = urlsplit(OURS.uri(secret, "amina+me@example.org"))
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert uri.path == "/SkillBridge:amina%2Bme%40example.org"
    assert parse_qs(uri.query) == {"secret": [secret], "issuer": ["SkillBridge"]}


def test_a_secret_moves_to_the_newest_key_and_outlives_the_older_one() -> None:
    old, both, new = with_secrets("a"), with_secrets("b", "a"), with_secrets("b")
    secret = old.new_secret(user_id := UserId(uuid4()))
    factor = SecondFactor(user_id, secret.sealed)
    code, at = TOTP(secret.shown).generate_otp(STEP), NOW + timedelta(seconds=1)
    assert new.step_of(factor, code, at=at) is None
    assert new.sealed_anew(factor) == factor.sealed_secret
    factor.sealed_secret = both.sealed_anew(factor)
    assert both.sealed_anew(factor) == factor.sealed_secret
    assert new.step_of(factor, code, at=at) == STEP


@pytest.mark.asvs("6.5.2", "6.5.3")
def test_ten_recovery_codes_of_eighty_bits() -> None:
    codes = OURS.recovery_codes()
    assert len(set(codes)) == 10
    assert {len(b32decode(code)) for code in codes} == {10}
