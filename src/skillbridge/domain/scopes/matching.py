"""Who may do what with matches."""

from skillbridge.domain.actor import Role

SCOPES = {
    "matches:read": Role.LEARNER,
    "matches:request": Role.LEARNER,
    "mentoring:write": Role.MENTOR,
}
