"""What raises a signal: so many refusals about one subject, within so long.

A refusal alone is a mistake. Each kind says from how many on it is more than that, and what the operator
does then; `docs/runbooks` says it at length.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

KEPT_AN_HOUR = 20
"""Signals of one kind that a tenant's trail keeps in an hour: what floods it tells no more by more of them."""
TOLD_EVERY = timedelta(hours=1)
"""So seldom administrators are mailed; a burst is one mail that counts."""


class SignalKind(StrEnum):
    STUFFING = "stuffing"
    GUESSING = "guessing"
    TOKEN_THEFT = "token-theft"  # noqa: S105  a word, and no password
    KEY_MISSING = "key-missing"
    PROBING = "probing"
    DATABASE_REFUSED = "database-refused"
    CHAIN_BROKEN = "chain-broken"


class Severity(StrEnum):
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Signal:
    """A kind of signal: it is raised once for a subject in a window, at the sighting that makes `threshold`."""

    threshold: int
    window: timedelta
    """From the first sighting on; once raised, from then on."""
    severity: Severity
    title: str
    advice: str
    """What the operator does first."""


SIGNALS: Mapping[SignalKind, Signal] = {
    SignalKind.STUFFING: Signal(
        30,
        timedelta(minutes=10),
        Severity.HIGH,
        "Passwords of many accounts were tried from one network",
        "The tries wait by themselves. Refuse the network in front of the API if they go on.",
    ),
    SignalKind.GUESSING: Signal(
        15,
        timedelta(hours=1),
        Severity.MEDIUM,
        "Many passwords or codes were tried for one account",
        "The tries wait by themselves, and the owner is told. Ask whether it was them.",
    ),
    SignalKind.TOKEN_THEFT: Signal(
        1,
        timedelta(days=1),
        Severity.HIGH,
        "A credential was used by two parties",
        "The sign-in was ended, or the passkey refused. Ask the owner, and end their other sign-ins if in doubt.",
    ),
    SignalKind.KEY_MISSING: Signal(
        10,
        timedelta(hours=1),
        Severity.MEDIUM,
        "Refresh tokens that are bound to a device came from elsewhere, again and again",
        "Nobody got in with them. Ask the owner whether a device or a backup of it was lost.",
    ),
    SignalKind.PROBING: Signal(
        40,
        timedelta(minutes=10),
        Severity.MEDIUM,
        "Somebody asked for many things that are not theirs",
        "Read what they did in the trail and in the log, and disable the account if it was no broken program.",
    ),
    SignalKind.DATABASE_REFUSED: Signal(
        1,
        timedelta(hours=1),
        Severity.HIGH,
        "The database refused what the rules had let through",
        "A fault of ours, or SQL of somebody else: find the request in the log, and report it.",
    ),
    SignalKind.CHAIN_BROKEN: Signal(
        1,
        timedelta(days=1),
        Severity.CRITICAL,
        "The audit trail is not what was written",
        "Keep the database as it is, and run `skillbridge audit verify`.",
    ),
}
