"""Second factors in dictionaries."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.accounts.ports.second_factors import SecondFactorReads, SecondFactors
from skillbridge.application.accounts.views import SecondFactorState, state_of
from skillbridge.domain.accounts.second_factor import FactorKind, SecondFactor
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import UserId


@dataclass(frozen=True, slots=True)
class MemorySecondFactors:
    session: MemorySession

    async def of(self, user_id: UserId) -> SecondFactor | None:
        return deepcopy(self.session.table("second_factors").get(user_id))

    async def peek(self, user_id: UserId) -> SecondFactor | None:
        return await self.of(user_id)

    async def put(self, factor: SecondFactor) -> None:
        self.session.table("second_factors")[factor.user_id] = factor

    async def remove(self, user_id: UserId) -> None:
        self.session.table("second_factors").pop(user_id, None)

    async def not_sealed_by(self, key: bytes, *, limit: int) -> Sequence[SecondFactor]:
        rows = [
            row
            for row in self.session.table("second_factors").values()
            if row.kind is FactorKind.APP
        ]
        return [deepcopy(row) for row in rows if not row.sealed_secret.startswith(key)][:limit]

    async def reseal(self, factor: SecondFactor, sealed_secret: bytes) -> None:
        kept = await self.of(factor.user_id)
        if kept is not None and kept.sealed_secret == factor.sealed_secret:
            kept.sealed_secret = sealed_secret
            await self.put(kept)


@dataclass(frozen=True, slots=True)
class MemorySecondFactorReads:
    session: MemorySession

    async def of(self, actor: Actor) -> SecondFactorState:
        rows = self.session.table("second_factors", of=actor.before_authentication)
        return state_of(rows.get(actor.user_id))


BINDINGS: Bindings = (
    Binding[SecondFactors](MemorySecondFactors),
    Binding[SecondFactorReads](MemorySecondFactorReads),
)
