"""All learning domains and all resources, as one checked whole."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType

from skillbridge.domain.errors import Invalid, NotFound
from skillbridge.domain.ids import DomainId, ResourceId, SkillId
from skillbridge.domain.resources.learning_domain import LearningDomain
from skillbridge.domain.resources.resource import Resource

LONGEST_SKILL = 64
"""So much of what is no skill is repeated."""


class UnfitCatalogue(Invalid):
    """The parts of the catalogue contradict each other."""


class UnknownDomain(Invalid):
    """There is no such learning domain to choose."""


class UnknownSkill(Invalid):
    """No domain teaches such a skill, and nobody here has it."""


class UnknownResource(NotFound):
    """The catalogue has no such resource."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every id and URL is there once, every skill has a resource, every twin is lighter."""

    domains: tuple[LearningDomain, ...]
    resources: tuple[Resource, ...]
    _by_id: Mapping[ResourceId, Resource] = field(init=False, repr=False, compare=False)
    _by_skill: Mapping[SkillId, tuple[Resource, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _demand_unique("domain", (domain.id for domain in self.domains))
        _demand_unique("resource", (resource.id for resource in self.resources))
        _demand_unique("URL", (resource.url for resource in self.resources))
        object.__setattr__(
            self, "_by_id", MappingProxyType({item.id: item for item in self.resources})
        )
        object.__setattr__(self, "_by_skill", MappingProxyType(_by_skill(self.resources)))
        self._check_skills()
        self._check_twins()

    def domain(self, domain_id: DomainId) -> LearningDomain:
        """Raises UnknownDomain, naming those there are."""
        for domain in self.domains:
            if domain.id == domain_id:
                return domain
        known = ", ".join(domain.id for domain in self.domains)
        raise UnknownDomain(f"no domain {domain_id!r}: choose one of {known}", field="domain")

    def skill(self, skill: SkillId) -> SkillId:
        """Raises UnknownSkill, naming those that may be meant."""
        if skill in self._by_skill:
            return skill
        close = get_close_matches(skill[:LONGEST_SKILL].lower(), self._by_skill, cutoff=0.5)
        choice = f"did you mean {' or '.join(close)}?" if close else "GET /v1/domains lists them"
        raise UnknownSkill(f"there is no skill {skill[:LONGEST_SKILL]!r}: {choice}", field="skill")

    def resource(self, resource_id: ResourceId) -> Resource:
        """Raises UnknownResource."""
        if (found := self.find(resource_id)) is None:
            raise UnknownResource(f"the catalogue has no resource {resource_id!r}")
        return found

    def find(self, resource_id: ResourceId) -> Resource | None:
        return self._by_id.get(resource_id)

    def about(self, skill: SkillId) -> tuple[Resource, ...]:
        """Everything that teaches a skill, whatever domain it was listed under."""
        return self._by_skill.get(skill, ())

    def _check_skills(self) -> None:
        titles: dict[SkillId, str] = {}
        for domain in self.domains:
            for skill in domain.skills:
                if titles.setdefault(skill.id, skill.title) != skill.title:
                    raise UnfitCatalogue(f"skill {skill.id!r} has two titles")
                if not self.about(skill.id):
                    raise UnfitCatalogue(f"skill {skill.id!r} has no resource")
        for resource in self.resources:
            if strange := [skill for skill in resource.skills if skill not in titles]:
                raise UnfitCatalogue(
                    f"resource {resource.id!r} teaches {strange[0]!r}, which no domain has"
                )

    def _check_twins(self) -> None:
        for resource in self.resources:
            if resource.text_twin is None:
                continue
            twin = self.find(resource.text_twin)
            if twin is None:
                raise UnfitCatalogue(f"resource {resource.id!r} has a twin that is not there")
            if twin.megabytes >= resource.megabytes:
                raise UnfitCatalogue(f"resource {resource.id!r} has a twin that is not lighter")


def _by_skill(resources: Iterable[Resource]) -> dict[SkillId, tuple[Resource, ...]]:
    found: dict[SkillId, tuple[Resource, ...]] = {}
    for resource in resources:
        for skill in resource.skills:
            found[skill] = (*found.get(skill, ()), resource)
    return found


def _demand_unique(what: str, names: Iterable[str]) -> None:
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise UnfitCatalogue(f"{what} {twice[0]!r} is there twice")
