"""The rules of passkeys."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain.accounts.passkey import (
    Ceremony,
    CeremonyOver,
    Credential,
    Label,
    Passkey,
    Purpose,
    TooManyPasskeys,
    UnfitPasskeyName,
)
from skillbridge.domain.accounts.user import User
from skillbridge.domain.authentication import PASSKEY, Authentication, Method
from skillbridge.domain.events.accounts import PasskeyAdded, PasskeyCopied
from skillbridge.domain.ids import PasskeyId, TenantId, UserId

pytestmark = pytest.mark.row("C2")
TEN = 10
LIFE = timedelta(minutes=5)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TENANT, OTHER, AMINA, BOLA = TenantId(UUID(int=1)), TenantId(UUID(int=2)), UUID(int=3), UUID(int=4)
USER = User(UserId(AMINA), TENANT, "amina@example.org", "hash")
PURPOSES = st.sampled_from(Purpose)
PEOPLE = st.sampled_from([None, UserId(AMINA), UserId(BOLA)])
BOUND = st.sampled_from(["", "one sign-in", "another"])
ASKED = st.tuples(PURPOSES, st.sampled_from([TENANT, OTHER]), PEOPLE, BOUND)


def a_passkey(sign_count: int = 0) -> Passkey:
    made = Credential(b"id", b"key", sign_count, synced=False)
    passkey, _ = Passkey.add(PasskeyId(UUID(int=5)), USER, made, Label("Mine"), [], at=NOW)
    return passkey


@given(ASKED, ASKED)
def test_a_challenge_serves_just_what_it_was_begun_for(
    begun: tuple[Purpose, TenantId, UserId | None, str],
    asked: tuple[Purpose, TenantId, UserId | None, str],
) -> None:
    purpose, tenant, whose, within = begun
    ceremony = Ceremony.begin(purpose, tenant, bytes(16), whose, within=within, at=NOW)
    (purpose, tenant, whose, within) = asked
    if begun == asked:
        ceremony.must_be(purpose, tenant, whose, within=within, at=NOW)
    else:
        with pytest.raises(CeremonyOver):
            ceremony.must_be(purpose, tenant, whose, within=within, at=NOW)


def test_a_challenge_ends_after_five_minutes() -> None:
    ceremony = Ceremony.begin(Purpose.LOG_IN, TENANT, bytes(16), at=NOW)
    last = NOW + LIFE - timedelta(microseconds=1)
    ceremony.must_be(Purpose.LOG_IN, TENANT, at=last)
    with pytest.raises(CeremonyOver):
        ceremony.must_be(Purpose.LOG_IN, TENANT, at=NOW + LIFE)


@given(st.lists(st.integers(0, 9), max_size=12))
def test_a_counter_only_goes_on_or_is_always_zero(counts: list[int]) -> None:
    passkey, newest = a_passkey(), 0
    for count in counts:
        told = passkey.answer(count, at=NOW)
        if count > newest or count == newest == 0:
            newest = count
            assert told == ()
            assert passkey.last_used_at == NOW
        else:
            assert told == (PasskeyCopied(user_id=USER.id, passkey_id=passkey.id, at=NOW),)
        assert passkey.sign_count == newest


def test_an_account_has_ten_and_the_owner_is_told_of_each() -> None:
    made = Credential(b"id", b"key", 0, synced=True)
    id_, nine = PasskeyId(UUID(int=6)), [a_passkey()] * (TEN - 1)
    new, told = Passkey.add(id_, USER, made, Label("Mine"), nine, at=NOW)
    assert told == (PasskeyAdded(user_id=USER.id, passkey_id=id_, at=NOW),)
    with pytest.raises(TooManyPasskeys):
        Passkey.add(id_, USER, made, Label("Mine"), [*nine, new], at=NOW)


@pytest.mark.parametrize("name", ["", "  ", "a" * 51, "see https://evil.example", "<b>"])
def test_names_have_bounds_and_lead_nowhere(name: str) -> None:
    with pytest.raises(UnfitPasskeyName):
        Label(name)
    assert Label("  My \t phone ").name == "My phone"
    assert Label("a" * 50).name == "a" * 50


def test_a_passkey_is_two_factors_and_a_password_is_one() -> None:
    assert Authentication(frozenset(PASSKEY), NOW).level == "aal2"
    assert Authentication(frozenset({Method.PASSWORD}), NOW).level == "aal1"
