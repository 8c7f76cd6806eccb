"""The second half of a log-in by a code that is mailed or texted, where the account has chosen so."""

from dataclasses import dataclass, replace

from skillbridge.application.accounts.attempts import counting_failures
from skillbridge.application.accounts.ports.second_factors import Challenges
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.accounts.second_factor import codes_of
from skillbridge.application.accounts.sent_codes import MailedCodes, SentCodes
from skillbridge.application.accounts.signing_in import SigningIn, Wanted
from skillbridge.application.accounts.texted_codes import TextedCodes
from skillbridge.application.accounts.views import LoggedIn
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.second_factor import Challenge, ChallengeOver
from skillbridge.domain.accounts.sign_in import Origin, SignIn
from skillbridge.domain.actor import Actor


@dataclass(frozen=True, slots=True)
class BeginSentSecondFactor:
    """Sends a code for what a log-in was asked for, and for that alone. The challenge names its tenant.

    Raises ChallengeOver, NotByMail, NotBySms, SameMailbox, AccountDisabled, and what
    `may_be_sent` does.
    """

    transaction: Transaction
    users: Users
    challenges: Challenges
    codes: SentCodes

    async def __call__(self, actor: Actor, challenge: str, *, origin: Origin) -> None:
        half = self.challenges.read(challenge)
        anonymous = replace(actor, tenant_id=half.tenant_id)
        async with self.transaction(anonymous, read_only=True) as tx:
            found = await self.users.find(half.user_id)
            user = half.must_hold(found, half.key, at=await tx.now())
            await self.codes.must_be_sent(user, beside=half.method, gone=ChallengeOver)
        await self.codes.may_be_sent(user, origin)
        async with self.transaction(anonymous) as tx:
            user = await self.users.get(user.id)  # two that ask at once take turns
            await self.codes.must_be_unused(half.id, gone=ChallengeOver)
            await self.codes.send(tx, user, self.codes.second_factor, origin, id_=half.id)


@dataclass(frozen=True, slots=True)
class FinishSentSecondFactor(SigningIn):
    """What a log-in was asked for, and the code that was sent: starts the sign-in.

    Raises what a code of an app does, CodeRefused in place of WrongCode, and NotByMail, NotBySms and SameMailbox.
    """

    codes: SentCodes

    async def __call__(
        self, actor: Actor, challenge: str, code: str, *, origin: Origin, device: str = ""
    ) -> LoggedIn:
        key = self.device_keys.proved(origin.proof)
        half = self.challenges.read(challenge)
        anonymous = replace(actor, tenant_id=half.tenant_id)
        async with self.transaction(anonymous, read_only=True) as tx:
            user = half.must_hold(await self.users.find(half.user_id), key, at=await tx.now())
        wanted = await self.wanted(user, origin, key=key, device=device)
        async with self.completing(anonymous, user, wanted):
            sign_in = await self._started(anonymous, half, code, wanted)
        return await self.logged_in(user, sign_in, wanted, half.method, self.codes.method)

    async def _started(
        self, anonymous: Actor, half: Challenge, code: str, wanted: Wanted
    ) -> SignIn:
        async with counting_failures(self.rate_limit, codes_of(half.tenant_id, half.user_id)):
            purpose, id_ = self.codes.second_factor, half.id
            proof = await self.codes.answered(anonymous, half.user_id, purpose, code, id_=id_)
            async with self.transaction(anonymous) as tx:
                now = await tx.now()
                user = half.must_hold(await self.users.get(half.user_id), wanted.use.key, at=now)
                await self.must_still_open(half)
                await self.codes.must_be_sent(user, beside=half.method, gone=ChallengeOver)
                await self.codes.use(proof, at=now)
                return await self.start(tx, user, wanted, at=now)


@dataclass(frozen=True, slots=True)
class BeginMailedSecondFactor(BeginSentSecondFactor):
    codes: MailedCodes


@dataclass(frozen=True, slots=True)
class BeginTextedSecondFactor(BeginSentSecondFactor):
    codes: TextedCodes


@dataclass(frozen=True, slots=True)
class FinishMailedSecondFactor(FinishSentSecondFactor):
    codes: MailedCodes


@dataclass(frozen=True, slots=True)
class FinishTextedSecondFactor(FinishSentSecondFactor):
    codes: TextedCodes
