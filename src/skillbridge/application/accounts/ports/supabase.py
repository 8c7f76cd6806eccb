"""The Supabase project that an installation may share its people with."""

from dataclasses import dataclass
from typing import Protocol

from skillbridge.domain.accounts.identity import IdentityClaims
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.ids import UserId


class SupabaseAway(Unavailable):
    """The project did not take what it was told about a user."""

    def __init__(self) -> None:
        super().__init__(
            "the Supabase project does not take our users just now: see the log for why"
        )


class SupabaseProject(Protocol):
    """Says whose access token of its own one is."""

    @property
    def tenant(self) -> str | None:
        """The short name of the tenant whose people it has; None where there is no project."""
        ...

    async def shown(self, token: str) -> IdentityClaims:
        """Whose living token it is: the project is asked, too.

        Raises NoSupabaseProject, BadSupabaseToken, NotAPerson, ProviderAway.
        """
        ...


@dataclass(frozen=True, slots=True)
class SupabaseUser:
    """What the project shall have of an account of ours: under the same id."""

    id: UserId
    email: str
    """Also of a user that is made anew."""
    moved: bool = True
    """Whether a user that is there shall have the address, too: what changed there else stays."""
    banned: bool | None = None
    """None where it stays as it is there: whoever runs the project bans, too."""


class SupabaseUsers(Protocol):
    """The users of the project, for whoever administers them."""

    @property
    def tenant(self) -> str | None:
        """As of `SupabaseProject`; None also where the project's users are not ours to write."""
        ...

    async def put(self, user: SupabaseUser) -> bool:
        """Makes or changes it; False, and nothing is made, when the address is another user's there.

        Twice is as once. Raises SupabaseAway.
        """
        ...

    async def remove(self, user_id: UserId) -> None:
        """Also where there is none. Raises SupabaseAway."""
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message of a webhook, by the names of Standard Webhooks."""

    id: str
    timestamp: str
    signature: str
    body: bytes


class SupabaseHooks(Protocol):
    """Knows which messages are the project's."""

    @property
    def tenant(self) -> str | None:
        """As of `SupabaseProject`; None also where no messages are expected."""
        ...

    @property
    def issuer(self) -> str: ...

    def must_be_signed(self, delivery: Delivery) -> None:
        """Raises BadWebhook."""
        ...
