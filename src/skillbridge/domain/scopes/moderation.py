"""Who may do what with what others have written."""

from skillbridge.domain.actor import Role

SCOPES = {"moderation:write": Role.MODERATOR}
