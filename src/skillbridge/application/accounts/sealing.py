"""Secrets that are kept sealed follow the ring of keys."""

from dataclasses import dataclass
from datetime import timedelta

from skillbridge.application.accounts.ports.second_factors import Authenticators, SecondFactors
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor

SEAL_EVERY = timedelta(hours=1)
SEALED_AT_ONCE = 1_000
"""Secrets that one job moves: the next slot takes the rest."""


@dataclass(frozen=True, slots=True)
class SealSecretsAnew:
    """By the clock: secrets of authenticator apps move to the key that seals now.

    So an older key may be retired once the present one has done so for a while.
    """

    transaction: Transaction
    second_factors: SecondFactors
    authenticators: Authenticators

    async def __call__(self, actor: Actor, slot: str) -> None:  # noqa: ARG002  old is old in any slot
        async with self.transaction(actor):
            older = await self.second_factors.not_sealed_by(
                self.authenticators.key, limit=SEALED_AT_ONCE
            )
            for factor in older:
                await self.second_factors.reseal(factor, self.authenticators.sealed_anew(factor))
