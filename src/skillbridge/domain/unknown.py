"""What several contexts look for and may not find."""

from skillbridge.domain.errors import NotFound


class UnknownRoadmap(NotFound):
    """No such roadmap, or not yours to see."""
