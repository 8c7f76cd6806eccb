"""What somebody's roles are worth as long as they are signed in to by a password alone."""

from dataclasses import dataclass

from skillbridge.domain.accounts.second_factor import FactorKind, SecondFactor
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Role


@dataclass(frozen=True, slots=True)
class AdministratorsRule:
    """Whether this installation wants a second factor of whoever administers it."""

    need_second_factor: bool = False

    def bind(self, user: User) -> bool:
        """Whether the account's second factor has to be looked at."""
        return self.need_second_factor and Role.ADMIN in user.roles

    def roles_of(self, user: User, factor: SecondFactor | None) -> frozenset[Role]:
        """Those of the account; not that of an administrator without an authenticator app that counts."""
        app = factor is not None and factor.active and factor.kind is FactorKind.APP
        return user.roles - {Role.ADMIN} if self.bind(user) and not app else user.roles
