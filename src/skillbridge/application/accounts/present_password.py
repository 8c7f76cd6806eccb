"""Who is signed in shows once more who they are: by the present password."""

from dataclasses import dataclass
from datetime import datetime

from skillbridge.application.accounts.attempts import HOUR, Allowance, counting_failures
from skillbridge.application.accounts.ports.passwords import PasswordHasher
from skillbridge.application.accounts.ports.second_factors import SecondFactors
from skillbridge.application.accounts.ports.sign_ins import SignIns
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts import password
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.user import User, WrongPassword
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import must_have_proved_lately
from skillbridge.domain.errors import StaleWrite

GUESSES = 10
"""Wrong passwords an hour from whoever is signed in to an account."""


@dataclass(frozen=True, slots=True)
class ByPresentPassword:
    """For what a stolen access token must not be enough for.

    An account with a second factor wants a fresh proof besides, which a code of it gave.
    """

    transaction: Transaction
    users: Users
    second_factors: SecondFactors
    sign_ins: SignIns
    hasher: PasswordHasher
    rate_limit: RateLimit

    async def proved(self, actor: Actor, present: str, *, origin: Origin) -> User:
        """The account as it is.

        Raises StepUpNeeded, WrongPassword, and TooMany after ten of these in an hour.
        """
        async with self.transaction(actor.before_authentication, read_only=True) as tx:
            user, now = await self.users.peek(actor.user_id), await tx.now()
            factor = await self.second_factors.peek(user.id)
        if factor is not None and factor.active:
            must_have_proved_lately(actor, at=now, since=factor.confirmed_at)
        await self.must_be_of(user, present, origin=origin)
        return user

    async def must_be_of(self, user: User, present: str, *, origin: Origin) -> None:
        """Raises WrongPassword, and TooMany after ten of these in an hour."""
        guesses = Allowance(f"present:{user.tenant_id}:{user.id}", GUESSES, HOUR)
        secret = password.normalised(present)
        async with counting_failures(self.rate_limit, [guesses]):
            if not await self.hasher.matches(secret, user.password_hash, network=origin.network):
                raise WrongPassword

    async def still(self, actor: Actor, proved: User, *, at: datetime) -> User:
        """The account, locked.

        Raises StaleWrite where its password is another by now, and SignInOver where the sign-in has ended.
        """
        user = await self.users.get(proved.id)
        await self.sign_ins.must_live(user.id, actor.session_id, at=at)
        user.may_sign_in()
        if user.password_hash != proved.password_hash:
            raise StaleWrite("the password of this account changed meanwhile; try again")
        return user
