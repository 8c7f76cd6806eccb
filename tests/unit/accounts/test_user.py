"""An account and the proof of its address."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from skillbridge.domain.accounts.user import EmailNotVerified, LinkOutdated, User
from skillbridge.domain.actor import Role
from skillbridge.domain.events import EmailVerified, RegistrationRepeated, VerificationRequested
from skillbridge.domain.ids import TenantId, UserId

pytestmark = pytest.mark.row("C1")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def user() -> User:
    return User(UserId(uuid4()), TenantId(uuid4()), "amina@example.org", "hash")


def test_the_link_of_the_mail_proves_the_address_once(user: User) -> None:
    link = user.registration
    assert user.verify_email(link, at=NOW) == (EmailVerified(user_id=user.id, at=NOW),)
    assert user.verified
    user.password_hash = "rehashed"
    assert user.verify_email(link, at=NOW) == ()


def test_who_registers_a_strangers_address_first_does_not_keep_the_password(user: User) -> None:
    strangers_link = user.registration
    events = user.register_again("the owner's hash", at=NOW)
    assert events == (VerificationRequested(user_id=user.id, at=NOW),)
    with pytest.raises(LinkOutdated, match="newest mail"):
        user.verify_email(strangers_link, at=NOW)
    assert not user.verified
    user.verify_email(user.registration, at=NOW)
    assert user.password_hash == "the owner's hash"


def test_a_proved_account_is_not_changed_by_a_second_registration(user: User) -> None:
    user.verify_email(user.registration, at=NOW)
    assert user.register_again("other", at=NOW) == (RegistrationRepeated(user_id=user.id, at=NOW),)
    assert user.password_hash == "hash"


def test_only_an_unproved_address_gets_another_link(user: User) -> None:
    assert user.ask_verification(at=NOW) == (VerificationRequested(user_id=user.id, at=NOW),)
    user.verify_email(user.registration, at=NOW)
    assert user.ask_verification(at=NOW) == ()


def test_an_unproved_account_is_told_the_way_in(user: User) -> None:
    with pytest.raises(EmailNotVerified, match="/v1/auth/verification"):
        user.may_sign_in()
    user.verify_email(user.registration, at=NOW)
    user.may_sign_in()


def test_a_role_is_granted_once(user: User) -> None:
    assert user.grant(Role.MENTOR)
    assert not user.grant(Role.MENTOR)
    assert user.roles == {Role.LEARNER, Role.MENTOR}
