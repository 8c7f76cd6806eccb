"""What accounts show."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skillbridge.domain.accounts.device import DeviceKind
from skillbridge.domain.accounts.passkey import Passkey
from skillbridge.domain.accounts.phone import TextState
from skillbridge.domain.accounts.second_factor import FactorKind, SecondFactor
from skillbridge.domain.actor import Role
from skillbridge.domain.ids import IdentityId, PasskeyId, SessionId, UserId


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
class CodeAsked:
    """What the device that asked for a code keeps until it is typed."""

    challenge: str
    """Give it back with the code: the code is of no use without it."""
    expires_in: int
    """Seconds until the code ends."""


class Place(StrEnum):
    """All that is known of where a sign-in was used last: no address is kept."""

    HERE = "here"
    """In the network that the question comes from."""
    ELSEWHERE = "elsewhere"
    """In another one; a phone on the move changes networks by itself."""


@dataclass(frozen=True, slots=True)
class SignInView:
    """A sign-in of one's own that lives."""

    id: SessionId
    kind: DeviceKind
    device: str
    """As it named itself at the log-in, by its `User-Agent`."""
    place: Place
    current: bool
    """Whether it is the one that asks."""
    bound: bool
    """Whether a key of the device has to be proved to refresh it."""
    created_at: datetime
    last_used_at: datetime
    """Of the log-in or the newest refresh."""
    expires_at: datetime
    """Unless it is refreshed before."""


@dataclass(frozen=True, slots=True)
class ApiTokenView:
    """A token that lives. What it is written as was shown once, when it was made."""

    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    """To the minute."""


@dataclass(frozen=True, slots=True)
class NewApiToken:
    """A token, shown this once."""

    name: str
    token: str
    """Sent as `Authorization: Bearer …`."""
    scopes: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail as it arrived."""

    at: datetime
    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app is told, once."""

    secret: str
    """Base 32, to be typed where no camera is."""
    uri: str
    """The same to be shown as a QR code: `otpauth://totp/…`."""


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    """Each is good once in place of a code of the app; they are never shown again."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SecondFactorState:
    """Whether a code is asked for beside the password."""

    active: bool
    confirmed_at: datetime | None
    recovery_codes_left: int
    kind: FactorKind | None = None
    """Of an authenticator app, mailed or texted; null where none is asked for."""


def state_of(factor: SecondFactor | None) -> SecondFactorState:
    """One that was not confirmed is none."""
    if factor is None or not factor.active:
        return SecondFactorState(active=False, confirmed_at=None, recovery_codes_left=0)
    return SecondFactorState(
        active=True,
        confirmed_at=factor.confirmed_at,
        recovery_codes_left=len(factor.recovery_codes),
        kind=factor.kind,
    )


@dataclass(frozen=True, slots=True)
class PhoneView:
    """The phone of one's own account."""

    number: str
    """Masked."""
    verified_at: datetime | None
    """Null while it waits for its code."""
    text: TextState | None = None
    """What became of the newest text to it; null where none was sent."""


@dataclass(frozen=True, slots=True)
class SteppedUp:
    """An access token that shows a proof of right now; the sign-in and its refresh token stay."""

    access_token: str
    expires_in: int
    """Seconds until it ends."""
    token_type: str = "Bearer"  # noqa: S105  # the name of the scheme


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """A passkey of one's own."""

    id: PasskeyId
    name: str
    """What its owner calls it."""
    synced: bool
    """Whether it may be on several devices, by the account of a phone's maker or a password manager."""
    created_at: datetime
    last_used_at: datetime | None


def passkey_view(passkey: Passkey) -> PasskeyView:
    """Neither its key nor its id in the authenticator, by which its owner would be known elsewhere."""
    return PasskeyView(
        passkey.id, passkey.name, passkey.synced, passkey.created_at, passkey.last_used_at
    )


@dataclass(frozen=True, slots=True)
class ProviderView:
    """Whoever signs people in here beside this installation itself."""

    name: str
    title: str
    """As people know it."""
    issuer: str
    device: bool = False
    """Whether an app may show a code that is typed in there."""


@dataclass(frozen=True, slots=True)
class IdentityView:
    """An identity that one's account can be signed in to with."""

    id: IdentityId
    issuer: str
    subject: str
    """As the issuer knows the person."""
    linked_at: datetime
    provider: str | None = None
    """As `GET /v1/auth/providers` names it, or `supabase`; null for one that is in the settings no more."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes now; it comes back within ten minutes or begins again."""

    authorization_url: str
    expires_in: int
    """Seconds."""


@dataclass(frozen=True, slots=True)
class CodeBegun:
    """What an app shows, and what it asks with whether the code was typed in."""

    handle: str
    user_code: str
    """To be typed in, by hand, at `verification_uri`: no link holds it."""
    verification_uri: str
    interval: int
    """Seconds to wait before each question."""
    expires_in: int
    """Seconds."""
