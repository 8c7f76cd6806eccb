"""What was mailed is answered: by the token of its link, or by the code that stands beside it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from skillbridge.application.accounts.ports.proofs import OneTimeProofs, ProofSecrets
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.one_time_proof import (
    KEPT,
    OneTimeProof,
    ProofOutdated,
    Purpose,
)
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import UserId

FORGET_EVERY = timedelta(hours=1)
FORGOTTEN_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Answering:
    """What each use case does that wants an answered mail. All raise ProofOutdated."""

    transaction: Transaction
    users: Users
    proofs: OneTimeProofs
    secrets: ProofSecrets

    async def by_link(self, actor: Actor, token: str, purpose: Purpose) -> OneTimeProof:
        """One that is open. Raises BrokenLink, also for one of another purpose."""
        proof, now = await self.mailed(actor, token, purpose)
        proof.must_serve(purpose, at=now)
        return proof

    async def mailed(
        self, actor: Actor, token: str, purpose: Purpose
    ) -> tuple[OneTimeProof, datetime]:
        """Open or not, and the time of it; the link names the tenant. Raises BrokenLink, too."""
        mailed = self.secrets.opened(token, purpose)
        anonymous = replace(actor, tenant_id=mailed.tenant_id).before_authentication
        async with self.transaction(anonymous, read_only=True) as tx:
            proof, now = await self.proofs.get(mailed.proof_id), await tx.now()
        if proof is None:
            raise ProofOutdated(purpose)
        return proof, now

    async def by_code(
        self, actor: Actor, user_id: UserId, code: str, purpose: Purpose
    ) -> OneTimeProof:
        """The guess is counted, for good, before it is looked at; what is nobody's opens nothing."""
        async with self.transaction(actor.before_authentication) as tx:
            proof = await self.proofs.guess(purpose, user_id, at=await tx.now())
        if proof is None or not self.secrets.is_code(code, proof):
            raise ProofOutdated(purpose)
        return proof

    async def use(self, proof: OneTimeProof, *, at: datetime) -> User:
        """Whose proof it was, locked: the account first, so that two answers at once take turns.

        Every other mail to this account that waits for an answer ends with it.
        """
        user = await self.users.get(proof.owner)
        if user.disabled_at is not None or not await self.proofs.use(proof.id, at=at):
            raise ProofOutdated(proof.purpose)
        await self.proofs.end(user.id)
        return user


@dataclass(frozen=True, slots=True)
class ForgetProofs:
    """By the clock: deletes what could be answered no longer a day ago."""

    transaction: Transaction
    proofs: OneTimeProofs

    async def __call__(self, actor: Actor, slot: str) -> None:  # noqa: ARG002  old is old in any slot
        async with self.transaction(actor) as tx:
            await self.proofs.forget(await tx.now() - KEPT, limit=FORGOTTEN_AT_ONCE)
