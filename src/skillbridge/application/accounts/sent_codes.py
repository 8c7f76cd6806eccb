"""Codes that are sent as second factor, by mail or SMS: counted, and used once."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from skillbridge.application.accounts.attempts import take
from skillbridge.application.accounts.ports.proofs import OneTimeProofs, ProofSecrets
from skillbridge.application.accounts.ports.second_factors import SecondFactors
from skillbridge.application.accounts.registration import mails_to
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.application.ports.transaction import Transaction, Tx
from skillbridge.domain.accounts.device import kind_of
from skillbridge.domain.accounts.one_time_proof import CodeRefused, OneTimeProof, Purpose
from skillbridge.domain.accounts.second_factor import FactorKind
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import Method
from skillbridge.domain.errors import SkillBridgeError
from skillbridge.domain.ids import ProofId, UserId


@dataclass(frozen=True, slots=True)
class SentCodes(ABC):
    """A code of one purpose is none of another, and a newer one replaces it."""

    kind: ClassVar[FactorKind]
    method: ClassVar[Method]
    set_up: ClassVar[Purpose]
    second_factor: ClassVar[Purpose]
    step_up: ClassVar[Purpose]

    transaction: Transaction
    proofs: OneTimeProofs
    secrets: ProofSecrets
    rate_limit: RateLimit
    second_factors: SecondFactors

    async def must_be_sent(
        self, user: User, *, beside: Method, gone: type[SkillBridgeError]
    ) -> None:
        """Raises `gone` where no second factor counts, NotByMail, NotBySms and SameMailbox."""
        factor = await self.second_factors.peek(user.id)
        if factor is None or not factor.active:
            raise gone
        factor.may_be_sent(self.kind, beside)

    @abstractmethod
    async def may_be_sent(self, user: User, origin: Origin) -> None:
        """Who asks has shown the first factor, and is told. Raises TooMany."""

    @abstractmethod
    def may_be_chosen_by(self, user: User) -> None:
        """Whether they are good enough a second factor for this account."""

    async def must_be_unused(self, id_: ProofId, *, gone: type[SkillBridgeError]) -> None:
        """Raises `gone` where its code was typed already."""
        proof = await self.proofs.get(id_)
        if proof is not None and proof.used_at is not None:
            raise gone

    async def send(
        self, tx: Tx, user: User, purpose: Purpose, origin: Origin, *, id_: ProofId | None = None
    ) -> None:
        """`id_` is that of the half log-in which alone it shall serve: twice for one sends the same code."""
        now, kind = await tx.now(), kind_of(origin.device)
        proof, asked = OneTimeProof.beside(id_ or ProofId(uuid4()), user, purpose, kind, at=now)
        await self.proofs.replace(proof)
        tx.emit(*asked)

    async def answered(
        self,
        actor: Actor,
        user_id: UserId,
        purpose: Purpose,
        code: str,
        *,
        id_: ProofId | None = None,
    ) -> OneTimeProof:
        """The guess is counted, for good, before it is looked at. Raises CodeRefused."""
        async with self.transaction(actor.before_authentication) as tx:
            now = await tx.now()
            proof = await (
                self.proofs.guess_at(id_, at=now)
                if id_
                else self.proofs.guess(purpose, user_id, at=now)
            )
        if proof is None or not self.secrets.is_code(code, proof):
            raise CodeRefused
        if (proof.user_id, proof.purpose) != (user_id, purpose):
            raise CodeRefused
        return proof

    async def use(self, proof: OneTimeProof, *, at: datetime) -> None:
        """Within the transaction that holds the account. Raises CodeRefused."""
        if not await self.proofs.use(proof.id, at=at):
            raise CodeRefused


@dataclass(frozen=True, slots=True)
class MailedCodes(SentCodes):
    kind = FactorKind.MAIL
    method = Method.MAIL
    set_up = Purpose.SET_UP_FACTOR
    second_factor = Purpose.SECOND_FACTOR
    step_up = Purpose.STEP_UP

    def may_be_chosen_by(self, user: User) -> None:
        """By anybody: `AdministratorsRule` says what an administrator has of them."""

    async def may_be_sent(self, user: User, origin: Origin) -> None:
        mails = mails_to(user.tenant_id, user.email, origin.network, about="factor")
        await take(self.rate_limit, mails)
