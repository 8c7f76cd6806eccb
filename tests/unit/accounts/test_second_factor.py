"""What a code is good for."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain.accounts.second_factor import (
    Challenge,
    ChallengeOver,
    FactorKind,
    NotByMail,
    SameMailbox,
    SecondFactor,
    SecondFactorActive,
    WrongCode,
    digest,
)
from skillbridge.domain.accounts.sign_in import KeyMissing
from skillbridge.domain.accounts.typed_code import typed
from skillbridge.domain.accounts.user import AccountDisabled, User
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import (
    Authentication,
    Method,
    StepUpNeeded,
    must_have_proved_lately,
)
from skillbridge.domain.events.accounts import (
    RecoveryCodesReplaced,
    RecoveryCodeUsed,
    SecondFactorAdded,
    SecondFactorRemoved,
)
from skillbridge.domain.ids import ProofId, TenantId, UserId

pytestmark = pytest.mark.row("C2")
NOW = datetime(2026, 11, 29, 9, 30, tzinfo=UTC)
HALF = ProofId(uuid4())
NONE = digest("nobody's")
KEY = b"k" * 32
CODES = [digest(f"{letter}" * 16) for letter in "ABCDEFGHIJ"]


def confirmed() -> SecondFactor:
    factor = SecondFactor(UserId(uuid4()), b"sealed")
    factor.confirm(100, CODES, at=NOW)
    return factor


def test_one_counts_once_a_code_of_it_was_shown() -> None:
    factor = SecondFactor(UserId(uuid4()), b"sealed")
    with pytest.raises(WrongCode):
        factor.confirm(None, CODES, at=NOW)
    (told,) = factor.confirm(100, CODES, at=NOW)
    assert factor.active
    assert told == SecondFactorAdded(user_id=factor.user_id, at=NOW)
    with pytest.raises(SecondFactorActive):
        factor.confirm(101, CODES, at=NOW)


def by_mail() -> SecondFactor:
    factor = SecondFactor.by_mail(UserId(uuid4()))
    factor.confirm_sent(FactorKind.MAIL, CODES, at=NOW)
    return factor


def test_one_by_mail_counts_once_it_was_confirmed_and_no_step_proves_it() -> None:
    factor = SecondFactor.by_mail(UserId(uuid4()))
    with pytest.raises(WrongCode):
        factor.confirm(100, CODES, at=NOW)
    (told,) = factor.confirm_sent(FactorKind.MAIL, CODES, at=NOW)
    assert told == SecondFactorAdded(user_id=factor.user_id, kind="email", at=NOW)
    with pytest.raises(SecondFactorActive):
        factor.confirm_sent(FactorKind.MAIL, CODES, at=NOW)
    with pytest.raises(WrongCode):
        factor.prove(100, NONE, at=NOW)
    with pytest.raises(NotByMail):
        SecondFactor(factor.user_id, b"sealed").confirm_sent(FactorKind.MAIL, CODES, at=NOW)


@pytest.mark.asvs("6.6.1")
@given(st.lists(st.sampled_from(("mailed", "recovered")), max_size=8), st.sampled_from(Method))
def test_a_code_is_mailed_beside_what_was_not_of_the_same_mailbox(
    moves: list[str], first: Method
) -> None:
    factor, app, last = by_mail(), confirmed(), ""
    left = list(CODES)
    for last in moves:
        if last == "mailed":
            assert factor.password_was_mailed()
            assert not app.password_was_mailed()
        else:
            factor.prove(None, left.pop(), at=NOW)
    if first is not Method.PASSWORD or last == "mailed":
        with pytest.raises(SameMailbox):
            factor.may_be_sent(FactorKind.MAIL, first)
    else:
        factor.may_be_sent(FactorKind.MAIL, first)
    with pytest.raises(NotByMail):
        app.may_be_sent(FactorKind.MAIL, first)


@pytest.mark.asvs("6.5.1")
@given(st.lists(st.one_of(st.none(), st.integers(95, 110)), max_size=20))
def test_a_step_is_accepted_once_and_none_before_one_that_was(shown: list[int | None]) -> None:
    factor, accepted = confirmed(), [100]
    for step in shown:
        try:
            assert factor.prove(step, NONE, at=NOW) == ()
        except WrongCode:
            assert step is None or step <= accepted[-1]
        else:
            assert step is not None
            accepted.append(step)
    assert accepted == sorted(set(accepted))


def test_a_recovery_code_is_good_once_and_its_owner_learns_how_many_are_left() -> None:
    factor = confirmed()
    (told,) = factor.prove(None, CODES[3], at=NOW)
    assert told == RecoveryCodeUsed(user_id=factor.user_id, left=9, at=NOW)
    with pytest.raises(WrongCode):
        factor.prove(None, CODES[3], at=NOW)


def test_a_recovery_code_uses_up_no_step() -> None:
    factor = confirmed()
    factor.prove(200, CODES[0], at=NOW)
    assert factor.prove(101, NONE, at=NOW) == ()


def test_new_recovery_codes_end_the_older_ones() -> None:
    factor = confirmed()
    (told,) = factor.replace_recovery_codes([digest("new")], at=NOW)
    assert told == RecoveryCodesReplaced(user_id=factor.user_id, at=NOW)
    with pytest.raises(WrongCode):
        factor.prove(None, CODES[0], at=NOW)
    factor.prove(None, digest("new"), at=NOW)


def test_its_owner_is_told_that_it_is_gone() -> None:
    factor = confirmed()
    gone = SecondFactorRemoved(user_id=factor.user_id, at=NOW)
    assert factor.removed(at=NOW) == (gone,)
    why = "Their phone is lost"
    taken = SecondFactorRemoved(user_id=factor.user_id, reason=why, at=NOW)
    assert factor.taken(why, at=NOW) == (taken,)


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("492039", "492039"),
        (" 492 039 ", "492039"),
        ("492-039\n", "492039"),
        ("４９２０３９", "492039"),  # noqa: RUF001  # as a phone set to Japanese types it
        ("٤٩٢٠٣٩", "492039"),
        ("abcd-efgh-ijkl-mnop", "ABCDEFGHIJKLMNOP"),
        ("²", "2"),
        ("\ud800\x00", ""),
        ("", ""),
    ],
)
def test_a_code_is_what_was_meant_however_it_was_typed(raw: str, meant: str) -> None:
    assert typed(raw) == meant


@given(st.text(max_size=64))
def test_whatever_is_typed_is_read(raw: str) -> None:
    code = typed(raw)
    assert typed(code) == code or not code.isascii()
    assert len(digest(code)) == 32


def test_digits_that_base_32_has_not_are_the_letters_that_look_like_them() -> None:
    assert digest("0185") == digest("OIB5")


def test_a_proof_is_of_two_factors_only_with_both() -> None:
    assert Authentication(frozenset({Method.PASSWORD}), NOW).level == "aal1"
    assert Authentication(frozenset({Method.PASSWORD, Method.CODE}), NOW).level == "aal2"


@pytest.mark.asvs("7.5.1")
def test_a_proof_is_fresh_for_ten_minutes() -> None:
    amina = Actor(UserId(uuid4()), TenantId(uuid4()), proved_at=NOW)
    must_have_proved_lately(amina, at=NOW + timedelta(minutes=10))
    with pytest.raises(StepUpNeeded):
        must_have_proved_lately(amina, at=NOW + timedelta(minutes=10, microseconds=1))
    with pytest.raises(StepUpNeeded):
        must_have_proved_lately(Actor(amina.user_id, amina.tenant_id), at=NOW)


def an_account() -> User:
    return User(UserId(uuid4()), TenantId(uuid4()), "a@example.org", "hash", email_verified_at=NOW)


def test_half_of_a_log_in_holds_for_five_minutes() -> None:
    amina = an_account()
    half = Challenge.of(HALF, amina, KEY, at=NOW)
    assert half.must_hold(amina, KEY, at=NOW + timedelta(minutes=5, microseconds=-1)) is amina
    with pytest.raises(ChallengeOver):
        half.must_hold(amina, KEY, at=NOW + timedelta(minutes=5))


def test_half_of_a_log_in_is_over_once_the_password_is_another_or_the_account_gone() -> None:
    amina = an_account()
    half = Challenge.of(HALF, amina, KEY, at=NOW)
    amina.password_hash = "another"
    for found in (amina, None):
        with pytest.raises(ChallengeOver):
            half.must_hold(found, KEY, at=NOW)


def test_half_of_a_log_in_is_finished_with_its_own_key() -> None:
    amina = an_account()
    for key, other in ((KEY, None), (KEY, b"o" * 32), (None, KEY)):
        half = Challenge.of(HALF, amina, key, at=NOW)
        with pytest.raises(KeyMissing):
            half.must_hold(amina, other, at=NOW)
        assert half.must_hold(amina, key, at=NOW) is amina


def test_who_is_disabled_meanwhile_finishes_no_log_in() -> None:
    amina = an_account()
    half = Challenge.of(HALF, amina, KEY, at=NOW)
    amina.disable("A test", at=NOW)
    with pytest.raises(AccountDisabled):
        half.must_hold(amina, KEY, at=NOW)
