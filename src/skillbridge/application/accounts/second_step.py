"""The second half of a log-in: a code, where the account has a second factor."""

from dataclasses import dataclass, replace
from uuid import uuid4

from skillbridge.application.accounts.attempts import counting_failures
from skillbridge.application.accounts.guesses import Guesses
from skillbridge.application.accounts.ports import (
    Authenticators,
    Challenges,
    Devices,
    RefreshTokens,
    SecondFactors,
    SignIns,
    Users,
)
from skillbridge.application.accounts.second_factor import codes_of, shown
from skillbridge.application.accounts.sessions import logged_in
from skillbridge.application.accounts.views import LoggedIn
from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.application.ports.cache import Cache
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.second_factor import ChallengeOver
from skillbridge.domain.accounts.sign_in import Origin, SignIn, digest
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import Authentication, Method
from skillbridge.domain.ids import SessionId


@dataclass(frozen=True, slots=True)
class VerifySecondFactor:
    """What a log-in was asked for, and a code: starts the sign-in. The challenge names its tenant.

    Raises ChallengeOver, also when the second factor was removed since; WrongCode; AccountDisabled; and
    TooMany after too many wrong codes.
    """

    transaction: Transaction
    users: Users
    sign_ins: SignIns
    second_factors: SecondFactors
    authenticators: Authenticators
    challenges: Challenges
    tokens: Tokens
    refresh_tokens: RefreshTokens
    devices: Devices
    rate_limit: RateLimit
    cache: Cache

    async def __call__(
        self, actor: Actor, challenge: str, code: str, *, origin: Origin
    ) -> LoggedIn:
        asked = self.challenges.read(challenge)
        anonymous = replace(actor, tenant_id=asked.tenant_id)
        token = self.refresh_tokens.first(asked.tenant_id)
        async with (
            counting_failures(self.rate_limit, codes_of(asked.tenant_id, asked.user_id)),
            self.transaction(anonymous) as tx,
        ):
            now = await tx.now()
            user = asked.must_hold(await self.users.find(asked.user_id), at=now)
            if not await shown(tx, self.second_factors, self.authenticators, code, user):
                raise ChallengeOver
            id_ = SessionId(uuid4())
            sign_in = SignIn.start(id_, user.id, digest(token), device=origin.device, at=now)
            await self.sign_ins.add(sign_in)
        await Guesses(
            self.cache, user.tenant_id, user.email, origin.network, None
        ).remember_network()
        device = self.devices.remembered(user.tenant_id, user.email)
        upon = Authentication(frozenset({Method.PASSWORD, Method.CODE}), now)
        return logged_in(self.tokens, user, sign_in, token, upon, device)
