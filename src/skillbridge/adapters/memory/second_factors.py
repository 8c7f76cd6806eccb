"""Second factors in dictionaries."""

from copy import deepcopy
from dataclasses import dataclass

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.accounts.ports.second_factors import SecondFactorReads, SecondFactors
from skillbridge.application.accounts.views import SecondFactorState, state_of
from skillbridge.domain.accounts.second_factor import SecondFactor
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
