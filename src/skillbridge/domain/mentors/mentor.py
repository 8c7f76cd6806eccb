"""A mentor: what they offer, and how much of it is taken."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from skillbridge.domain.errors import Conflict, Faults, Forbidden, Invalid, NotFound
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.mentors import MentorProfileChanged
from skillbridge.domain.ids import UserId
from skillbridge.domain.text import Text, UnfitText, tidy

CAPACITY = range(1, 51)
"""How many learners a mentor may take at once."""
EXPERIENCE = range(61)
"""Years."""


class UnknownMentor(NotFound):
    """Nobody of this id offers mentoring here."""

    def __init__(self) -> None:
        super().__init__("there is no such mentor; GET /v1/mentors lists those who take requests")


class NotAMentor(Forbidden):
    """Only who offers mentoring may do this."""


class NoOfferYet(NotFound):
    """The user is no mentor."""

    def __init__(self) -> None:
        super().__init__("you offer no mentoring yet; PUT /v1/me/mentor begins it")


class MentorFull(Conflict):
    """Every place with this mentor is taken."""

    def __init__(self) -> None:
        super().__init__("every place with this mentor is taken; a match that ends frees one")


class MentorPaused(Conflict):
    """The mentor takes no requests at present."""


class CapacityTaken(Conflict):
    """A mentor cannot offer fewer places than are taken already."""


class UnfitHeadline(UnfitText):
    """A headline is a line of 140 letters at most, not blank and without links."""


HEADLINE = Text(what="a headline", refusal=UnfitHeadline, least=1, most=140, links=False)


class ImpossibleCapacity(Invalid):
    """A mentor takes one learner at least, and fifty at most."""


class ImpossibleExperience(Invalid):
    """Years of experience are 0 to 60."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a mentor says of their mentoring; `accepting=False` is a pause."""

    headline: Annotated[str, HEADLINE]
    capacity: int
    experience_years: int = 0
    accepting: bool = True

    def __post_init__(self) -> None:
        """Raises Invalid with each part that breaks a rule."""
        faults = Faults()
        tidy(self, faults)
        faults.unless(
            self.capacity in CAPACITY,
            ImpossibleCapacity(
                f"a mentor takes {CAPACITY[0]} to {CAPACITY[-1]} learners at once",
                field="capacity",
            ),
        )
        faults.unless(
            self.experience_years in EXPERIENCE,
            ImpossibleExperience(
                f"experience is {EXPERIENCE[0]} to {EXPERIENCE[-1]} years",
                field="experience_years",
            ),
        )
        faults.refuse()


@dataclass(slots=True, kw_only=True)
class Mentor:
    """Ratings are sums of stars, 1 to 5, and the number of those who gave them."""

    user_id: UserId
    offer: Offer
    active_matches: int = 0
    rating_sum: int = 0
    rating_count: int = 0
    created_at: datetime
    version: int = 1

    @classmethod
    def offering(
        cls, user_id: UserId, offer: Offer, *, at: datetime
    ) -> tuple["Mentor", tuple[Event, ...]]:
        """Someone offers mentoring for the first time."""
        mentor = cls(user_id=user_id, offer=offer, created_at=at)
        return mentor, (MentorProfileChanged(mentor_id=user_id, at=at),)

    @property
    def free(self) -> int:
        """The places nobody has taken."""
        return self.offer.capacity - self.active_matches

    @property
    def rating(self) -> float | None:
        """The mean of the stars, to two places; None before the first."""
        return round(self.rating_sum / self.rating_count, 2) if self.rating_count else None

    def change(self, offer: Offer, *, at: datetime) -> tuple[Event, ...]:
        """Offers something else; the same again changes nothing.

        Raises CapacityTaken when more places are taken than would be offered.
        """
        if offer == self.offer:
            return ()
        if offer.capacity < self.active_matches:
            raise CapacityTaken(
                f"{self.active_matches} learners are with you now: "
                "offer at least as many places, or complete a match first"
            )
        self.offer = offer
        return (MentorProfileChanged(mentor_id=self.user_id, at=at),)

    def must_be_open(self) -> None:
        """Whoever asks must have a chance. Raises MentorPaused or MentorFull."""
        if not self.offer.accepting:
            raise MentorPaused("this mentor takes no requests at present; ask another one")
        self.must_have_room()

    def must_have_room(self) -> None:
        """Raises MentorFull when every place is taken."""
        if self.free < 1:
            raise MentorFull
