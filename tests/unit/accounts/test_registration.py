"""A registration that waits, and the account that it becomes."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from skillbridge.domain.accounts.registration import LinkOutdated, Registration
from skillbridge.domain.events.accounts import (
    EmailVerified,
    RegistrationStarted,
    VerificationRequested,
)
from skillbridge.domain.ids import RegistrationId, TenantId, UserId

LIFE = timedelta(days=1)

pytestmark = pytest.mark.row("C1")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def waiting() -> Registration:
    id_ = RegistrationId(uuid4())
    made, events = Registration.start(
        id_, TenantId(uuid4()), "amina@example.org", "hash", "Amina", mailed=False, at=NOW
    )
    assert events == (RegistrationStarted(registration_id=id_, mailed=False, at=NOW),)
    return made


def test_all_of_it_becomes_the_account(waiting: Registration) -> None:
    user, profile, events = waiting.confirm(at=NOW + SECOND)
    assert (user.email, user.password_hash) == ("amina@example.org", "hash")
    assert (user.id, user.tenant_id) == (UserId(waiting.id), waiting.tenant_id)
    assert user.email_verified_at == NOW + SECOND
    assert (profile.user_id, profile.details.name) == (user.id, "Amina")
    assert events == (EmailVerified(user_id=user.id, at=NOW + SECOND),)


def test_it_waits_for_a_day(waiting: Registration) -> None:
    waiting.confirm(at=NOW + LIFE - SECOND)
    with pytest.raises(LinkOutdated, match="new mail"):
        waiting.confirm(at=NOW + LIFE)


def test_asking_for_the_mail_again_does_not_make_it_wait_longer(waiting: Registration) -> None:
    asked = VerificationRequested(registration_id=waiting.id, at=NOW + SECOND)
    assert waiting.ask_again(at=NOW + SECOND) == (asked,)
    assert waiting.over(at=NOW + LIFE)
