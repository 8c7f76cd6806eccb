"""An account."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from skillbridge.domain.accounts.user import (
    AccountDisabled,
    EmailNotVerified,
    RoleStays,
    UnfitReason,
    User,
)
from skillbridge.domain.actor import Role
from skillbridge.domain.events.accounts import (
    AccountEnabled,
    MentoringBarred,
    RegistrationRepeated,
    RoleGranted,
    RoleRevoked,
)
from skillbridge.domain.ids import TenantId, UserId

pytestmark = pytest.mark.row("C1")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
WHY = "Was asked to"


@pytest.fixture
def user() -> User:
    return User(UserId(uuid4()), TenantId(uuid4()), "amina@example.org", "hash")


def test_an_account_is_not_changed_by_a_second_registration(user: User) -> None:
    assert user.register_again(mailed=False, at=NOW) == (
        RegistrationRepeated(user_id=user.id, mailed=False, at=NOW),
    )
    assert user.password_hash == "hash"


def test_an_unproved_account_is_told_the_way_in(user: User) -> None:
    with pytest.raises(EmailNotVerified, match="/v1/auth/verification"):
        user.may_sign_in()
    user.email_verified_at = NOW
    user.may_sign_in()


@pytest.mark.row("C2")
def test_ten_devices_are_known_until_there_is_another_password(user: User) -> None:
    assert [user.remember(name) for name in "abcdefghijaajk"] == [True] * 11 + [False, True, True]
    assert "".join(user.devices) == "cdefghi" + "ajk"
    user.change_password("another", at=NOW)
    assert user.devices == ()


def test_a_role_is_granted_once(user: User) -> None:
    told = RoleGranted(user_id=user.id, role="mentor", reason="Teaches well", at=NOW)
    assert user.grant(Role.MENTOR, " Teaches  well ", at=NOW) == (told,)
    assert user.grant(Role.MENTOR, "Teaches well", at=NOW) == ()
    assert user.roles == {Role.LEARNER, Role.MENTOR}


def test_a_role_is_revoked_and_who_mentored_is_barred(user: User) -> None:
    user.roles = frozenset(Role)

    def taken(role: str) -> RoleRevoked:
        return RoleRevoked(user_id=user.id, role=role, reason=WHY, at=NOW)

    barred = MentoringBarred(user_id=user.id, at=NOW)
    assert user.revoke(Role.MODERATOR, WHY, at=NOW) == (taken("moderator"),)
    assert user.revoke(Role.MENTOR, WHY, at=NOW) == (taken("mentor"), barred)
    assert user.revoke(Role.MENTOR, WHY, at=NOW) == ()
    assert user.roles == {Role.LEARNER, Role.ADMIN}


def test_everybody_stays_a_learner(user: User) -> None:
    with pytest.raises(RoleStays, match="disable the account"):
        user.revoke(Role.LEARNER, WHY, at=NOW)


@pytest.mark.parametrize("why", ["", "  a ", "x" * 201, "two\x00"])
def test_a_role_is_given_and_taken_for_a_reason(user: User, why: str) -> None:
    user.roles = frozenset({Role.LEARNER, Role.MENTOR})
    with pytest.raises(UnfitReason):
        user.grant(Role.ADMIN, why, at=NOW)
    with pytest.raises(UnfitReason):
        user.revoke(Role.MENTOR, why, at=NOW)
    assert user.roles == {Role.LEARNER, Role.MENTOR}


def test_a_disabled_account_lets_nobody_in_until_it_is_enabled(user: User) -> None:
    user.email_verified_at = NOW
    assert user.disable(WHY, at=NOW) == (MentoringBarred(user_id=user.id, reason=WHY, at=NOW),)
    assert user.disable(WHY, at=NOW) == ()
    with pytest.raises(AccountDisabled):
        user.may_sign_in()
    assert user.enable(WHY, at=NOW) == (AccountEnabled(user_id=user.id, reason=WHY, at=NOW),)
    assert user.enable(WHY, at=NOW) == ()
    user.may_sign_in()
