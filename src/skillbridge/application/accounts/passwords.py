"""A password that was forgotten is set anew; one that is known is changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from skillbridge.application.accounts.attempts import HOUR, give_back, take
from skillbridge.application.accounts.end_of_access import end_access
from skillbridge.application.accounts.guesses import Guesses
from skillbridge.application.accounts.new_password import hash_of_chosen
from skillbridge.application.accounts.ports.api_tokens import ApiTokens
from skillbridge.application.accounts.ports.passwords import PasswordHasher, PasswordStrength
from skillbridge.application.accounts.ports.proofs import BrokenLink, OneTimeProofs, ProofSecrets
from skillbridge.application.accounts.ports.second_factors import SecondFactors
from skillbridge.application.accounts.ports.sign_ins import SignIns
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.accounts.present_password import ByPresentPassword
from skillbridge.application.accounts.proofs import Answering
from skillbridge.application.accounts.registration import mails_to
from skillbridge.application.ended_sign_ins import tell_ended
from skillbridge.application.ports.cache import Cache
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.profiles.ports import ProfileReads
from skillbridge.domain.accounts import email_address, password
from skillbridge.domain.accounts.one_time_proof import OneTimeProof, Purpose
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import TooMany
from skillbridge.domain.ids import ProofId, SessionId, TenantId, UserId

ASKED = 300
"""An hour from one network, for addresses that never signed in there: who mails whom they like."""
ASKED_BY_KNOWN = 2000
"""An hour from one network, for addresses that are known there: a carrier's customers."""


@dataclass(frozen=True, slots=True)
class RequestPasswordReset:
    """Somebody forgot a password: the mail, if the address has an account, lets its reader set another.

    An address without one, or whose account is disabled, costs the same: a proof that is nobody's is
    written and looked at by a worker, and mailed to nobody. When the address has had its mails of the
    hour, nothing happens; the newest of them serves. What strangers use up of a network is no limit for those
    who signed in there. Raises TooMany once it is used up. `token`, of any such link, names the tenant for
    who cannot send a header.
    """

    transaction: Transaction
    users: Users
    proofs: OneTimeProofs
    secrets: ProofSecrets
    rate_limit: RateLimit
    cache: Cache

    async def __call__(self, actor: Actor, email: str, *, origin: Origin, token: str = "") -> None:
        address = email_address.normalised(email)
        tenant_id = self._tenant(token) or actor.tenant_id
        if not await self._may_be_mailed(tenant_id, address, origin):
            return
        async with self.transaction(replace(actor, tenant_id=tenant_id)) as tx:
            user, now = await self.users.with_email(address), await tx.now()
            proof, asked = OneTimeProof.to_reset(ProofId(uuid4()), tenant_id, user, at=now)
            await self.proofs.replace(proof)
            tx.emit(*asked)

    async def _may_be_mailed(self, tenant_id: TenantId, address: str, origin: Origin) -> bool:
        """By the address first, so that one that is asked for again takes nothing from its network."""
        name, asked = f"forgot:{origin.network}", ASKED
        guesses = Guesses(self.cache, tenant_id, address, origin.network, None)
        if await guesses.network_is_known():
            name, asked = f"forgot:known:{origin.network}", ASKED_BY_KNOWN
        mails = mails_to(tenant_id, address, origin.network, about="reset")
        try:
            await take(self.rate_limit, mails)
        except TooMany:
            return False
        try:
            await self.rate_limit.spend(name, limit=asked, per=HOUR)
        except TooMany:
            await give_back(self.rate_limit, mails)
            raise
        return True

    def _tenant(self, token: str) -> TenantId | None:
        try:
            return self.secrets.opened(token, Purpose.RESET_PASSWORD).tenant_id if token else None
        except BrokenLink:
            return None


@dataclass(frozen=True, slots=True)
class ByLink:
    """Who opened the link of a mail."""

    token: str


