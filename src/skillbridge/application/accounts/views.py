"""What accounts show."""

from dataclasses import dataclass
from datetime import datetime

from skillbridge.domain.actor import Role
from skillbridge.domain.ids import UserId


@dataclass(frozen=True, slots=True)
class Account:
    """An account as an operator sees it."""

    id: UserId
    email: str
    name: str
    verified: bool
    disabled: bool
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The tokens of a sign-in. Each refresh token is good for one use within 14 days."""

    access_token: str
    refresh_token: str
    expires_in: int
    """Seconds until the access token ends."""
    token_type: str = "Bearer"  # noqa: S105  # the name of the scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn(SignedIn):
    """The tokens, and what this device shows at its next log-in."""

    device: str
    """Give it back as `device`: then what strangers try does not lock this device out."""


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail as it arrived."""

    at: datetime
    to: str
    subject: str
    text: str
