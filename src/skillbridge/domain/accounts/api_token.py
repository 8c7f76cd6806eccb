"""API tokens: for programs that act for somebody who is not there to log in.

A token opens some of what its owner may do, until a day that is known when it is made. Only the
SHA-256 of one is kept. A slow hash is for what people choose and others guess; of 256 random bits
nothing can be guessed, and a program shows its token with each request.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from skillbridge.domain.accounts.user import User
from skillbridge.domain.errors import Conflict, Faults, Invalid, NotFound, within
from skillbridge.domain.events.accounts import PersonalTokenCreated
from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import ApiTokenId, UserId
from skillbridge.domain.scopes import FOR_SERVICES, FOR_TOKENS, for_tokens

USUAL_DAYS = 90
MOST_DAYS = 365
MOST = 20
"""Living tokens of one person, or of services of one tenant."""
KEPT = timedelta(days=1)
"""After its end: so long a process may still ask whether it was ended."""
NAMES = "^[a-z0-9][a-z0-9-]{0,39}$"
_NAME = re.compile(NAMES)


class UnknownToken(NotFound):
    """No living token of yours has this name."""

    def __init__(self) -> None:
        super().__init__("there is no token of this name: GET /v1/me/tokens lists those you have")


class TooManyTokens(Conflict):
    """A person, or a tenant for its services, has as many tokens as there may be."""

    def __init__(self) -> None:
        super().__init__(
            f"there are {MOST} tokens: revoke one that you no longer use, or make this one under the name of "
            "one that it replaces"
        )


class BadTokenName(Invalid):
    """The name of a token is 1 to 40 small letters, digits and hyphens; a hyphen does not come first."""

    def __init__(self) -> None:
        super().__init__(
            "a token's name is 1 to 40 of a-z, 0-9 and hyphens, and begins with none", field="name"
        )


class BadTokenLife(Invalid):
    """A token is made for 1 to 365 days."""

    def __init__(self) -> None:
        super().__init__(f"a token is made for 1 to {MOST_DAYS} days", field="days")


class ScopeNotGiven(Invalid):
    """A token opens what its owner may do, but nothing of how one signs in."""

    def __init__(self, scope: str, place: int, possible: Collection[str]) -> None:
        why = (
            f"you do not have {scope}"
            if scope in FOR_TOKENS
            else f"no token of a person has {scope}"
        )
        super().__init__(
            f"{why}; a token of yours may have {' '.join(sorted(possible))}",
            field=within("scopes", place),
        )


class ScopeNotForServices(Invalid):
    """A token of a tenant opens a few reads that are nobody's own."""

    def __init__(self, scope: str, place: int, possible: Collection[str]) -> None:
        super().__init__(
            f"no service has {scope}; it may have {' '.join(sorted(possible))}",
            field=within("scopes", place),
        )


class NoScopes(Invalid):
    """A token that opens nothing is of no use."""

    def __init__(self) -> None:
        super().__init__("name at least one scope", field="scopes")


Refusal = Callable[[str, int, Collection[str]], Invalid]
"""Of a scope, its place in the wish, and what could stand there."""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """One that lives is known by its name among those of its owner, and by its hash among all."""

    id: ApiTokenId
    user_id: UserId | None
    """Nobody's where it is a service's of the tenant."""
    name: str
    hash: bytes
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None

    @classmethod
    def personal(
        cls,
        id_: ApiTokenId,
        user: User,
        wish: "Wish",
        token: str,
        living: Collection["ApiToken"],
        *,
        at: datetime,
    ) -> tuple["ApiToken", tuple[Event, ...]]:
        """In the place of the one that had the name, if one had it; its owner is told.

        Raises ScopeNotGiven, and TooManyTokens.
        """
        wish.must_be_possible(for_tokens(user.roles), ScopeNotGiven)
        made = cls._made(id_, user.id, wish, token, living, at=at)
        told = PersonalTokenCreated(
            user_id=user.id,
            scopes=tuple(sorted(made.scopes)),
            expires_at=made.expires_at,
            at=at,
        )
        return made, (told,)

    @classmethod
    def of_service(
        cls,
        id_: ApiTokenId,
        wish: "Wish",
        token: str,
        living: Collection["ApiToken"],
        *,
        at: datetime,
    ) -> "ApiToken":
        """The tenant's own. Raises ScopeNotForServices, and TooManyTokens."""
        wish.must_be_possible(FOR_SERVICES, ScopeNotForServices)
        return cls._made(id_, None, wish, token, living, at=at)

    @classmethod
    def _made(
        cls,
        id_: ApiTokenId,
        user_id: UserId | None,
        wish: "Wish",
        token: str,
        living: Collection["ApiToken"],
        *,
        at: datetime,
    ) -> "ApiToken":
        if sum(one.name != wish.name for one in living) >= MOST:
            raise TooManyTokens
        scopes, expires_at = frozenset(wish.scopes), at + timedelta(days=wish.days)
        return cls(id_, user_id, wish.name, digest(token), scopes, at, expires_at)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants a token for. Raises, when made, for each part that can be no token's."""

    name: str
    scopes: tuple[str, ...]
    days: int = USUAL_DAYS

    def __post_init__(self) -> None:
        faults = Faults()
        faults.unless(_NAME.fullmatch(self.name) is not None, BadTokenName())
        faults.unless(1 <= self.days <= MOST_DAYS, BadTokenLife())
        faults.unless(bool(self.scopes), NoScopes())
        faults.refuse()

    def must_be_possible(self, possible: Collection[str], refusal: Refusal) -> None:
        """Raises this for each scope that is none of these."""
        faults = Faults()
        for place, scope in enumerate(self.scopes):
            faults.unless(scope in possible, refusal(scope, place, possible))
        faults.refuse()


def digest(token: str) -> bytes:
    """All that is kept of a token."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