@dataclass(frozen=True, slots=True)
class ByCode:
    """Who types the code of a mail, and says to which address it came."""

    email: str
    code: str


@dataclass(frozen=True, slots=True)
class ResetPassword(Answering):
    """Who reads the mail sets the password; every sign-in and token of the account ends, and none begins.

    Returns which ended. The password is judged once the mail is answered, for what it must not hold is
    the owner's name: one that is refused uses up no link, and one of the five tries of a code. The network
    counts as one of the account's and what was guessed there is forgotten, so that nobody's guesses make its
    owner wait. Raises
    ProofOutdated, BrokenLink and WeakPassword.
    """

    sign_ins: SignIns
    second_factors: SecondFactors
    api_tokens: ApiTokens
    fanout: Fanout
    profiles: ProfileReads
    hasher: PasswordHasher
    strength: PasswordStrength
    cache: Cache
    rate_limit: RateLimit

    async def __call__(
        self, actor: Actor, answer: ByLink | ByCode, secret: str, *, origin: Origin
    ) -> Sequence[SessionId]:
        password.well_formed(secret)
        proof = await self._proof(actor, answer)
        me = await self.profiles.me(Actor.person(proof.owner, proof.tenant_id))
        kept = await hash_of_chosen(
            *(self.hasher, self.strength, secret), email=me.email, name=me.name, origin=origin
        )
        anonymous = replace(actor, tenant_id=proof.tenant_id).before_authentication
        async with self.transaction(anonymous) as tx:
            now = await tx.now()
            user = await self.use(proof, at=now)
            tx.emit(*user.change_password(kept, at=now))
            await self.users.save(user)
            factor = await self.second_factors.of(user.id)
            if factor is not None and factor.password_was_mailed():
                await self.second_factors.put(factor)
            ended = await end_access(self.sign_ins, self.api_tokens, user.id, at=now)
        await tell_ended(self.fanout, ended)
        here = Guesses(self.cache, proof.tenant_id, user.email, origin.network, None)
        await here.remember_network()
        await here.forget(self.rate_limit)
        return ended

    async def _proof(self, actor: Actor, answer: ByLink | ByCode) -> OneTimeProof:
        if isinstance(answer, ByLink):
            return await self.by_link(actor, answer.token, Purpose.RESET_PASSWORD)
        async with self.transaction(actor.before_authentication, read_only=True):
            user = await self.users.with_email(email_address.normalised(answer.email))
        whose = user.id if user else UserId(uuid4())
        return await self.by_code(actor, whose, answer.code, Purpose.RESET_PASSWORD)


@dataclass(frozen=True, slots=True)
class ChangePassword(ByPresentPassword):
    """Who is signed in, and gives the present password, sets another; other sign-ins and all tokens end.

    Returns which ended. Mails that wait for an answer end, too. Raises StepUpNeeded, WrongPassword, WeakPassword,
    StaleWrite when the password was changed meanwhile, and TooMany.
    """

    proofs: OneTimeProofs
    api_tokens: ApiTokens
    fanout: Fanout
    profiles: ProfileReads
    strength: PasswordStrength

    async def __call__(
        self, actor: Actor, present: str, secret: str, *, origin: Origin
    ) -> Sequence[SessionId]:
        password.well_formed(secret)
        proved = await self.proved(actor, present, origin=origin)
        me = await self.profiles.me(actor)
        kept = await hash_of_chosen(
            *(self.hasher, self.strength, secret), email=me.email, name=me.name, origin=origin
        )
        async with self.transaction(actor.before_authentication) as tx:
            now = await tx.now()
            user = await self.still(actor, proved, at=now)
            tx.emit(*user.change_password(kept, at=now))
            await self.users.save(user)
            await self.proofs.end(user.id)
            ended = await end_access(
                self.sign_ins, self.api_tokens, user.id, at=now, but=actor.session_id
            )
        await tell_ended(self.fanout, ended)
        return ended
