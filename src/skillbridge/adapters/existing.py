"""What was looked for, where it must be there."""

from typing import TypeVar

from skillbridge.domain.errors import SkillBridgeError

T = TypeVar("T")


def existing(found: T | None, missing: SkillBridgeError | type[SkillBridgeError]) -> T:
    """What was found; raises what is missing without it."""
    if found is None:
        raise missing
    return found
