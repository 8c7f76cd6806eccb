"""Who may do what about the data that is kept of them."""

from skillbridge.domain.actor import Role

SCOPES = {"privacy:read": Role.LEARNER, "privacy:write": Role.LEARNER}
