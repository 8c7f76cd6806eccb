"""What happens to the audit trail, and what looks like an attack."""

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


@audited(Category.INTRUSION, subject="")
@event
class StuffingSuspected(Event):
    """So many wrong passwords came from a network that it may try none for a while."""

    network: str
    """Its class, as in the trail."""


@audited(Category.INTRUSION)
@event
class PrivilegesProbed(Event):
    """Somebody was refused again and again what their role does not open."""

    user_id: UserId
    refusals: int


@audited(Category.INTRUSION)
@event
class PolicyRefused(Event):
    """A policy or grant of the database refused what rule and scope had let pass: a fault, or an attack."""

    user_id: UserId
    operation: str
