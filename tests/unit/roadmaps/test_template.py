"""The template author: always there, always sound."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.roadmaps.examples import CATALOGUE, a_brief, briefs, catalogues

from skillbridge.domain.ids import DomainId, SkillId
from skillbridge.domain.level import Level
from skillbridge.domain.resources.catalogue import Catalogue, UnknownDomain
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.template import draft
from skillbridge.domain.roadmaps.validator import validate

pytestmark = pytest.mark.row("E1", "E2")


@given(briefs())
def test_every_brief_gets_a_sound_outline(brief: Brief) -> None:
    assert validate(draft(brief, CATALOGUE), brief, CATALOGUE) == ()


@given(catalogues(), briefs((DomainId("any"),)))
def test_any_catalogue_will_do(catalogue: Catalogue, brief: Brief) -> None:
    assert validate(draft(brief, catalogue), brief, catalogue) == ()


@given(briefs())
def test_the_same_brief_gets_the_same_outline(brief: Brief) -> None:
    assert draft(brief, CATALOGUE) == draft(brief, CATALOGUE)


@given(briefs())
def test_modules_stand_after_their_prerequisites(brief: Brief) -> None:
    outline = draft(brief, CATALOGUE)
    assert outline.in_order() == outline


@given(briefs())
def test_what_is_known_is_left_out_while_something_else_is_left(brief: Brief) -> None:
    taught = {module.skill for module in draft(brief, CATALOGUE).modules}
    assert not taught & brief.known or taught <= brief.known


@given(briefs(), st.sampled_from([1, 2, 5]))
def test_more_hours_a_week_never_teach_less(brief: Brief, more: int) -> None:
    faster = a_brief(
        domain=brief.domain,
        level=brief.level,
        known=brief.known,
        hours_per_week=min(60, brief.hours_per_week + more),
    )
    slow, fast = ({m.skill for m in draft(b, CATALOGUE).modules} for b in (brief, faster))
    assert slow <= fast


def test_who_knows_everything_gets_a_review() -> None:
    everything = frozenset(skill.id for skill in CATALOGUE.domain(DomainId("python")).skills)
    assert draft(a_brief(known=everything), CATALOGUE) == draft(a_brief(), CATALOGUE)


def test_a_long_topic_comes_in_parts_that_follow_each_other() -> None:
    modules = draft(a_brief(hours_per_week=1), CATALOGUE).modules
    parts = [module for module in modules if module.skill == SkillId("python-basics")]
    assert [part.title for part in parts] == [
        f"Python basics, part {number} of 5" for number in (1, 2, 3, 4, 5)
    ]
    assert all(later.prerequisites == (former.id,) for former, later in pairwise(parts))
    assert sum(part.minutes for part in parts) == 20 * 60


@pytest.mark.parametrize("domain", [domain.id for domain in CATALOGUE.domains])
def test_the_parts_of_a_topic_take_turns_at_its_materials(domain: DomainId) -> None:
    """Each begins with another one that meets the level, until all have had their turn."""
    firsts: dict[SkillId, list[str]] = {}
    for module in draft(a_brief(domain=domain, hours_per_week=1), CATALOGUE).modules:
        firsts.setdefault(module.skill, []).append(module.resources[0])
    for skill, first in firsts.items():
        fitting = [item.id for item in CATALOGUE.about(skill) if item.level is Level.BEGINNER]
        if fitting:
            assert len(set(first)) == min(len(fitting), len(first))
            assert first == [first[number % len(fitting)] for number in range(len(first))]
    assert max(map(len, firsts.values())) > 2, "there are topics in parts"


def test_the_last_skill_left_still_makes_three_modules() -> None:
    skills = CATALOGUE.domain(DomainId("python")).skills
    known = frozenset(skill.id for skill in skills) - {SkillId("python-basics")}
    assert len(draft(a_brief(known=known), CATALOGUE).modules) == 3


def test_short_modules_are_told_in_minutes() -> None:
    skills = CATALOGUE.domain(DomainId("python")).skills
    known = frozenset(skill.id for skill in skills) - {SkillId("python-functions")}
    brief = a_brief(level=Level.ADVANCED, known=known)
    assert "about 40 minutes of work" in draft(brief, CATALOGUE).modules[0].summary


def test_there_is_something_to_practise_on_where_the_catalogue_has_it() -> None:
    first = draft(a_brief(), CATALOGUE).modules[0]
    assert any(CATALOGUE.resource(resource).hands_on for resource in first.resources)


@pytest.mark.row("Z14")
@given(briefs())
def test_what_is_heavy_never_comes_first_where_something_light_is_as_good(brief: Brief) -> None:
    outline = draft(brief, CATALOGUE)
    for first in {module.skill: module for module in reversed(outline.modules)}.values():
        chosen = CATALOGUE.resource(first.resources[0])
        equals = [item for item in CATALOGUE.about(first.skill) if item.level == chosen.level]
        assert chosen.megabytes <= 100 or all(item.megabytes > 100 for item in equals)


def test_an_unknown_domain_is_refused_with_the_choice() -> None:
    with pytest.raises(UnknownDomain, match="choose one of back-end-apis") as refusal:
        draft(a_brief(domain=DomainId("alchemy")), CATALOGUE)
    assert refusal.value.field == "domain"
