"""A mentor as a ranking knows one: facts in whole numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

from skillbridge.domain.errors import Invalid
from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.ranking.availability import ALL_WEEK, SLOTS
from skillbridge.domain.ranking.countries import WHOLE

TOP_LEVEL = 10
"""Levels of skill run from 1 to this."""
FULL_EXPERIENCE = 60
"""Months after which more experience adds nothing."""
MOST_SKILLS = 256
MOST_PLACES = 1_000
MOST_REVIEWS = 1_000_000
MOST_MONTHS = 1_200
MOST_LANGUAGES = 64
LONGEST_NAME = 64
EASTMOST, WESTMOST = 840, -720


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Facts about a mentor. Raises Invalid when one is out of the bounds the matcher knows."""

    id: UserId
    skills: Mapping[SkillId, int]
    """Level of each skill, 1 to 10."""
    languages: frozenset[str]
    country: str | None
    """ISO 3166-1 alpha-2, if told."""
    utc_offset: int
    """Minutes east of UTC this week."""
    availability: int
    """Quarter hours free for mentoring: see `availability.weekly_mask`."""
    capacity: int
    """Learners taken at once."""
    taken: int
    """Learners now."""
    rating_sum: int
    """Stars received, summed."""
    rating_count: int
    """Reviews received, one to five stars each."""
    experience_months: int
    consents: bool = True
    """Whether the mentor agreed to be matched; without it nobody is shown them."""
    minors: bool = False
    """Whether the mentor may mentor people under 18."""

    def __post_init__(self) -> None:
        require(len(self.skills) <= MOST_SKILLS, "at most 256 skills", "skills")
        for name, level in self.skills.items():
            check_name(name, "skills")
            require(1 <= level <= TOP_LEVEL, f"the level of {name} is 1 to {TOP_LEVEL}", "skills")
        check_person(self.languages, self.country, self.utc_offset, self.availability)
        require(0 <= self.capacity <= MOST_PLACES, "the capacity is 0 to 1000", "capacity")
        require(0 <= self.taken <= MOST_PLACES, "0 to 1000 learners at once", "taken")
        months = self.experience_months
        require(0 <= months <= MOST_MONTHS, "0 to 1200 months of experience", "experience_months")
        reviews = self.rating_count
        require(0 <= reviews <= MOST_REVIEWS, "at most 1000000 reviews", "rating_count")
        stars = reviews <= self.rating_sum <= reviews * 5
        require(stars, "a review is one to five stars", "rating_sum")

    @property
    def free(self) -> int:
        """Places still free."""
        return max(0, self.capacity - self.taken)

    @property
    def rating_share(self) -> int:
        """The mean of the stars above one, as a share; as if five reviews of 4.2 came before."""
        return (16 + self.rating_sum - self.rating_count) * 2_500 // (5 + self.rating_count)

    @property
    def free_share(self) -> int:
        """Free places of all places."""
        return self.free * WHOLE // max(1, self.capacity)

    @property
    def experience_share(self) -> int:
        """Experience up to `FULL_EXPERIENCE`."""
        return min(self.experience_months, FULL_EXPERIENCE) * WHOLE // FULL_EXPERIENCE


def require(holds: bool, otherwise: str, field: str) -> None:
    """Raises Invalid with the words of `otherwise` unless `holds`."""
    if not holds:
        raise Invalid(otherwise, field=field)


def check_name(name: str, field: str) -> None:
    """A name is 1 to 64 bytes of UTF-8."""
    length = len(name.encode())
    require(1 <= length <= LONGEST_NAME, "a name is 1 to 64 bytes", field)


def check_person(
    languages: frozenset[str] | tuple[str, ...], country: str | None, offset: int, mask: int
) -> None:
    """What holds for mentors and learners alike."""
    require(len(languages) <= MOST_LANGUAGES, "at most 64 languages", "languages")
    for language in languages:
        check_name(language, "languages")
    code = country is None or (len(country) == 2 and country.isascii() and country.isupper())  # noqa: PLR2004  # alpha-2
    require(code, "a country is two capital letters, such as NG", "country")
    require(WESTMOST <= offset <= EASTMOST, "a UTC offset is -720 to 840 minutes", "utc_offset")
    require(0 <= mask <= ALL_WEEK, f"availability has {SLOTS} quarter hours", "availability")
