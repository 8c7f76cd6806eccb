"""Codes that are mailed as second factor: sent, counted, and used once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from skillbridge.application.accounts.attempts import take
from skillbridge.application.accounts.ports.proofs import OneTimeProofs, ProofSecrets
from skillbridge.application.accounts.registration import mails_to
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.application.ports.transaction import Transaction, Tx
from skillbridge.domain.accounts.device import kind_of
from skillbridge.domain.accounts.one_time_proof import CodeRefused, OneTimeProof, Purpose
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import ProofId, UserId


@dataclass(frozen=True, slots=True)
class MailedCodes:
    """A code of one purpose is none of another, and a newer one replaces it."""

    transaction: Transaction
    proofs: OneTimeProofs
    secrets: ProofSecrets
    rate_limit: RateLimit

    async def may_be_sent(self, user: User, origin: Origin) -> None:
        """Who asks has shown the first factor, and is told. Raises TooMany."""
        mails = mails_to(user.tenant_id, user.email, origin.network, about="factor")
        await take(self.rate_limit, mails)

    async def send(self, tx: Tx, user: User, purpose: Purpose, origin: Origin) -> None:
        now, kind = await tx.now(), kind_of(origin.device)
        proof, asked = OneTimeProof.beside(ProofId(uuid4()), user, purpose, kind, at=now)
        await self.proofs.replace(proof)
        tx.emit(*asked)

    async def answered(
        self, actor: Actor, user_id: UserId, purpose: Purpose, code: str
    ) -> OneTimeProof:
        """The guess is counted, for good, before it is looked at. Raises CodeRefused."""
        async with self.transaction(actor.before_authentication) as tx:
            proof = await self.proofs.guess(purpose, user_id, at=await tx.now())
        if proof is None or not self.secrets.is_code(code, proof) or proof.user_id != user_id:
            raise CodeRefused
        return proof

    async def use(self, proof: OneTimeProof, *, at: datetime) -> None:
        """Within the transaction that holds the account. Raises CodeRefused."""
        if not await self.proofs.use(proof.id, at=at):
            raise CodeRefused
