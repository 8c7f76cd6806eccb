"""Tokens of the Supabase project that an installation may share its people with."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from skillbridge.domain.errors import Forbidden, NotFound, Unproven

TITLE, NAME = "Supabase", "supabase"
LINK_AT = "PUT /v1/me/identities/supabase"


class NoSupabaseProject(NotFound):
    """This installation, or this tenant of it, has no Supabase project."""

    def __init__(self) -> None:
        super().__init__(
            "no tokens of Supabase are taken here: log in at /v1/auth/login, or by one of those that "
            "GET /v1/auth/providers lists"
        )


class BadSupabaseToken(Unproven):
    """Not a living access token of this project's, or one that was made more than ten minutes ago."""

    def __init__(self) -> None:
        super().__init__(
            "this is no access token of our Supabase project, its session has ended there, or it was made "
            "more than ten minutes ago: refresh the session at Supabase and send the new access token"
        )


class NotAPerson(Forbidden):
    """A key of the project, or a user whom nobody knows: it stands for no person who could have an account."""

    def __init__(self) -> None:
        super().__init__(
            "a key (anon or service_role) and an anonymous user of Supabase stand for no person: sign in "
            "there as somebody, and send the access token of that"
        )


class BadWebhook(Unproven):
    """Not signed with the secret of the settings, or more than five minutes ago."""

    def __init__(self) -> None:
        super().__init__(
            "this is not signed as Standard Webhooks asks, with the secret of this installation and within the "
            "last five minutes: look at `webhook-id`, `webhook-timestamp` and `webhook-signature`"
        )


def is_banned(until: str | None, *, at: datetime) -> bool:
    """Whether a ban holds, by its end as PostgreSQL or Go writes it; a time without a zone is one in UTC.

    Times that no calendar here reaches, `infinity` and years of five digits, end never, and those before our era
    have ended. What nobody can read holds: it shuts somebody out until the project writes it anew.
    """
    if until is None or until == "-infinity" or until.endswith(" BC"):
        return False
    try:
        end = datetime.fromisoformat(until)
        return end.replace(tzinfo=end.tzinfo or UTC) > at
    except ValueError:
        return True


@dataclass(frozen=True, slots=True)
class SupabaseChange:
    """What became of a user of the project."""

    subject: UUID
    email: str | None
    """As the project has verified it; None where it has not."""
    name: str = ""
    banned: bool = False
    gone: bool = False
