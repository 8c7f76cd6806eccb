"""A mail that may be answered once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from skillbridge.domain.accounts.device import DeviceKind
from skillbridge.domain.accounts.one_time_proof import OneTimeProof, ProofOutdated, Purpose
from skillbridge.domain.accounts.user import User
from skillbridge.domain.events.accounts import (
    AddressChangeRequested,
    PasswordResetRequested,
    SignInCodeRequested,
)
from skillbridge.domain.ids import ProofId, TenantId, UserId

pytestmark = pytest.mark.row("C1")

LIFE = timedelta(minutes=30)
AT = datetime(2026, 1, 1, tzinfo=UTC)
TENANT = TenantId(uuid4())
ID = ProofId(UUID(int=7))


def user(*, disabled: bool = False) -> User:
    return User(
        UserId(uuid4()),
        TENANT,
        "amina@example.org",
        "hash",
        email_verified_at=AT,
        disabled_at=AT if disabled else None,
    )


def test_a_forgotten_password_is_proved_by_the_accounts_own_mail() -> None:
    amina = user()
    proof, events = OneTimeProof.to_reset(ID, TENANT, amina, at=AT)
    assert (proof.owner, proof.purpose) == (amina.id, Purpose.RESET_PASSWORD)
    assert events == (PasswordResetRequested(proof_id=ID, at=AT),)
    assert amina.email not in repr(events)


@pytest.mark.parametrize("whose", [None, user(disabled=True)])
def test_without_an_account_that_may_sign_in_it_is_nobodys(whose: User | None) -> None:
    proof, events = OneTimeProof.to_reset(ID, TENANT, whose, at=AT)
    assert events, "so that it costs the same"
    with pytest.raises(ProofOutdated):
        proof.must_serve(Purpose.RESET_PASSWORD, at=AT)
    with pytest.raises(ProofOutdated):
        _ = proof.owner


@pytest.mark.asvs("6.6.2")
def test_a_code_to_sign_in_serves_ten_minutes() -> None:
    amina = user()
    proof, events = OneTimeProof.to_sign_in(ID, TENANT, amina, DeviceKind.PHONE, at=AT)
    assert (proof.owner, proof.purpose) == (amina.id, Purpose.SIGN_IN)
    assert proof.expires_at == AT + timedelta(minutes=10)
    assert events == (SignInCodeRequested(proof_id=ID, device="phone", at=AT),)


NOT_CONFIRMED = User(UserId(uuid4()), TENANT, "amina@example.org", "hash")


@pytest.mark.parametrize("whose", [None, user(disabled=True), NOT_CONFIRMED])
def test_a_code_signs_nobody_in_who_may_not(whose: User | None) -> None:
    proof, events = OneTimeProof.to_sign_in(ID, TENANT, whose, DeviceKind.PHONE, at=AT)
    assert proof.user_id is None
    assert events, "so that it costs the same"


def test_another_address_is_proved_by_its_own_mail_and_the_former_one_is_known() -> None:
    amina = user()
    proof, events = OneTimeProof.to_change(ID, amina, "amina@example.net", at=AT)
    assert (proof.new_address, proof.former_email) == ("amina@example.net", amina.email)
    assert events == (AddressChangeRequested(user_id=amina.id, proof_id=ID, at=AT),)


@pytest.mark.asvs("6.4.1")
def test_it_serves_its_own_purpose_until_it_is_outdated_or_used() -> None:
    proof, _ = OneTimeProof.to_reset(ID, TENANT, user(), at=AT)
    proof.must_serve(Purpose.RESET_PASSWORD, at=AT + LIFE - timedelta(microseconds=1))
    with pytest.raises(ProofOutdated, match="ask for a new mail"):
        proof.must_serve(Purpose.RESET_PASSWORD, at=AT + LIFE)
    with pytest.raises(ProofOutdated, match="ask for the change once more"):
        proof.must_serve(Purpose.CHANGE_ADDRESS, at=AT)
    with pytest.raises(ProofOutdated):
        _ = proof.new_address
