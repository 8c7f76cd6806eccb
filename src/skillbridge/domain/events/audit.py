"""What happens to the audit trail."""

from skillbridge.domain.events.event import Category, Event, audited, event
from skillbridge.domain.ids import UserId


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


@audited(Category.INTRUSION)
@event
class SecuritySignalRaised(Event):
    """So much was refused about one subject that it is more than a mistake: administrators are told."""

    kind: str
    """A `SignalKind`."""
    severity: str
    threshold: int
    window_seconds: int
    user_id: UserId | None = None
    """The account that it is about. Of no account where the address that was tried has none."""
    network: str = ""
    """The network class that it is about."""
    reason: str = ""
    """In words of ours, of no person."""


@audited(Category.INTRUSION, subject="")
@event
class AdministratorsWarned(Event):
    """The signals since the last mail are told in one: a job mails each administrator."""

    kinds: tuple[str, ...]
    numbers: tuple[int, ...]
    """How many signals of each kind."""
    through: int
    """The place in the chain up to which they were counted."""
