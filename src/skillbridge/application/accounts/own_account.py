"""One's own account, before anything changes how it is signed in to."""

from dataclasses import dataclass
from datetime import datetime

from skillbridge.application.accounts.ports.second_factors import SecondFactors
from skillbridge.application.accounts.ports.sign_ins import SignIns
from skillbridge.application.accounts.ports.users import Users
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import must_have_proved_lately


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """Within a transaction of the pre-authentication principal, which alone sees what signing in is made of.

    A request that was let in before its owner's reset must change nothing after it, so all is looked at
    once the account is locked.
    """

    users: Users
    sign_ins: SignIns
    second_factors: SecondFactors

    async def proved(self, actor: Actor, *, at: datetime) -> User:
        """Locked. Raises what `must_be_proved` does."""
        user = await self.users.get(actor.user_id)
        await self.must_be_proved(actor, user, at=at)
        return user

    async def signed_in(self, actor: Actor, *, at: datetime) -> User:
        """Locked, and without a fresh proof. Raises what `must_be_signed_in` does."""
        user = await self.users.get(actor.user_id)
        await self.must_be_signed_in(actor, user, at=at)
        return user

    async def must_be_proved(self, actor: Actor, user: User, *, at: datetime) -> None:
        """A proof of the last ten minutes, of all that the account wants now, by a sign-in that lives.

        One of before the second factor was set up was of the password alone. Raises StepUpNeeded besides
        what `must_be_signed_in` does.
        """
        factor = await self.second_factors.peek(user.id)
        must_have_proved_lately(actor, at=at, since=factor.confirmed_at if factor else None)
        await self.must_be_signed_in(actor, user, at=at)

    async def must_be_signed_in(self, actor: Actor, user: User, *, at: datetime) -> None:
        """Raises SignInOver, AccountDisabled."""
        await self.sign_ins.must_live(user.id, actor.session_id, at=at)
        user.may_sign_in()
