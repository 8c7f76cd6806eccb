"""How far along someone is, or how far along something expects them to be."""

from enum import StrEnum


class Level(StrEnum):
    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"

    @property
    def rank(self) -> int:
        """0, 1 or 2: the order of the levels, lowest first."""
        return tuple(Level).index(self)
