"""Skills as several endpoints take them in: by names that somebody teaches or has."""

from collections.abc import Iterable, Sequence
from itertools import islice

from skillbridge.application.mentors.ports import MentorReads, MentorSearch
from skillbridge.application.paging import PageRequest
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Faults
from skillbridge.domain.ids import SkillId
from skillbridge.domain.profiles.profile import UnfitSkills, check_skill
from skillbridge.domain.ranking.need import MOST_WANTED
from skillbridge.domain.resources.catalogue import Catalogue


def named(skills: str) -> Sequence[SkillId]:
    """Those between the commas."""
    return [SkillId(skill.strip()) for skill in skills.split(",") if skill.strip()]


def check_named(skills: str) -> None:
    """Raises UnfitSkills for names that no skill has, and for too many."""
    faults, distinct = Faults(), dict.fromkeys(named(skills))
    faults.unless(
        len(distinct) <= MOST_WANTED,
        UnfitSkills(f"name at most {MOST_WANTED} skills", field="skills"),
    )
    for skill in islice(distinct, MOST_WANTED):
        with faults.noted():
            check_skill(skill)
    faults.refuse()


async def must_be_had(
    field: str, skills: Iterable[SkillId], actor: Actor, catalogue: Catalogue, reads: MentorReads
) -> None:
    """Raises UnknownSkill for those that no domain teaches and nobody who takes requests has."""
    faults = Faults()
    for skill in dict.fromkeys(skills):
        with faults.noted(field):
            wanted = MentorSearch(skill=skill)
            if (
                not catalogue.about(skill)
                and not (await reads.search(actor, wanted, PageRequest(1))).items
            ):
                catalogue.skill(skill)
    faults.refuse()
