"""The roles that an access token is issued with."""

from dataclasses import dataclass

from skillbridge.application.accounts.ports.second_factors import SecondFactors
from skillbridge.domain.accounts.held_roles import AdministratorsRule
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Role


@dataclass(frozen=True, slots=True)
class HeldRoles:
    second_factors: SecondFactors
    rule: AdministratorsRule

    def bound(self, user: User) -> bool:
        """Whether `of` asks."""
        return self.rule.bind(user)

    async def of(self, user: User) -> frozenset[Role]:
        """Within a transaction of the pre-authentication principal."""
        if not self.bound(user):
            return user.roles
        return self.rule.roles_of(user, await self.second_factors.peek(user.id))
