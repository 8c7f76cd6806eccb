"""A mentor as the API shows them, wherever it does."""

from dataclasses import dataclass

import msgspec

from skillbridge.application.mentors import views
from skillbridge.entrypoints.http.server.safe_html import SafeHtml


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorCard(views.MentorCard):
    """A mentor as others see them; `free` is the number of places that nobody has taken."""

    bio_html: SafeHtml = msgspec.UNSET
