"""Refusals that are more than mistakes: they become an entry of the trail, a line of the log, and a mail.

Only what was refused is counted: who is let in costs nothing here.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import uuid4

from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.application.ports.sightings import Sightings
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import NOBODY, Actor, PrincipalKind
from skillbridge.domain.audit.signals import KEPT_AN_HOUR, SIGNALS, TOLD_EVERY, SignalKind
from skillbridge.domain.errors import SkillBridgeError, TooMany
from skillbridge.domain.events.audit import SecuritySignalRaised
from skillbridge.domain.ids import EventId, SessionId, TenantId, UserId
from skillbridge.domain.network import class_of

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One thing that was refused, and about whom."""

    kind: SignalKind
    tenant_id: TenantId
    subject: str
    what: str = ""
    """What counts once in a window; empty where each time counts."""

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.tenant_id}:{self.subject}"

    async def makes_a_signal(self, sightings: Sightings) -> bool:
        """Counts it; true for the one that makes the threshold."""
        signal = SIGNALS[self.kind]
        return await sightings.sight(
            self.name, threshold=signal.threshold, window=signal.window, what=self.what
        )


def probing(actor: Actor, what: str) -> Sighting:
    """Somebody who is signed in was refused what is not theirs, or is not there."""
    return Sighting(SignalKind.PROBING, actor.tenant_id, _named(actor), what)


def refused_by_database(actor: Actor) -> Sighting:
    return Sighting(SignalKind.DATABASE_REFUSED, actor.tenant_id, _named(actor))


@dataclass(frozen=True, slots=True)
class SecuritySignals:
    """Outside of any transaction: what was refused is rolled back, and what is told of it is not."""

    transaction: Transaction
    sightings: Sightings
    rate_limit: RateLimit

    async def guessed(
        self, actor: Actor, account: str, user_id: UserId | None, network: str = ""
    ) -> None:
        """A wrong password or code for an account, by its pseudonym, that it may not even be there.

        `network`: where somebody guesses who never signed in to the account from there.
        """
        about = user_id or UserId(uuid4())
        tenant = actor.tenant_id
        await self._see(actor, Sighting(SignalKind.GUESSING, tenant, account), user_id=about)
        if network:
            stuffed = Sighting(SignalKind.STUFFING, tenant, network, account)
            await self._see(actor, stuffed, network=class_of(network))

    async def stolen(self, actor: Actor, user_id: UserId, event_id: EventId) -> None:
        """Said again of one event, it is seen once."""
        seen = Sighting(SignalKind.TOKEN_THEFT, actor.tenant_id, str(user_id), str(event_id))
        await self._see(actor, seen, user_id=user_id)

    async def without_key(self, actor: Actor, session_id: SessionId, user_id: UserId) -> None:
        seen = Sighting(SignalKind.KEY_MISSING, actor.tenant_id, str(session_id))
        await self._see(actor, seen, user_id=user_id)

    async def chain_broken(self, actor: Actor, faults: Iterable[str]) -> None:
        tenant = actor.tenant_id
        seen = Sighting(SignalKind.CHAIN_BROKEN, tenant, "chain")
        await self._see(actor, seen, reason=", ".join(faults))

    async def database_refused(self, actor: Actor) -> None:
        seen = refused_by_database(actor)
        if await seen.makes_a_signal(self.sightings):
            await self.raised(actor, seen)

    async def raised(self, actor: Actor, seen: Sighting) -> None:
        """Of what an actor did, who is the one that it is about; a service by its token."""
        service = actor.principal_kind is PrincipalKind.SERVICE
        await self._raise(
            actor,
            seen,
            user_id=None if actor.user_id == NOBODY else actor.user_id,
            reason=f"token {actor.session_id}" if service else "",
        )

    async def _see(
        self,
        actor: Actor,
        seen: Sighting,
        *,
        user_id: UserId | None = None,
        network: str = "",
        reason: str = "",
    ) -> None:
        if await seen.makes_a_signal(self.sightings):
            await self._raise(actor, seen, user_id=user_id, network=network, reason=reason)

    async def _raise(
        self,
        actor: Actor,
        seen: Sighting,
        *,
        user_id: UserId | None = None,
        network: str = "",
        reason: str = "",
    ) -> None:
        """The request is answered as it would have been, whatever becomes of its signal."""
        signal, kept = SIGNALS[seen.kind], await self._may_be_kept(seen)
        told = {"signal": seen.kind.value, "severity": signal.severity.value, "kept": kept}
        about = {"user": str(user_id) if user_id else "", "network": network, "reason": reason}
        about = {name: said for name, said in about.items() if said}
        log.warning("signal.raised", extra={**told, **about, "tenant": str(seen.tenant_id)})
        if not kept:
            return
        try:
            async with self.transaction(_teller(actor)) as tx:
                tx.emit(
                    SecuritySignalRaised(
                        kind=seen.kind.value,
                        severity=signal.severity.value,
                        threshold=signal.threshold,
                        window_seconds=int(signal.window.total_seconds()),
                        user_id=user_id,
                        network=network,
                        reason=reason,
                        at=await tx.now(),
                    )
                )
        except SkillBridgeError as error:
            log.error("signal.not_kept", extra={**told, "reason": str(error)})  # noqa: TRY400  a traceback tells no more
            await self.sightings.forget(seen.name)

    async def _may_be_kept(self, seen: Sighting) -> bool:
        """A flood of subjects fills no trail: the log has the rest."""
        name = f"signals:{seen.tenant_id}:{seen.kind}"
        try:
            await self.rate_limit.spend(name, limit=KEPT_AN_HOUR, per=TOLD_EVERY)
        except TooMany:
            return False
        return True


def _named(actor: Actor) -> str:
    """A person, or the token of a service, or which principal it was."""
    if actor.user_id != NOBODY:
        return str(actor.user_id)
    return str(actor.session_id or actor.principal_kind.value)


def _teller(actor: Actor) -> Actor:
    """Who may write about anybody: a worker, or the pre-authentication principal on somebody's behalf."""
    if actor.principal_kind is PrincipalKind.SYSTEM:
        return actor
    if actor.user_id != NOBODY:
        return actor.before_authentication
    return Actor.pre_authentication(
        actor.tenant_id, request_id=actor.request_id, caller=actor.caller
    )


def in_words(kinds: Sequence[str], numbers: Sequence[int]) -> Sequence[str]:
    """For a mail: what happened how often, and what to do; a kind of a newer program by its name."""
    known = {kind.value: SIGNALS[kind] for kind in SignalKind}
    return [
        f"{_times(number)}: {known[kind].title} ({kind}). {known[kind].advice}"
        if kind in known
        else f"{_times(number)}: {kind}"
        for kind, number in zip(kinds, numbers, strict=True)
    ]


def _times(number: int) -> str:
    return "Once" if number == 1 else f"{number} times"


PARTS = (SecuritySignals,)
"""What several use cases are made of."""
