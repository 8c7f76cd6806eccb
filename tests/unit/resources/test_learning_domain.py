"""What may be a field of study."""

from typing import Any

import pytest

from skillbridge.domain.ids import DomainId, SkillId
from skillbridge.domain.level import Level
from skillbridge.domain.resources.learning_domain import LearningDomain, Skill, UnfitDomain

pytestmark = pytest.mark.row("E1")


def a_skill(name: str, *requires: str, **changes: Any) -> Skill:
    fields: dict[str, Any] = {
        "id": SkillId(name),
        "title": name,
        "requires": tuple(SkillId(other) for other in requires),
        "hours": dict.fromkeys(Level, 5),
    }
    return Skill(**(fields | changes))


def a_domain(*skills: Skill, **changes: Any) -> LearningDomain:
    fields: dict[str, Any] = {
        "id": DomainId("baking"),
        "title": "Baking",
        "summary": "Bread and cakes.",
        "skills": skills
        or (a_skill("flour"), a_skill("dough", "flour"), a_skill("bread", "dough")),
    }
    return LearningDomain(**(fields | changes))


def test_skills_stand_in_an_order_in_which_they_can_be_learnt() -> None:
    assert [skill.id for skill in a_domain().skills] == ["flour", "dough", "bread"]


@pytest.mark.parametrize("level", Level)
def test_no_hours_given_are_no_hours(level: Level) -> None:
    assert a_skill("flour", hours={}).hours_at(level) == 0


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"id": "Fine Flour"}, "lower-case words"),
        ({"title": ""}, "title must have"),
        ({"title": "x" * 51}, "title must have"),
        ({"hours": {Level.BEGINNER: 41}}, "hours must be"),
        ({"hours": {Level.BEGINNER: -1}}, "hours must be"),
    ],
)
def test_a_skill_has_rules(changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(UnfitDomain, match=rule):
        a_skill("flour", **changes)


@pytest.mark.parametrize(
    ("skills", "rule"),
    [
        ([a_skill("a", "b"), a_skill("b"), a_skill("c")], "requires 'b', which must stand before"),
        ([a_skill("a", "a"), a_skill("b"), a_skill("c")], "requires 'a'"),
        ([a_skill("a"), a_skill("a"), a_skill("c")], "there twice"),
        ([a_skill(f"s{number}") for number in range(25)], "at most 24"),
        ([a_skill("a"), a_skill("b")], "too few skills to learn at beginner"),
        (
            [a_skill("a"), a_skill("b"), a_skill("c", hours={Level.BEGINNER: 1})],
            "too few skills to learn at intermediate",
        ),
    ],
)
def test_a_domain_has_rules(skills: list[Skill], rule: str) -> None:
    with pytest.raises(UnfitDomain, match=rule):
        a_domain(*skills)


@pytest.mark.parametrize("changes", [{"id": "Baking!"}, {"title": ""}, {"summary": ""}])
def test_a_domain_has_a_name_and_a_summary(changes: dict[str, str]) -> None:
    with pytest.raises(UnfitDomain, match="needs a slug, a title and a summary"):
        a_domain(**changes)
