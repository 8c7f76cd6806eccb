"""Somebody with passkeys, and what they do with them."""

from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from tests.application.accounts.people import HOME, Visitor
from tests.application.accounts.phone import Phone
from tests.support.given.authenticator import Authenticator
from tests.support.given.world import World

from skillbridge.application.accounts.passkey_sign_in import (
    BeginPasskeyLogin,
    BeginPasskeySecondFactor,
    FinishPasskeyLogin,
    FinishPasskeySecondFactor,
)
from skillbridge.application.accounts.passkey_step_up import BeginPasskeyStepUp, FinishPasskeyStepUp
from skillbridge.application.accounts.passkeys import (
    BeginPasskeyRegistration,
    FinishPasskeyRegistration,
)
from skillbridge.application.accounts.ports.passkeys import Made, Signed
from skillbridge.application.accounts.views import LoggedIn, PasskeyView, SteppedUp
from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.actor import Actor
from skillbridge.entrypoints.http.passkey_shapes import (
    Assertion,
    NewCredential,
    NewPasskey,
    ToBeCreated,
    ToBeSigned,
)

JSON = dict[str, Any]


@dataclass
class Holder:
    """Every step goes through a use case."""

    owner: Visitor
    device: Authenticator = field(default_factory=Authenticator)

    @property
    def world(self) -> World:
        return self.owner.world

    async def arrive(self) -> Actor:
        """Registered and signed in by a password just now."""
        return await Phone(self.owner).actor(await self.owner.arrive())

    async def to_create(self, actor: Actor) -> JSON:
        return as_json(ToBeCreated.of(await self.world.do(BeginPasskeyRegistration, actor)))

    async def keep(self, actor: Actor, credential: JSON, name: str = "My phone") -> PasskeyView:
        found: PasskeyView = await self.world.do(
            FinishPasskeyRegistration, actor, made(credential), name
        )
        return found

    async def add(
        self, actor: Actor, device: Authenticator | None = None, name: str = "My phone"
    ) -> PasskeyView:
        credential = (device or self.device).create(await self.to_create(actor))
        return await self.keep(actor, credential, name)

    async def set_up(self) -> Actor:
        actor = await self.arrive()
        await self.add(actor)
        return actor

    async def challenge(self) -> JSON:
        anonymous = self.world.pre_authentication()
        return as_json(ToBeSigned.of(await self.world.do(BeginPasskeyLogin, anonymous)))

    async def finish(self, credential: JSON, *, origin: Origin = HOME) -> LoggedIn:
        found: LoggedIn = await self.world.do(
            FinishPasskeyLogin, self.world.pre_authentication(), signed(credential), origin=origin
        )
        return found

    async def log_in(self, **said: Any) -> LoggedIn:
        return await self.finish(self.device.get(await self.challenge(), **said))

    async def second_challenge(self, challenge: str) -> JSON:
        anonymous = self.world.pre_authentication()
        asked = await self.world.do(BeginPasskeySecondFactor, anonymous, challenge)
        return as_json(ToBeSigned.of(asked))

    async def verify(self, challenge: str, credential: JSON, *, origin: Origin = HOME) -> LoggedIn:
        anonymous, answer = self.world.pre_authentication(), signed(credential)
        found: LoggedIn = await self.world.do(
            FinishPasskeySecondFactor, anonymous, challenge, answer, origin=origin
        )
        return found

    async def step_challenge(self, actor: Actor) -> JSON:
        return as_json(ToBeSigned.of(await self.world.do(BeginPasskeyStepUp, actor)))

    async def step_up(self, actor: Actor, credential: JSON | None = None) -> Actor:
        """The actor as the new access token says."""
        credential = credential or self.device.get(await self.step_challenge(actor))
        found: SteppedUp = await self.world.do(FinishPasskeyStepUp, actor, signed(credential))
        claims = (await self.world.api.get(Tokens)).verify(found.access_token)
        assert (claims.user_id, claims.session_id) == (actor.user_id, actor.session_id)
        return replace(actor, proved_at=claims.proved_at)


def as_json(shape: Any) -> JSON:
    found: JSON = msgspec.to_builtins(shape)
    return found


def made(credential: JSON) -> Made:
    return NewPasskey("any", msgspec.convert(credential, NewCredential)).made


def signed(credential: JSON) -> Signed:
    return msgspec.convert(credential, Assertion).signed
