"""What several contexts look for and may not find."""

from skillbridge.domain.errors import NotFound


class UnknownRoadmap(NotFound):
    """No such roadmap, or not yours to see."""

    def __init__(self) -> None:
        super().__init__("there is no such roadmap among yours")
