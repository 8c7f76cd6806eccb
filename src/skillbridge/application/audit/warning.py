"""Administrators learn of security signals: at once of the first, and at most once an hour of what follows."""

from dataclasses import dataclass
from datetime import timedelta

from skillbridge.application.audit.ports import RaisedSignals, Seals
from skillbridge.application.audit.sealing import seal_some
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.security_signals import SecuritySignals
from skillbridge.domain.actor import Actor
from skillbridge.domain.audit.signals import TOLD_EVERY
from skillbridge.domain.events.accounts import PasskeyCopied, SessionStolen
from skillbridge.domain.events.audit import AdministratorsWarned, SecuritySignalRaised

WARN_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Warner:
    """Counts what was raised since the last warning, and plans one mail about all of it.

    What is counted has its place in the chain, and who counts holds the head: so each signal is in one
    warning, and two workers make one.
    """

    transaction: Transaction
    seals: Seals
    raised: RaisedSignals

    async def warn(self, actor: Actor) -> None:
        async with self.transaction(actor) as tx:
            _, head = await seal_some(self.seals, tx, actor.tenant_id)
            told, now = await self.raised.last_told(), await tx.now()
            if told is not None and now - told.at < TOLD_EVERY:
                return
            counted = await self.raised.after(0 if told is None else told.through)
            if counted:
                kinds, numbers = zip(*sorted(counted.items()), strict=True)
                tx.emit(AdministratorsWarned(kinds=kinds, numbers=numbers, through=head.n, at=now))


class WarnOfSignals(Warner):
    """At once, unless administrators were told within the hour."""

    async def __call__(self, actor: Actor, event: SecuritySignalRaised) -> None:  # noqa: ARG002  all that wait
        await self.warn(actor)


class WarnOfWaitingSignals(Warner):
    """By the clock: of what came within the hour after a warning."""

    async def __call__(self, actor: Actor, slot: str = "") -> None:  # noqa: ARG002  all that wait, in any slot
        await self.warn(actor)


@dataclass(frozen=True, slots=True)
class SignalTheft:
    """What ended a sign-in as stolen, or refused a passkey as copied, is a signal of its account."""

    signals: SecuritySignals

    async def __call__(self, actor: Actor, event: SessionStolen | PasskeyCopied) -> None:
        await self.signals.stolen(actor, event.user_id, event.id)
