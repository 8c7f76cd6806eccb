"""An account."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from skillbridge.domain.accounts.user import EmailNotVerified, User
from skillbridge.domain.actor import Role
from skillbridge.domain.events import RegistrationRepeated
from skillbridge.domain.ids import TenantId, UserId

pytestmark = pytest.mark.row("C1")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def user() -> User:
    return User(UserId(uuid4()), TenantId(uuid4()), "amina@example.org", "hash")


def test_an_account_is_not_changed_by_a_second_registration(user: User) -> None:
    assert user.register_again(at=NOW) == (RegistrationRepeated(user_id=user.id, at=NOW),)
    assert user.password_hash == "hash"


def test_an_unproved_account_is_told_the_way_in(user: User) -> None:
    with pytest.raises(EmailNotVerified, match="/v1/auth/verification"):
        user.may_sign_in()
    user.email_verified_at = NOW
    user.may_sign_in()


def test_a_role_is_granted_once(user: User) -> None:
    assert user.grant(Role.MENTOR)
    assert not user.grant(Role.MENTOR)
    assert user.roles == {Role.LEARNER, Role.MENTOR}
