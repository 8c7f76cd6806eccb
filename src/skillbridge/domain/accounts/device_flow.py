"""Signing in on a device without a browser of its own: a short code is typed in at the provider.

The app shows the code and asks us, at the pace that the provider wants, whether it was typed in; we
ask the provider in its place. Source: RFC 8628. Whoever gets a stranger to type in their code is signed
in as the stranger (section 5.4): the code is short-lived, and no link is made that holds it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from math import ceil

from skillbridge.domain.accounts.authorization import LIFE
from skillbridge.domain.errors import Conflict, Invalid, TooMany, Unproven

USUAL = 5
"""Seconds between two questions, for a provider that wants less or says nothing (section 3.2)."""
SLOWEST = 60
SLOWER = 5
"""Added whenever the provider says `slow_down`, or gives no answer (section 3.5)."""
HELD = timedelta(seconds=20)
"""So long does nobody else ask while one question is with the provider: longer than any takes."""


class NoDeviceFlow(Invalid):
    """The provider has none, or this installation has not turned it on."""

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"{provider} gives no codes to type in here: `device` of GET /v1/auth/providers says who does; "
            "begin at its address with a browser instead"
        )


class AuthorizationPending(Conflict):
    """The code has not been typed in yet, or the person has not said yes."""

    def __init__(self, provider: str, pace: int) -> None:
        super().__init__(
            f"the code has not been confirmed at {provider} yet: ask again after as many seconds as "
            "`Retry-After` says"
        )
        self.retry_after = pace


class AskedTooSoon(TooMany):
    """Sooner than the provider wants to be asked again, or while another question is on its way."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(
            "asked sooner than `interval`, or twice at once: wait as long as `Retry-After` says",
            retry_after=max(1, ceil(wait.total_seconds())),
        )


class AuthorizationDenied(Unproven):
    """The person said no."""

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"the sign-in was declined at {provider}: begin again if that was a mistake"
        )


class Still(Enum):
    """What a provider says while nobody has confirmed the code."""

    PENDING = "authorization_pending"
    SLOW_DOWN = "slow_down"


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What a provider gives out for one sign-in."""

    secret: str = field(repr=False)
    """Only we show it to the provider: whoever has it could fetch the answer."""
    user_code: str
    """What the person types in."""
    verification_uri: str
    life: timedelta
    pace: int

    def ends(self, *, at: datetime) -> datetime:
        """As the provider says, but no later than any sign-in that is begun at one."""
        return at + min(self.life, LIFE)


def bounded(pace: int) -> int:
    """Neither a flood nor without end."""
    return min(max(pace, USUAL), SLOWEST)


def slower(pace: int) -> int:
    return bounded(pace + SLOWER)
