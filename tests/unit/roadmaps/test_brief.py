"""What may be asked for."""

import pytest
from hypothesis import given
from tests.unit.roadmaps.examples import a_brief, briefs

from skillbridge.domain.errors import Invalid
from skillbridge.domain.ids import SkillId
from skillbridge.domain.roadmaps.brief import Brief, ImpossiblePace, UnclearSkills
from skillbridge.domain.text import UnfitText

pytestmark = pytest.mark.row("E1")


@given(briefs())
def test_a_goal_has_no_blanks_around_it(brief: Brief) -> None:
    assert brief.goal == brief.goal.strip()
    assert 2 <= len(brief.goal) <= 500


def test_a_goal_may_have_lines() -> None:
    assert a_brief(goal=" one\r\n\ttwo ").goal == "one\n two"


def test_two_letters_can_be_a_goal() -> None:
    assert a_brief(goal="编程").goal == "编程"


def test_scripts_and_emoji_that_need_joiners_are_welcome() -> None:
    family = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
    assert a_brief(goal=f"teach {family}").goal.endswith(family)


@pytest.mark.parametrize(
    "goal", ["", "  a  ", "x" * 501, "nul \x00 here", "turned \u202e round", "half \ud800 a sign"]
)
def test_an_unclear_goal_is_refused(goal: str) -> None:
    with pytest.raises(UnfitText) as refusal:
        a_brief(goal=goal)
    assert refusal.value.field == "goal"
    assert isinstance(refusal.value, Invalid)


@pytest.mark.parametrize("hours", [-1, 0, 61, 2**70])
def test_an_impossible_pace_is_refused(hours: int) -> None:
    with pytest.raises(ImpossiblePace, match="1 to 60 hours a week"):
        a_brief(hours_per_week=hours)


@pytest.mark.parametrize("known", [{"Not a skill"}, {"x" * 65}, {f"s{n}" for n in range(101)}])
def test_unclear_skills_are_refused(known: set[SkillId]) -> None:
    with pytest.raises(UnclearSkills) as refusal:
        a_brief(known=frozenset(known))
    assert refusal.value.field == "known"


def test_an_hour_has_sixty_minutes() -> None:
    assert a_brief(hours_per_week=3).minutes_per_week == 180
