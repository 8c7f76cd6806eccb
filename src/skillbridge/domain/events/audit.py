"""What happens to the audit trail."""

from skillbridge.domain.events.event import Category, Event, audited, event


@audited(Category.CONFIGURATION, subject="")
@event
class AuditSearched(Event):
    """Somebody looked into the audit trail."""

    asked: tuple[str, ...]
    """The filters and their values, as `action=RoleGranted`."""


@audited(Category.CONFIGURATION, subject="")
@event
class AuditExported(Event):
    """An operator took entries out of the database, from one place of the chain to another."""

    first: int
    last: int
