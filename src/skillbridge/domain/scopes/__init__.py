"""What each role may do: every context declares its scopes, and the role that each comes with."""

from collections.abc import Mapping
from functools import lru_cache

from skillbridge.domain.actor import Role
from skillbridge.domain.declared import joined

_ROLE_OF: Mapping[str, Role] = joined(__name__, "SCOPES")

SCOPES: Mapping[Role, frozenset[str]] = {
    role: frozenset(scope for scope, its in _ROLE_OF.items() if its is role) for role in Role
}
"""What each role adds. Every person is a learner first."""


@lru_cache(maxsize=64)
def scopes_of(roles: frozenset[Role]) -> frozenset[str]:
    """All that somebody with these roles may do."""
    return frozenset().union(*(SCOPES[role] for role in roles))


_OF_A_SIGN_IN = ("security:", "users:", "privacy:")
"""What changes how people sign in, or whether they may, and what ends all of it: only somebody who is there
decides on that."""

FOR_TOKENS = frozenset(one for one in _ROLE_OF if not one.startswith(_OF_A_SIGN_IN))
"""What a personal access token may open."""


def for_tokens(roles: frozenset[Role]) -> frozenset[str]:
    """What a token of somebody with these roles may open."""
    return scopes_of(roles) & FOR_TOKENS


FOR_SERVICES = frozenset({"cohorts:read"})
"""What a token of a tenant may open: reads that are nobody's own. Each is opened to services by policies, too."""
