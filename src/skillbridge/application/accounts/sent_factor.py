"""Codes by mail or SMS are chosen as second factor, by who has no authenticator app."""

from dataclasses import dataclass

from skillbridge.application.accounts.attempts import counting_failures
from skillbridge.application.accounts.end_of_access import end_access
from skillbridge.application.accounts.ports.api_tokens import ApiTokens
from skillbridge.application.accounts.present_password import ByPresentPassword
from skillbridge.application.accounts.second_factor import OwnSecondFactor, codes_of
from skillbridge.application.accounts.sent_codes import MailedCodes, SentCodes
from skillbridge.application.accounts.texted_codes import TextedCodes
from skillbridge.application.accounts.views import RecoveryCodes
from skillbridge.application.ended_sign_ins import tell_ended
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.domain.accounts.second_factor import (
    NoSecondFactor,
    SecondFactor,
    SecondFactorActive,
    digest,
)
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.actor import Actor


@dataclass(frozen=True, slots=True)
class BeginSentFactor(ByPresentPassword):
    """Sends a code; such codes count as second factor once it was typed.

    It wants the password, for whoever sets one up shuts everybody else out. Raises what `proved` and `still`
    do, SecondFactorActive where one counts already, and what `may_be_chosen_by` and `may_be_sent` do.
    """

    codes: SentCodes

    async def __call__(self, actor: Actor, present: str, *, origin: Origin) -> None:
        proved = await self.proved(actor, present, origin=origin)
        self.codes.may_be_chosen_by(proved)
        await self.codes.may_be_sent(proved, origin)
        async with self.transaction(actor.before_authentication) as tx:
            user = await self.still(actor, proved, at=await tx.now())
            factor = await self.second_factors.of(user.id)
            if factor is not None and factor.active:
                raise SecondFactorActive
            await self.second_factors.put(SecondFactor.sent(user.id, self.codes.kind))
            await self.codes.send(tx, user, self.codes.set_up, origin)


@dataclass(frozen=True, slots=True)
class FinishSentFactor(OwnSecondFactor):
    """The code that was sent: from now on one is asked for; other sign-ins and tokens end.

    Returns the recovery codes, which are never shown again. Raises StepUpNeeded, NoSecondFactor,
    SecondFactorActive, NotByMail, NotBySms, CodeRefused, and TooMany after too many wrong codes.
    """

    api_tokens: ApiTokens
    rate_limit: RateLimit
    fanout: Fanout
    codes: SentCodes

    async def __call__(self, actor: Actor, code: str) -> RecoveryCodes:
        kept = tuple(self.authenticators.recovery_codes())
        async with counting_failures(self.rate_limit, codes_of(actor.tenant_id, actor.user_id)):
            proof = await self.codes.answered(actor, actor.user_id, self.codes.set_up, code)
            async with self.own(actor) as (tx, user, factor):
                if factor is None:
                    raise NoSecondFactor
                self.codes.may_be_chosen_by(user)
                now = await tx.now()
                await self.codes.use(proof, at=now)
                tx.emit(
                    *factor.confirm_sent(self.codes.kind, [digest(one) for one in kept], at=now)
                )
                await self.second_factors.put(factor)
                ended = await end_access(
                    self.account.sign_ins, self.api_tokens, user.id, at=now, but=actor.session_id
                )
        await tell_ended(self.fanout, ended)
        return RecoveryCodes(kept)


@dataclass(frozen=True, slots=True)
class BeginMailedFactor(BeginSentFactor):
    codes: MailedCodes


@dataclass(frozen=True, slots=True)
class BeginTextedFactor(BeginSentFactor):
    codes: TextedCodes


@dataclass(frozen=True, slots=True)
class FinishMailedFactor(FinishSentFactor):
    codes: MailedCodes


@dataclass(frozen=True, slots=True)
class FinishTextedFactor(FinishSentFactor):
    codes: TextedCodes
