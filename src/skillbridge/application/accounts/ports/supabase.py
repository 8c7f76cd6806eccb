"""The Supabase project that an installation may share its people with."""

from typing import Protocol

from skillbridge.domain.accounts.identity import Shown


class SupabaseProject(Protocol):
    """Says whose access token of its own one is."""

    @property
    def tenant(self) -> str | None:
        """The short name of the tenant whose people it has; None where there is no project."""
        ...

    async def shown(self, token: str) -> Shown:
        """Whose living token it is: the project is asked, too.

        Raises NoSupabaseProject, BadSupabaseToken, NotAPerson, ProviderAway.
        """
        ...
