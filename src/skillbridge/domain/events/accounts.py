"""What happens to accounts."""

from dataclasses import dataclass

from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import RegistrationId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationStarted(Event):
    """Somebody wants an account; whoever reads the mails of the address decides."""

    registration_id: RegistrationId
    mailed: bool = True
    """Not when the address had its mails of the hour: a link of one of these serves as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationRepeated(Event):
    """Somebody registered an address that already has an account: its owner is told."""

    user_id: UserId
    mailed: bool = True
    """Not when the address had its mails of the hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationRequested(Event):
    """The mail did not come: whoever waits for it wants a link once more."""

    registration_id: RegistrationId


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailVerified(Event):
    """A registration was confirmed and became this account."""

    user_id: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class MentoringBarred(Event):
    """An operator disabled an account or took the role of a mentor from it."""

    user_id: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStolen(Event):
    """A refresh token came back after its successor was used: the whole family is revoked."""

    user_id: UserId
