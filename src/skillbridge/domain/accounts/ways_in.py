"""How an account may be signed in to: whatever takes one way away leaves another."""

from collections.abc import Sequence
from dataclasses import dataclass

from skillbridge.domain.errors import Conflict, NotFound


class LastWayIn(Conflict):
    """Without this, nobody could sign in to the account any more."""

    def __init__(self) -> None:
        super().__init__(
            "without it your account would have neither a password nor an identity, and a passkey alone does not "
            "count, for devices get lost: set a password first, by a mail of /v1/auth/password/forgot, or link "
            "another identity"
        )


class UnknownWayIn(NotFound):
    """The account has no such identity or passkey, or several that are called so."""

    def __init__(self, present: Sequence[str]) -> None:
        listed = "; ".join(present) or "none at all"
        super().__init__(f"no single one of the account is that: it has {listed}")


@dataclass(frozen=True, slots=True)
class WaysIn:
    """What is left."""

    password: bool
    identities: int = 0

    def must_be_left(self) -> None:
        """Raises LastWayIn."""
        if not (self.password or self.identities):
            raise LastWayIn
