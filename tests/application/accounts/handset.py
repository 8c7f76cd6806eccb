"""Somebody's phone, and what they do with the codes that are texted to it."""

import re
from dataclasses import dataclass

import pytest
from tests.application.accounts.people import CODE, HOME, PASSWORD, Visitor
from tests.application.accounts.phone import Phone
from tests.support.given.world import World

from skillbridge.adapters.memory.signals import MemoryRateLimit
from skillbridge.application.accounts.phones import BeginPhone, FinishPhone, GetPhone
from skillbridge.application.accounts.ports.phones import Phones
from skillbridge.application.accounts.sent_factor import BeginTextedFactor, FinishTextedFactor
from skillbridge.application.accounts.sent_second_step import (
    BeginTextedSecondFactor,
    FinishTextedSecondFactor,
)
from skillbridge.application.accounts.sent_step_up import BeginTextedStepUp, FinishTextedStepUp
from skillbridge.application.accounts.texted_codes import TextedCodes
from skillbridge.application.accounts.views import LoggedIn, PhoneView, RecoveryCodes, SteppedUp
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.second_factor import FactorKind, SecondFactorNeeded
from skillbridge.domain.actor import Actor

NUMBER, OTHER = "+2348031234567", "+254712345678"


@dataclass
class Handset:
    """Every step goes through a use case."""

    owner: Visitor
    number: str = NUMBER

    @property
    def world(self) -> World:
        return self.owner.world

    async def texts(self) -> list[str]:
        to = f"{self.number}@sms.invalid"
        return [mail.text for mail in await self.world.mails() if mail.to == to]

    async def newest(self) -> str:
        found: list[str] = re.findall(CODE, (await self.texts())[0])
        return found[0]

    async def actor(self, tokens: LoggedIn | SteppedUp) -> Actor:
        return await Phone(self.owner).actor(tokens)

    async def begin(
        self, actor: Actor, typed: str | None = None, *, country: str | None = None
    ) -> None:
        await self.world.do(
            BeginPhone, actor, typed or self.number, PASSWORD, origin=HOME, country=country
        )
        await self.world.settle()

    async def begin_by(self, actor: Actor, password: str) -> None:
        await self.world.do(BeginPhone, actor, self.number, password, origin=HOME)

    async def finish(self, actor: Actor, code: str | None = None) -> PhoneView:
        found: PhoneView = await self.world.do(FinishPhone, actor, code or await self.newest())
        await self.world.settle()
        return found

    async def shown(self, actor: Actor) -> PhoneView:
        found: PhoneView = await self.world.do(GetPhone, actor)
        return found

    async def kept_number(self, actor: Actor) -> str:
        """That of the phone that counts."""
        anonymous = actor.before_authentication
        async with self.world.scope(anonymous) as scope:
            phones: Phones = await scope.get(Phones)
            codes: TextedCodes = await scope.get(TextedCodes)
            async with (await scope.get(Transaction))(anonymous, read_only=True):
                found = await phones.of(actor.user_id, verified=True)
        assert found is not None
        return codes.number_of(found).e164

    async def add(self) -> Actor:
        """Registered, signed in, and with this phone."""
        actor = await self.actor(await self.owner.arrive())
        await self.begin(actor)
        await self.finish(actor)
        return actor

    async def set_up(self) -> tuple[Actor, RecoveryCodes]:
        """And with codes by SMS as second factor."""
        actor = await self.add()
        await self.world.do(BeginTextedFactor, actor, PASSWORD, origin=HOME)
        await self.world.settle()
        found: RecoveryCodes = await self.world.do(FinishTextedFactor, actor, await self.newest())
        await self.world.settle()
        return actor, found

    async def challenge(self) -> str:
        with pytest.raises(SecondFactorNeeded) as refused:
            await self.owner.log_in()
        assert refused.value.kind is FactorKind.SMS
        return refused.value.challenge

    async def ask(self, challenge: str) -> None:
        anonymous = self.world.pre_authentication()
        await self.world.do(BeginTextedSecondFactor, anonymous, challenge, origin=HOME)
        await self.world.settle()

    async def verify(self, challenge: str, code: str | None = None) -> LoggedIn:
        found: LoggedIn = await self.world.do(
            *(FinishTextedSecondFactor, self.world.pre_authentication(), challenge),
            code or await self.newest(),
            origin=HOME,
        )
        return found

    async def ask_to_step_up(self, actor: Actor) -> None:
        await self.world.do(BeginTextedStepUp, actor, origin=HOME)
        await self.world.settle()

    async def step_up(self, actor: Actor, code: str | None = None) -> SteppedUp:
        found: SteppedUp = await self.world.do(
            FinishTextedStepUp, actor, PASSWORD, code or await self.newest(), origin=HOME
        )
        return found


async def forget_limits(world: World) -> None:
    """As if the day were over."""
    limit = await world.api.get(RateLimit)
    assert isinstance(limit, MemoryRateLimit)
    limit.paces.due.clear()
