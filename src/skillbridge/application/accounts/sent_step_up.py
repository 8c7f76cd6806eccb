"""Proving once more who one is, where codes by mail or SMS are the second factor: by password and code."""

from dataclasses import dataclass

from skillbridge.application.accounts.attempts import counting_failures
from skillbridge.application.accounts.held_roles import HeldRoles
from skillbridge.application.accounts.ports.sign_ins import SignIns
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.accounts.present_password import ByPresentPassword
from skillbridge.application.accounts.second_factor import codes_of
from skillbridge.application.accounts.sent_codes import MailedCodes, SentCodes
from skillbridge.application.accounts.texted_codes import TextedCodes
from skillbridge.application.accounts.views import SteppedUp
from skillbridge.application.ports.access_tokens import ACCESS_LIFE, Tokens
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.second_factor import NoSecondFactor
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import Authentication, Method


@dataclass(frozen=True, slots=True)
class BeginSentStepUp:
    """Sends a code to who is signed in.

    Raises NoSecondFactor, NotByMail, NotBySms, SameMailbox, SignInOver, and what `may_be_sent` does.
    """

    transaction: Transaction
    users: Users
    sign_ins: SignIns
    codes: SentCodes

    async def __call__(self, actor: Actor, *, origin: Origin) -> None:
        anonymous = actor.before_authentication
        async with self.transaction(anonymous, read_only=True) as tx:
            user = await self.users.peek(actor.user_id)
            await self.sign_ins.must_live(user.id, actor.session_id, at=await tx.now())
            await self.codes.must_be_sent(user, beside=Method.PASSWORD, gone=NoSecondFactor)
        await self.codes.may_be_sent(user, origin)
        async with self.transaction(anonymous) as tx:
            await self.codes.send(tx, user, self.codes.step_up, origin)


@dataclass(frozen=True, slots=True)
class FinishSentStepUp(ByPresentPassword):
    """The password and the code that was sent: a fresh access token.

    Both, for a sign-in may have begun with the same mailbox. It goes on as it was. Raises what `still` does,
    WrongPassword, CodeRefused, NoSecondFactor, NotByMail, NotBySms, SameMailbox, and TooMany.
    """

    tokens: Tokens
    codes: SentCodes
    held_roles: HeldRoles

    async def __call__(self, actor: Actor, present: str, code: str, *, origin: Origin) -> SteppedUp:
        async with self.transaction(actor.before_authentication, read_only=True):
            user = await self.users.peek(actor.user_id)
            await self.codes.must_be_sent(user, beside=Method.PASSWORD, gone=NoSecondFactor)
        await self.must_be_of(user, present, origin=origin)
        async with counting_failures(self.rate_limit, codes_of(user.tenant_id, user.id)):
            proof = await self.codes.answered(actor, user.id, self.codes.step_up, code)
            async with self.transaction(actor.before_authentication) as tx:
                now = await tx.now()
                await self.still(actor, user, at=now)
                await self.codes.must_be_sent(user, beside=Method.PASSWORD, gone=NoSecondFactor)
                await self.codes.use(proof, at=now)
                roles = await self.held_roles.of(user)
        assert actor.session_id is not None, "it lives"
        upon = Authentication(frozenset({Method.PASSWORD, self.codes.method}), now)
        token = self.tokens.issue(user.id, user.tenant_id, actor.session_id, roles, upon)
        return SteppedUp(token, int(ACCESS_LIFE.total_seconds()))


@dataclass(frozen=True, slots=True)
class BeginMailedStepUp(BeginSentStepUp):
    codes: MailedCodes


@dataclass(frozen=True, slots=True)
class BeginTextedStepUp(BeginSentStepUp):
    codes: TextedCodes


@dataclass(frozen=True, slots=True)
class FinishMailedStepUp(FinishSentStepUp):
    codes: MailedCodes


@dataclass(frozen=True, slots=True)
class FinishTextedStepUp(FinishSentStepUp):
    codes: TextedCodes
