"""Everything that can go wrong, by kind.

    SkillBridgeError
    ├── Invalid       the request breaks a rule
    │   ├── TooLarge       more than is taken
    │   └── Damaged        what arrived is not what was sent
    ├── Unproven      nobody has shown who is asking, or what they showed does not hold
    ├── Forbidden     this actor may not
    ├── NotFound      no such thing, or not yours to see
    ├── Conflict      right request, wrong moment
    │   └── StaleWrite     someone else saved this first
    │       └── ChangedSinceSeen   it is not what the request says was seen
    ├── TooMany       asked too often; later is fine
    └── Unavailable   a dependency is down; try again

Concrete errors subclass one kind and live beside the rule that raises them.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar


class SkillBridgeError(Exception):
    """The message is written for the person who made the request."""

    of_others: ClassVar[bool] = False
    """Whether many of these mean that somebody looks for what is not theirs."""

    @property
    def members(self) -> Mapping[str, str]:
        """What a program is told besides, by name."""
        return {}


class Invalid(SkillBridgeError):
    """The request breaks a rule; `errors` names the part that does, where one does."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        """A part within a part is named as in JSON Pointer (RFC 6901): `skills/sql`; see `within`."""
        super().__init__(message)
        self.field = field

    @property
    def faults(self) -> "tuple[Invalid, ...]":
        """Each rule that is broken, with its own kind, field and words."""
        return (self,)


class TooLarge(Invalid):
    """More than is taken."""


class Damaged(Invalid):
    """What arrived is not what was sent: it was changed on the way."""


class SeveralFaults(Invalid):
    """Several parts of the request break a rule each; `errors` names all of them."""

    def __init__(self, faults: Sequence[Invalid]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self._faults = tuple(faults)

    @property
    def faults(self) -> tuple[Invalid, ...]:
        return self._faults


class Faults:
    """Lets every check speak before any of them refuses.

        faults = Faults()
        with faults.noted():
            address = normalised(email)
        with faults.noted():
            chosen = well_formed(secret)
        faults.refuse()

    What was assigned within a `with` is there once `refuse` has let it pass.
    """

    def __init__(self) -> None:
        self._found: list[Invalid] = []

    @contextmanager
    def noted(self, *steps: str | int) -> Iterator[None]:
        """Keeps what is raised within; `steps` say where, if the check itself cannot know."""
        try:
            yield
        except Invalid as error:
            for fault in error.faults:
                fault.field = within(*steps) if steps else fault.field
                self._found.append(fault)

    def unless(self, holds: bool, otherwise: Invalid) -> None:
        """Notes a fault unless the rule holds."""
        if not holds:
            self._found.append(otherwise)

    def refuse(self) -> None:
        """Raises what was found: a single fault as it is, several as SeveralFaults."""
        if len(self._found) == 1:
            raise self._found[0]
        if self._found:
            raise SeveralFaults(self._found)


def within(*steps: str | int) -> str:
    """The `field` of a part within a part: `within("skills", "a/b")` is `skills/a~1b`."""
    return "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in steps)


class Unproven(SkillBridgeError):
    """Nobody has shown who is asking, or what they showed does not hold."""


class Forbidden(SkillBridgeError):
    """This actor may not."""

    of_others = True
    by_database = False
    """Whether the rules had let it through, and the database refused it."""


class NotFound(SkillBridgeError):
    """No such thing, or not yours to see: the two are not told apart."""

    of_others = True


class Conflict(SkillBridgeError):
    """The right request at the wrong moment."""


class AlreadyThere(Conflict):
    """What was asked for is there already; the Location of the answer says where."""

    def __init__(self, message: str, *, place: str) -> None:
        super().__init__(message)
        self.place = place


class StaleWrite(Conflict):
    """Someone else saved this first."""


class ChangedSinceSeen(StaleWrite):
    """It is no longer any of the versions that the request says were seen."""


class TooMany(SkillBridgeError):
    """Asked too often; `Retry-After` says when it is fine, in seconds."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(SkillBridgeError):
    """A dependency is down; `Retry-After` says when to try again, in seconds."""

    def __init__(self, message: str, *, retry_after: int = 5) -> None:
        super().__init__(message)
        self.retry_after = retry_after
