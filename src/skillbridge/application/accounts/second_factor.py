"""A second factor of one's own: set up, confirmed, removed, and recovery codes for its loss."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from skillbridge.application.accounts.attempts import Allowance, counting_failures
from skillbridge.application.accounts.end_of_access import end_access
from skillbridge.application.accounts.own_account import OwnAccount
from skillbridge.application.accounts.ports.api_tokens import ApiTokens
from skillbridge.application.accounts.ports.second_factors import Authenticators, SecondFactors
from skillbridge.application.accounts.present_password import ByPresentPassword
from skillbridge.application.accounts.views import Enrolment, RecoveryCodes
from skillbridge.application.ended_sign_ins import tell_ended
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.application.ports.transaction import Transaction, Tx
from skillbridge.domain.accounts.second_factor import (
    NoSecondFactor,
    SecondFactor,
    SecondFactorActive,
    digest,
)
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.typed_code import typed
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import TenantId, UserId


@dataclass(frozen=True, slots=True)
class OwnSecondFactor:
    transaction: Transaction
    account: OwnAccount
    second_factors: SecondFactors
    authenticators: Authenticators

    @asynccontextmanager
    async def own(self, actor: Actor) -> AsyncIterator[tuple[Tx, User, SecondFactor | None]]:
        """The account and what it has, both locked. Raises StepUpNeeded, SignInOver, AccountDisabled."""
        async with self.transaction(actor.before_authentication) as tx:
            user = await self.account.proved(actor, at=await tx.now())
            yield tx, user, await self.second_factors.of(user.id)


@dataclass(frozen=True, slots=True)
class EnrolSecondFactor(ByPresentPassword):
    """A new secret for an authenticator app; it counts once a code of it was shown.

    It wants the password, for whoever sets one up shuts everybody else out. Raises what `proved` and `still`
    do, and SecondFactorActive where one counts already.
    """

    authenticators: Authenticators

    async def __call__(self, actor: Actor, present: str, *, origin: Origin) -> Enrolment:
        proved = await self.proved(actor, present, origin=origin)
        secret = self.authenticators.new_secret(actor.user_id)
        async with self.transaction(actor.before_authentication) as tx:
            user = await self.still(actor, proved, at=await tx.now())
            factor = await self.second_factors.of(user.id)
            if factor is not None and factor.active:
                raise SecondFactorActive
            await self.second_factors.put(SecondFactor(user.id, secret.sealed))
        return Enrolment(secret.shown, self.authenticators.uri(secret.shown, user.email))


@dataclass(frozen=True, slots=True)
class ConfirmSecondFactor(OwnSecondFactor):
    """A code of the app shows that it works: from now on it is asked for; other sign-ins and tokens end.

    Returns the recovery codes, which are never shown again. Raises StepUpNeeded, NoSecondFactor,
    SecondFactorActive, WrongCode, and TooMany after too many wrong codes.
    """

    api_tokens: ApiTokens
    rate_limit: RateLimit
    fanout: Fanout

    async def __call__(self, actor: Actor, code: str) -> RecoveryCodes:
        codes = tuple(self.authenticators.recovery_codes())
        async with (
            counting_failures(self.rate_limit, codes_of(actor.tenant_id, actor.user_id)),
            self.own(actor) as (tx, user, factor),
        ):
            if factor is None:
                raise NoSecondFactor
            now = await tx.now()
            step = self.authenticators.step_of(factor, typed(code), at=now)
            tx.emit(*factor.confirm(step, [digest(one) for one in codes], at=now))
            await self.second_factors.put(factor)
            ended = await end_access(
                self.account.sign_ins, self.api_tokens, user.id, at=now, but=actor.session_id
            )
        await tell_ended(self.fanout, ended)
        return RecoveryCodes(codes)


class RemoveSecondFactor(OwnSecondFactor):
    """The password alone is enough again; nothing when there was none. Raises StepUpNeeded."""

    async def __call__(self, actor: Actor) -> None:
        async with self.own(actor) as (tx, user, factor):
            if factor is not None:
                await self.second_factors.remove(user.id)
                if factor.active:
                    tx.emit(*factor.removed(at=await tx.now()))


class ReplaceRecoveryCodes(OwnSecondFactor):
    """Ten new recovery codes; the older ones are good no more. Raises StepUpNeeded, NoSecondFactor."""

    async def __call__(self, actor: Actor) -> RecoveryCodes:
        codes = tuple(self.authenticators.recovery_codes())
        async with self.own(actor) as (tx, _, factor):
            if factor is None or not factor.active:
                raise NoSecondFactor
            digests = [digest(one) for one in codes]
            tx.emit(*factor.replace_recovery_codes(digests, at=await tx.now()))
            await self.second_factors.put(factor)
        return RecoveryCodes(codes)


async def shown(
    tx: Tx, second_factors: SecondFactors, authenticators: Authenticators, code: str, user: User
) -> datetime | None:
    """When a code of the account's second factor was used up; None if it has none. Raises WrongCode."""
    factor = await second_factors.of(user.id)
    if factor is None or not factor.active:
        return None
    now, said = await tx.now(), typed(code)
    step = authenticators.step_of(factor, said, at=now)
    tx.emit(*factor.prove(step, digest(said), at=now))
    factor.sealed_secret = authenticators.sealed_anew(factor)
    await second_factors.put(factor)
    return now


def codes_of(tenant_id: TenantId, user_id: UserId) -> list[Allowance]:
    """How many wrong codes an account may be shown: of a million, so few that none is found."""
    name = f"code:{tenant_id}:{user_id}"
    return [
        Allowance(f"{name}:5m", 5, timedelta(minutes=5)),
        Allowance(f"{name}:1h", 20, timedelta(hours=1)),
        Allowance(f"{name}:1d", 50, timedelta(days=1)),
    ]
