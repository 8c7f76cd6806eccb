"""The second half of a log-in: a code, where the account has a second factor."""

from dataclasses import dataclass, replace

from skillbridge.application.accounts.attempts import counting_failures
from skillbridge.application.accounts.ports.second_factors import Authenticators
from skillbridge.application.accounts.second_factor import codes_of, shown
from skillbridge.application.accounts.signing_in import SigningIn, Wanted
from skillbridge.application.accounts.views import LoggedIn
from skillbridge.domain.accounts.second_factor import Challenge, ChallengeOver
from skillbridge.domain.accounts.sign_in import Origin, SignIn
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import Method


@dataclass(frozen=True, slots=True)
class VerifySecondFactor(SigningIn):
    """What a log-in was asked for, and a code: starts the sign-in. The challenge names its tenant.

    Raises ChallengeOver, also when the second factor was removed since; WrongCode; AccountDisabled;
    BadProof; KeyMissing without a proof of the key of the first half; and TooMany after too many wrong codes.
    """

    authenticators: Authenticators

    async def __call__(
        self, actor: Actor, challenge: str, code: str, *, origin: Origin, device: str = ""
    ) -> LoggedIn:
        key = self.device_keys.proved(origin.proof)
        asked = self.challenges.read(challenge)
        anonymous = replace(actor, tenant_id=asked.tenant_id)
        async with self.transaction(anonymous, read_only=True) as tx:
            user = asked.must_hold(await self.users.find(asked.user_id), key, at=await tx.now())
        wanted = await self.wanted(user, origin, key=key, device=device)
        async with self.completing(anonymous, user, wanted):
            sign_in = await self._started(anonymous, asked, code, wanted)
        return await self.logged_in(user, sign_in, wanted, asked.method, Method.CODE)

    async def _started(
        self, anonymous: Actor, asked: Challenge, code: str, wanted: Wanted
    ) -> SignIn:
        async with (
            counting_failures(self.rate_limit, codes_of(asked.tenant_id, asked.user_id)),
            self.transaction(anonymous) as tx,
        ):
            now = await tx.now()
            user = asked.must_hold(await self.users.get(asked.user_id), wanted.use.key, at=now)
            await self.must_still_open(asked)
            if not await shown(tx, self.second_factors, self.authenticators, code, user):
                raise ChallengeOver
            return await self.start(tx, user, wanted, at=now)
