"""Authenticator apps, and the halves of log-ins that wait for their codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from skillbridge.application.accounts.views import SecondFactorState
from skillbridge.domain.accounts.second_factor import Challenge, SecondFactor
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import UserId


class SecondFactors(Protocol):
    """One for an account, of the tenant; for the pre-authentication principal and the system."""

    async def of(self, user_id: UserId) -> SecondFactor | None:
        """Locks it."""
        ...

    async def peek(self, user_id: UserId) -> SecondFactor | None:
        """Without the lock, for reading only."""
        ...

    async def put(self, factor: SecondFactor) -> None:
        """In the place of the one that the account had, if it had one."""

    async def remove(self, user_id: UserId) -> None: ...


class SecondFactorReads(Protocol):
    async def of(self, actor: Actor) -> SecondFactorState:
        """The actor's own."""
        ...


@dataclass(frozen=True, slots=True)
class NewSecret:
    """What an authenticator app is told, and how it is kept here."""

    shown: str
    """Base 32, to be typed."""
    sealed: bytes


class Authenticators(Protocol):
    """Codes of authenticator apps (TOTP, RFC 6238): six digits, 30 seconds, HMAC-SHA-1."""

    def new_secret(self, user_id: UserId) -> NewSecret:
        """160 random bits."""
        ...

    def uri(self, secret: str, email: str) -> str:
        """What the app reads from a QR code: `otpauth://totp/…`."""
        ...

    def step_of(self, factor: SecondFactor, code: str, *, at: datetime) -> int | None:
        """The newest step that this code stands for, of those accepted at that time; None for none."""
        ...

    def sealed_anew(self, factor: SecondFactor) -> bytes:
        """Its secret under the present key, so that an older one may be retired."""
        ...

    def recovery_codes(self) -> Sequence[str]:
        """Ten new ones of 80 random bits each, in base 32."""
        ...


class Challenges(Protocol):
    """Halves of log-ins, which prove by themselves that we wrote them."""

    def written(self, challenge: Challenge) -> str: ...

    def read(self, text: str) -> Challenge:
        """Raises ChallengeOver for what is none of ours."""
        ...
