"""Passkeys of one's own: added, named and removed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from skillbridge.application.accounts.own_account import OwnAccount
from skillbridge.application.accounts.ports.passkeys import (
    Made,
    Passkeys,
    RelyingParty,
    SpentChallenges,
    ToCreate,
)
from skillbridge.application.accounts.views import PasskeyView, passkey_view
from skillbridge.application.ports.transaction import Transaction, Tx
from skillbridge.domain.accounts.passkey import (
    CHALLENGE_LIFE,
    MOST,
    Ceremony,
    CeremonyOver,
    Label,
    Passkey,
    Purpose,
    TooManyPasskeys,
    UnknownPasskey,
)
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import PasskeyId

FORGET_EVERY = timedelta(hours=1)
FORGOTTEN_AT_ONCE = 10_000
"""Rows that one job deletes: the next slot takes the rest."""


@dataclass(frozen=True, slots=True)
class _OwnPasskeys:
    transaction: Transaction
    account: OwnAccount
    passkeys: Passkeys

    @asynccontextmanager
    async def own(self, actor: Actor) -> AsyncIterator[tuple[Tx, User, datetime]]:
        """The account, locked. Raises StepUpNeeded, SignInOver, AccountDisabled."""
        async with self.transaction(actor.before_authentication) as tx:
            now = await tx.now()
            yield tx, await self.account.proved(actor, at=now), now

    @asynccontextmanager
    async def one_of(
        self, actor: Actor, passkey_id: PasskeyId
    ) -> AsyncIterator[tuple[Tx, Passkey, datetime]]:
        """A passkey of the account, which is locked. Raises UnknownPasskey first, then as `own` does."""
        async with self.transaction(actor.before_authentication) as tx:
            now, user = await tx.now(), await self.account.users.get(actor.user_id)
            own = {one.id: one for one in await self.passkeys.of(user.id)}
            if (passkey := own.get(passkey_id)) is None:
                raise UnknownPasskey
            await self.account.must_be_proved(actor, user, at=now)
            yield tx, passkey, now


@dataclass(frozen=True, slots=True)
class BeginPasskeyRegistration(_OwnPasskeys):
    """What a device is asked for a new passkey, within five minutes and for this sign-in.

    Raises StepUpNeeded, SignInOver and TooManyPasskeys.
    """

    party: RelyingParty

    async def __call__(self, actor: Actor) -> ToCreate:
        async with self.own(actor) as (_, user, now):
            present = await self.passkeys.of(user.id)
        if len(present) >= MOST:
            raise TooManyPasskeys
        ceremony = Ceremony.begin(
            *(Purpose.REGISTER, user.tenant_id, self.party.nonce(), user.id),
            within=str(actor.session_id),
            at=now,
        )
        return self.party.to_create(ceremony, user, present)


@dataclass(frozen=True, slots=True)
class FinishPasskeyRegistration(_OwnPasskeys):
    """Keeps what the device made: from now on it signs in. Its owner is told.

    Raises StepUpNeeded, SignInOver, CeremonyOver, UnfitPasskey, PasskeyTaken and TooManyPasskeys.
    """

    spent: SpentChallenges
    party: RelyingParty

    async def __call__(self, actor: Actor, answer: Made, name: str) -> PasskeyView:
        label, asked = Label(name), self.party.asked(answer)
        made = self.party.created(answer)
        async with self.own(actor) as (tx, user, now):
            purpose = (Purpose.REGISTER, user.tenant_id, user.id)
            asked.must_be(*purpose, within=str(actor.session_id), at=now)
            if not await self.spent.spend(asked):
                raise CeremonyOver
            present, id_ = await self.passkeys.of(user.id), PasskeyId(uuid4())
            new, events = Passkey.add(id_, user, made, label, present, at=now)
            await self.passkeys.add(new)
            tx.emit(*events)
        return passkey_view(new)


class RenamePasskey(_OwnPasskeys):
    """What its owner calls it. Raises UnknownPasskey, StepUpNeeded, SignInOver."""

    async def __call__(self, actor: Actor, passkey_id: PasskeyId, name: str) -> PasskeyView:
        label = Label(name)
        async with self.one_of(actor, passkey_id) as (_, passkey, _now):
            passkey.name = label.name
            await self.passkeys.save(passkey)
        return passkey_view(passkey)


class RemovePasskey(_OwnPasskeys):
    """It signs in no more; the owner is told. Raises UnknownPasskey, StepUpNeeded, SignInOver."""

    async def __call__(self, actor: Actor, passkey_id: PasskeyId) -> None:
        async with self.one_of(actor, passkey_id) as (tx, passkey, now):
            await self.passkeys.remove(passkey)
            tx.emit(*passkey.removed(at=now))


@dataclass(frozen=True, slots=True)
class ForgetChallenges:
    """By the clock: deletes answered challenges that are too old to be answered again."""

    transaction: Transaction
    spent: SpentChallenges

    async def __call__(self, actor: Actor, slot: str) -> None:  # noqa: ARG002  old is old in any slot
        async with self.transaction(actor) as tx:
            before = await tx.now() - CHALLENGE_LIFE
            await self.spent.forget(before, limit=FORGOTTEN_AT_ONCE)
