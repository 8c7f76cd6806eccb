"""Proving with a passkey once more who one is."""

from dataclasses import dataclass

from skillbridge.application.accounts.held_roles import HeldRoles
from skillbridge.application.accounts.passkey_answers import PasskeyAnswers
from skillbridge.application.accounts.ports.passkeys import RelyingParty, Signed, ToGet
from skillbridge.application.accounts.ports.sign_ins import SignIns
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.accounts.views import SteppedUp
from skillbridge.application.ports.access_tokens import ACCESS_LIFE, Tokens
from skillbridge.application.ports.clock import Clock
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.passkey import Ceremony, PasskeyBehind, Purpose
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import PASSKEY, Authentication


@dataclass(frozen=True, slots=True)
class BeginPasskeyStepUp:
    """What a device is asked for; it serves the sign-in that asks, and no other."""

    party: RelyingParty
    clock: Clock

    async def __call__(self, actor: Actor) -> ToGet:
        ceremony = Ceremony.begin(
            *(Purpose.STEP_UP, actor.tenant_id, self.party.nonce(), actor.user_id),
            within=str(actor.session_id),
            at=self.clock(),
        )
        return self.party.to_get(ceremony)


@dataclass(frozen=True, slots=True)
class FinishPasskeyStepUp:
    """A passkey of the account in place of a code or the password: a fresh access token.

    The sign-in goes on as it was. Raises CeremonyOver, PasskeyRefused, PasskeyBehind, SignInOver and
    AccountDisabled.
    """

    transaction: Transaction
    users: Users
    sign_ins: SignIns
    answers: PasskeyAnswers
    tokens: Tokens
    held_roles: HeldRoles

    async def __call__(self, actor: Actor, answer: Signed) -> SteppedUp:
        asked = self.answers.party.asked(answer)
        anonymous, own = actor.before_authentication, (actor.tenant_id, actor.user_id)
        async with self.transaction(anonymous, read_only=True) as tx:
            now = await tx.now()
            asked.must_be(Purpose.STEP_UP, *own, within=str(actor.session_id), at=now)
            passkey = await self.answers.kept(answer)
        looked = self.answers.looked_at(asked, answer, passkey)
        async with self.transaction(anonymous) as tx:
            now, user = await tx.now(), await self.users.get(actor.user_id)
            await self.sign_ins.must_live(user.id, actor.session_id, at=now)
            user.may_sign_in()
            counted = await self.answers.use_up(tx, looked)
            roles = await self.held_roles.of(user)
        if not counted:
            raise PasskeyBehind
        assert actor.session_id is not None, "it lives"
        upon = Authentication(frozenset(PASSKEY), now)
        token = self.tokens.issue(user.id, user.tenant_id, actor.session_id, roles, upon)
        return SteppedUp(token, int(ACCESS_LIFE.total_seconds()))
