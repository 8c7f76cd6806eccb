"""Signing in by a code that is mailed: one factor, as a password is."""

from dataclasses import dataclass, replace
from uuid import uuid4

from skillbridge.application.accounts.attempts import HOUR, Allowance
from skillbridge.application.accounts.known_devices import KnownDevices
from skillbridge.application.accounts.ports.proofs import OneTimeProofs, ProofSecrets
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.accounts.refusals import refusals_told
from skillbridge.application.accounts.registration import MAILS_ASKED, could_take, mails_to
from skillbridge.application.accounts.signing_in import SigningIn, Wanted
from skillbridge.application.accounts.views import CodeAsked, LoggedIn
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts import email_address
from skillbridge.domain.accounts.device import kind_of
from skillbridge.domain.accounts.one_time_proof import (
    CODE_LIFE,
    CodeRefused,
    OneTimeProof,
    Purpose,
)
from skillbridge.domain.accounts.second_factor import Challenge
from skillbridge.domain.accounts.sign_in import Origin, SignIn
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import Method
from skillbridge.domain.ids import ProofId

ASKED = 60
"""An hour from one network, for any addresses: a class behind one address."""


@dataclass(frozen=True, slots=True)
class RequestSignInCode:
    """Somebody wants to sign in by a code: the mail, if the address has an account, holds it.

    The answer is the same where there is none, after the same work: a proof that is nobody's is written,
    and mailed to nobody. When the address has had its mails of the hour, the answer is the same and no
    mail follows; a device that signed in before has an allowance of its own, which strangers cannot use up.
    Raises BadEmail, and TooMany by the network alone.
    """

    transaction: Transaction
    users: Users
    proofs: OneTimeProofs
    secrets: ProofSecrets
    known_devices: KnownDevices
    rate_limit: RateLimit

    async def __call__(
        self, actor: Actor, email: str, *, origin: Origin, device: str = ""
    ) -> CodeAsked:
        address = email_address.normalised(email)
        await self.rate_limit.spend(f"otp:{origin.network}", limit=ASKED, per=HOUR)
        known = await self.known_devices.name_of(actor, address, device)
        allowances = (
            (Allowance(f"code:device:{known}", MAILS_ASKED, HOUR),)
            if known
            else mails_to(actor.tenant_id, address, origin.network, about="code")
        )
        mailed = await could_take(self.rate_limit, allowances)
        proof = await self._written(actor, address, origin, mailed=mailed)
        return CodeAsked(self.secrets.challenge(proof), int(CODE_LIFE.total_seconds()))

    async def _written(
        self, actor: Actor, address: str, origin: Origin, *, mailed: bool
    ) -> OneTimeProof:
        """What is not mailed is not stored: its challenge is answered by no code."""
        id_, kind = ProofId(uuid4()), kind_of(origin.device)
        async with self.transaction(actor, read_only=not mailed) as tx:
            user, now = await self.users.with_email(address), await tx.now()
            proof, asked = OneTimeProof.to_sign_in(id_, actor.tenant_id, user, kind, at=now)
            if mailed:
                await self.proofs.replace(proof)
                tx.emit(*asked)
        return proof


@dataclass(frozen=True, slots=True)
class VerifySignInCode(SigningIn):
    """What was answered to who asked, and the code of the mail: starts the sign-in, once.

    The challenge names the tenant. An account with a second factor is asked for it as well. Raises
    CodeRefused, the same for whatever is wrong; SecondFactorNeeded and AccountDisabled only once the code
    was right; and BadProof before anything is looked at.
    """

    proofs: OneTimeProofs
    secrets: ProofSecrets

    async def __call__(
        self, actor: Actor, challenge: str, code: str, *, origin: Origin, device: str = ""
    ) -> LoggedIn:
        key = self.device_keys.proved(origin.proof)
        asked = self.secrets.asked(challenge, Purpose.SIGN_IN)
        anonymous = replace(actor, tenant_id=asked.tenant_id)
        known: dict[str, str] = {}
        with refusals_told(known):
            proof = await self._proved(anonymous, asked.proof_id, code)
            known["user"] = str(proof.owner)
            async with self.transaction(anonymous, read_only=True):
                user = await self.users.find(proof.owner)
            if user is None:
                raise CodeRefused
            wanted = await self.wanted(user, origin, key=key, device=device)
            async with self.starting(user, wanted):
                started = await self._started(anonymous, proof, wanted)
            return await self.answered(user, started, wanted, Method.MAIL)

    async def _proved(self, anonymous: Actor, proof_id: ProofId, code: str) -> OneTimeProof:
        """The guess is counted, for good, before it is looked at; what is nobody's opens nothing."""
        async with self.transaction(anonymous) as tx:
            proof = await self.proofs.guess_at(proof_id, at=await tx.now())
        right = proof is not None and self.secrets.is_code(code, proof)
        if proof is None or not right or proof.user_id is None:
            raise CodeRefused
        return proof

    async def _started(
        self, anonymous: Actor, proof: OneTimeProof, wanted: Wanted
    ) -> SignIn | Challenge:
        """The account first, so that of two answers at once one starts a sign-in."""
        async with self.transaction(anonymous) as tx:
            now, user = await tx.now(), await self.users.get(proof.owner)
            user.may_sign_in()
            if not await self.proofs.use(proof.id, at=now):
                raise CodeRefused
            return await self.begun(tx, user, wanted, Method.MAIL, at=now)
