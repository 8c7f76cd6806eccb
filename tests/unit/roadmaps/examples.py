"""Briefs, outlines and catalogues for the tests of roadmaps."""

from typing import Any

from hypothesis import strategies as st

from skillbridge.adapters.catalogue.catalogue import load
from skillbridge.domain.ids import DomainId, ModuleId, ResourceId, SkillId
from skillbridge.domain.level import Level
from skillbridge.domain.resources.catalogue import Catalogue
from skillbridge.domain.resources.learning_domain import LearningDomain, Skill
from skillbridge.domain.resources.resource import Kind, Resource
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.outline import Module, Outline

CATALOGUE = load()
SKILLS = sorted({skill.id for domain in CATALOGUE.domains for skill in domain.skills})


def a_brief(**changes: Any) -> Brief:
    fields: dict[str, Any] = {
        "goal": "Write small tools for my job",
        "domain": DomainId("python"),
        "level": Level.BEGINNER,
        "hours_per_week": 5,
    }
    return Brief(**(fields | changes))


def a_module(name: str = "basics", **changes: Any) -> Module:
    fields: dict[str, Any] = {
        "id": ModuleId(name),
        "title": f"Python {name}",
        "summary": "Write and run a first program of your own.",
        "skill": SkillId("python-basics"),
        "minutes": 300,
        "weight": 5,
        "resources": (ResourceId("python-tutorial"),),
    }
    return Module(**(fields | changes))


def an_outline(*modules: Module) -> Outline:
    """Sound for `a_brief()` when no modules are given."""
    steps = modules or (
        a_module("basics"),
        a_module("more", prerequisites=(ModuleId("basics"),)),
        a_module("most", prerequisites=(ModuleId("basics"), ModuleId("more"))),
    )
    return Outline(title="Python for small tools", modules=steps)


def briefs(domains: tuple[DomainId, ...] | None = None) -> st.SearchStrategy[Brief]:
    return st.builds(
        Brief,
        goal=st.text(alphabet="abc def é", min_size=2, max_size=500).filter(
            lambda goal: len(goal.replace(" ", "")) >= 2
        ),
        domain=st.sampled_from(domains or tuple(domain.id for domain in CATALOGUE.domains)),
        level=st.sampled_from(Level),
        hours_per_week=st.integers(1, 60),
        known=st.frozensets(st.sampled_from(SKILLS), max_size=60),
    )


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """Any catalogue of one domain, with the same skill names as the real ones."""
    names = draw(st.lists(st.sampled_from(SKILLS), min_size=9, max_size=24, unique=True))
    skills: list[Skill] = []
    resources: list[Resource] = []
    for place, name in enumerate(names):
        hours = {level: draw(st.integers(0, 40)) for level in Level}
        hours[tuple(Level)[place % 3]] = draw(st.integers(1, 40))
        wished = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
        requires = tuple(other for other in wished if other in names[:place])
        skills.append(Skill(id=name, title=name, requires=requires, hours=hours))
        levels = draw(st.lists(st.sampled_from(Level), min_size=1, max_size=4))
        resources += [
            a_resource(f"{name}-{number}", skills=(name,), level=level)
            for number, level in enumerate(levels)
        ]
    domain = LearningDomain(
        id=DomainId("any"), title="Anything", summary="Whatever.", skills=tuple(skills)
    )
    return Catalogue((domain,), tuple(resources))


def a_resource(name: str = "thing", **changes: Any) -> Resource:
    fields: dict[str, Any] = {
        "id": ResourceId(name),
        "domain": DomainId("any"),
        "title": name,
        "url": f"https://example.org/{name}",
        "skills": (SkillId("python-basics"),),
        "level": Level.BEGINNER,
        "kind": Kind.ARTICLE,
        "minutes": 60,
        "megabytes": 1,
        "language": "en",
        "provider": "Example",
    }
    return Resource(**(fields | changes))
