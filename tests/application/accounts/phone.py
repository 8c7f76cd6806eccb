"""Somebody's authenticator app, and what they do with it."""

from dataclasses import dataclass, replace

import pytest
from pyotp import TOTP
from tests.application.accounts.people import HOME, Visitor
from tests.support.given.world import World

from skillbridge.application.accounts.ports.second_factors import SecondFactors
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.accounts.second_factor import ConfirmSecondFactor, EnrolSecondFactor
from skillbridge.application.accounts.second_step import VerifySecondFactor
from skillbridge.application.accounts.step_up import StepUp
from skillbridge.application.accounts.views import Enrolment, LoggedIn, RecoveryCodes, SteppedUp
from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.second_factor import SecondFactorNeeded
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor


@dataclass
class Phone:
    """Every step goes through a use case, but for `later`."""

    owner: Visitor
    secret: str = ""

    @property
    def world(self) -> World:
        return self.owner.world

    def code(self) -> str:
        return TOTP(self.secret).now()

    async def actor(self, tokens: LoggedIn | SteppedUp | None = None) -> Actor:
        """As the access token says, of a new log-in if no other is given."""
        tokens = tokens or await self.owner.log_in()
        claims = (await self.world.api.get(Tokens)).verify(tokens.access_token)
        return Actor(
            claims.user_id,
            claims.tenant_id,
            claims.roles,
            claims.session_id,
            proved_at=claims.proved_at,
        )

    async def enrol(self, actor: Actor) -> None:
        found: Enrolment = await self.world.do(
            EnrolSecondFactor, actor, self.owner.password, origin=HOME
        )
        self.secret = found.secret

    async def confirm(self, actor: Actor, code: str | None = None) -> RecoveryCodes:
        found: RecoveryCodes = await self.world.do(
            ConfirmSecondFactor, actor, code if code is not None else self.code()
        )
        return found

    async def set_up(self) -> tuple[Actor, RecoveryCodes]:
        """Registered, signed in, and with a second factor, of which a code was shown just now."""
        actor = await self.actor(await self.owner.arrive())
        await self.enrol(actor)
        codes = await self.confirm(actor)
        await self.later(actor)
        actor = await self.step_up(actor, self.code())
        await self.later(actor)
        return actor, codes

    async def user(self) -> User:
        anonymous = self.world.pre_authentication()
        async with self.world.scope(anonymous) as scope:
            users: Users = await scope.get(Users)
            async with (await scope.get(Transaction))(anonymous, read_only=True):
                found = await users.with_email(self.owner.email)
        assert found is not None
        return found

    async def later(self, actor: Actor) -> None:
        """As if the step whose code was shown lay in the past."""
        anonymous = actor.before_authentication
        async with self.world.scope(anonymous) as scope:
            factors: SecondFactors = await scope.get(SecondFactors)
            async with (await scope.get(Transaction))(anonymous):
                factor = await factors.of(actor.user_id)
                assert factor is not None
                factor.last_step = None
                await factors.put(factor)

    async def step_up(self, actor: Actor, proof: str) -> Actor:
        """The actor as the new access token says."""
        found: SteppedUp = await self.world.do(StepUp, actor, proof, origin=HOME)
        claims = (await self.world.api.get(Tokens)).verify(found.access_token)
        assert (claims.user_id, claims.session_id) == (actor.user_id, actor.session_id)
        return replace(actor, proved_at=claims.proved_at)

    async def challenge(self) -> str:
        """What the log-in answers once the password was right."""
        owner = self.owner
        with pytest.raises(SecondFactorNeeded) as refused:
            await owner.log_in()
        return refused.value.challenge

    async def verify(self, challenge: str, code: str | None = None) -> LoggedIn:
        found: LoggedIn = await self.world.do(
            VerifySecondFactor,
            self.world.pre_authentication(),
            challenge,
            code if code is not None else self.code(),
            origin=HOME,
        )
        return found
