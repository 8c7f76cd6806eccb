"""Who may match the cohorts of a tenant."""

from skillbridge.domain.actor import Actor, PrincipalKind, Role
from skillbridge.domain.errors import Forbidden
from skillbridge.domain.ids import UserId


class NotAnOperator(Forbidden):
    """Only who runs a tenant matches its cohorts."""

    def __init__(self) -> None:
        super().__init__("only administrators of a tenant match its cohorts")


def must_operate(actor: Actor) -> None:
    """Raises NotAnOperator for anyone but the tenant's administrators and the system."""
    if actor.principal_kind is not PrincipalKind.SYSTEM and Role.ADMIN not in actor.roles:
        raise NotAnOperator


def may_look_on(actor: Actor) -> None:
    """Raises NotAnOperator for anyone but those who operate, and a service of the tenant that may read."""
    if actor.principal_kind is not PrincipalKind.SERVICE:
        must_operate(actor)


def operator(actor: Actor) -> UserId | None:
    """The person behind the order; None at the command line."""
    return None if actor.principal_kind is PrincipalKind.SYSTEM else actor.user_id
