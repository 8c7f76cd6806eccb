"""What happens to tenants, and to what they decide for themselves."""

from collections.abc import Mapping

from skillbridge.domain.events.event import Category, Event, audited, event
from skillbridge.domain.ids import UserId


@audited(Category.CONFIGURATION, subject="")
@event
class TenantSuspended(Event):
    reason: str


@audited(Category.CONFIGURATION, subject="")
@event
class TenantResumed(Event):
    reason: str


@audited(Category.CONFIGURATION, subject="")
@event
class TenantSettingsChanged(Event):
    """`before` and `after` hold what differs, by its path; `changed_by` is None at the command line."""

    changed_by: UserId | None
    version: int
    reason: str
    before: Mapping[str, str]
    after: Mapping[str, str]
