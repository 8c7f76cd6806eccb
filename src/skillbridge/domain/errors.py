"""Everything that can go wrong, by kind.

    SkillBridgeError
    ├── Invalid       the request breaks a rule
    ├── Unproven      nobody has shown who is asking, or what they showed does not hold
    ├── Forbidden     this actor may not
    ├── NotFound      no such thing, or not yours to see
    ├── Conflict      right request, wrong moment
    │   └── StaleWrite     someone else saved this first
    ├── TooMany       asked too often; later is fine
    └── Unavailable   a dependency is down; try again

Concrete errors subclass one kind and live beside the rule that raises them.
"""


class SkillBridgeError(Exception):
    """The message is written for the person who made the request."""


class Invalid(SkillBridgeError):
    """The request breaks a rule; `field` names the part that does, where one does."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Unproven(SkillBridgeError):
    """Nobody has shown who is asking, or what they showed does not hold."""


class Forbidden(SkillBridgeError):
    """This actor may not."""


class NotFound(SkillBridgeError):
    """No such thing, or not yours to see: the two are not told apart."""


class Conflict(SkillBridgeError):
    """The right request at the wrong moment."""


class StaleWrite(Conflict):
    """Someone else saved this first."""


class TooMany(SkillBridgeError):
    """Asked too often; `retry_after` is in seconds."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(SkillBridgeError):
    """A dependency is down; `retry_after` is in seconds."""

    def __init__(self, message: str, *, retry_after: int = 5) -> None:
        super().__init__(message)
        self.retry_after = retry_after
