"""A person's own sign-ins, ended by them; and those of everybody, forgotten by the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from skillbridge.application.accounts.ports.sign_ins import SignIns
from skillbridge.application.ended_sign_ins import tell_ended
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.sign_in import KEPT
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.accounts import SignInsEnded
from skillbridge.domain.ids import SessionId

FORGET_EVERY = timedelta(hours=1)
FORGOTTEN_AT_ONCE = 10_000
"""Rows that one job deletes: the next slot takes the rest."""


@dataclass(frozen=True, slots=True)
class EndSession:
    """Ends a sign-in of one's own, which may be the one that asks. Raises UnknownSignIn."""

    transaction: Transaction
    sign_ins: SignIns
    fanout: Fanout

    async def __call__(self, actor: Actor, session_id: SessionId) -> None:
        async with self.transaction(actor) as tx:
            at = await tx.now()
            await self.sign_ins.revoke(session_id, at=at)
            tx.emit(SignInsEnded(user_id=actor.user_id, number=1, at=at))
        await tell_ended(self.fanout, [session_id])


@dataclass(frozen=True, slots=True)
class EndOtherSessions:
    """Ends every sign-in of one's own but the one that asks, and names them."""

    transaction: Transaction
    sign_ins: SignIns
    fanout: Fanout

    async def __call__(self, actor: Actor) -> Sequence[SessionId]:
        async with self.transaction(actor) as tx:
            own, at = actor.session_id, await tx.now()
            ended = await self.sign_ins.revoke_all(actor.user_id, at=at, but=own)
            if ended:
                tx.emit(SignInsEnded(user_id=actor.user_id, number=len(ended), at=at))
        await tell_ended(self.fanout, ended)
        return ended


@dataclass(frozen=True, slots=True)
class ForgetSignIns:
    """By the clock: deletes what ended a day ago, whose tokens are refused like unknown ones anyway.

    The used tokens of one that lives stay with it: by them a theft is noticed.
    """

    transaction: Transaction
    sign_ins: SignIns

    async def __call__(self, actor: Actor, slot: str) -> None:  # noqa: ARG002  old is old in any slot
        async with self.transaction(actor) as tx:
            await self.sign_ins.forget(await tx.now() - KEPT, limit=FORGOTTEN_AT_ONCE)
