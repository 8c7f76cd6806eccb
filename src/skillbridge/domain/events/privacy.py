"""What people ask of what is kept of them, and what becomes of that."""

from datetime import datetime

from skillbridge.domain.events.event import Category, Event, audited, event
from skillbridge.domain.ids import PrivacyRequestId, UserId


@audited(Category.IAM)
@event
class ExportRequested(Event):
    """Somebody wants a copy of what is kept of them."""

    request_id: PrivacyRequestId
    user_id: UserId


@event
class ExportReady(Event):
    """The copy can be downloaded: its person is told."""

    request_id: PrivacyRequestId
    user_id: UserId
    expires_at: datetime


@audited(Category.IAM)
@event
class ErasureRequested(Event):
    """Somebody wants their account erased, after the days in which they may think again: they are told."""

    request_id: PrivacyRequestId
    user_id: UserId
    acts_at: datetime


@audited(Category.IAM)
@event
class ErasureBegun(Event):
    """The days are over: from now on nothing brings the account back."""

    request_id: PrivacyRequestId
    user_id: UserId


@audited(Category.IAM)
@event
class AccountErased(Event):
    """Nothing is kept of the person any more but what the certificate names."""

    request_id: PrivacyRequestId
    user_id: UserId
