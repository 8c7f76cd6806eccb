"""Proving once more who one is, before what a thief of an access token would do first."""

from dataclasses import dataclass

from skillbridge.application.accounts.attempts import counting_failures
from skillbridge.application.accounts.held_roles import HeldRoles
from skillbridge.application.accounts.ports.second_factors import Authenticators
from skillbridge.application.accounts.present_password import ByPresentPassword
from skillbridge.application.accounts.second_factor import codes_of, shown
from skillbridge.application.accounts.views import SteppedUp
from skillbridge.application.ports.access_tokens import ACCESS_LIFE, Tokens
from skillbridge.domain.accounts.second_factor import WrongCode
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import Authentication, Method


@dataclass(frozen=True, slots=True)
class StepUp(ByPresentPassword):
    """A code of an app or a recovery code or, without a second factor, the password: a fresh access token.

    The sign-in goes on as it was. Raises WrongCode or WrongPassword, SignInOver, AccountDisabled, and
    TooMany after too many wrong ones.
    """

    authenticators: Authenticators
    tokens: Tokens
    held_roles: HeldRoles

    async def __call__(self, actor: Actor, proof: str, *, origin: Origin) -> SteppedUp:
        async with self.transaction(actor.before_authentication, read_only=True):
            user = await self.users.peek(actor.user_id)
            factor = await self.second_factors.peek(user.id)
            roles = await self.held_roles.of(user)
        user.may_sign_in()
        if factor is not None and factor.active:
            upon = await self._by_code(actor, user, proof)
        else:
            upon = await self._by_password(actor, user, proof, origin)
        life = int(ACCESS_LIFE.total_seconds())
        assert actor.session_id is not None, "it lives"
        token = self.tokens.issue(user.id, user.tenant_id, actor.session_id, roles, upon)
        return SteppedUp(token, life)

    async def _by_code(self, actor: Actor, user: User, code: str) -> Authentication:
        async with (
            counting_failures(self.rate_limit, codes_of(user.tenant_id, user.id)),
            self.transaction(actor.before_authentication) as tx,
        ):
            await self.sign_ins.must_live(user.id, actor.session_id, at=await tx.now())
            at = await shown(tx, self.second_factors, self.authenticators, code, user)
        if at is None:  # it was removed meanwhile
            raise WrongCode
        first = Method.FEDERATED if user.password_hash is None else Method.PASSWORD
        return Authentication(frozenset({first, Method.CODE}), at)

    async def _by_password(
        self, actor: Actor, user: User, secret: str, origin: Origin
    ) -> Authentication:
        await self.must_be_of(user, secret, origin=origin)
        async with self.transaction(actor.before_authentication, read_only=True) as tx:
            now = await tx.now()
            await self.sign_ins.must_live(user.id, actor.session_id, at=now)
        return Authentication(frozenset({Method.PASSWORD}), now)
