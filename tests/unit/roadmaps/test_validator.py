"""What the validator lets pass, and what not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.roadmaps.examples import CATALOGUE, a_brief, a_module, an_outline

from skillbridge.domain.ids import ModuleId, ResourceId, SkillId
from skillbridge.domain.level import Level
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.outline import Module, Outline
from skillbridge.domain.roadmaps.validator import (
    Fault,
    Flaw,
    UnsoundOutline,
    ensure_sound,
    validate,
)

pytestmark = pytest.mark.row("E1", "E2")

FULL_WIDTH = "".join(chr(ord(sign) + 0xFEE0) for sign in "https://evil")
BASICS, MORE, MOST = an_outline().modules


def faults(outline: Outline, brief: Brief | None = None) -> set[Fault]:
    return {flaw.fault for flaw in validate(outline, brief or a_brief(), CATALOGUE)}


def with_third(**changes: object) -> Outline:
    return an_outline(BASICS, MORE, a_module("most", **changes))


def test_a_sound_outline_passes() -> None:
    ensure_sound(an_outline(), a_brief(), CATALOGUE)


def test_every_flaw_is_told_at_once() -> None:
    outline = with_third(minutes=1, weight=0, resources=(ResourceId("made-up"),))
    with pytest.raises(UnsoundOutline) as refusal:
        ensure_sound(outline, a_brief(), CATALOGUE)
    assert {flaw.fault for flaw in refusal.value.flaws} == {
        Fault.TOO_SHORT,
        Fault.WEIGHT,
        Fault.UNKNOWN_RESOURCE,
    }
    assert "module 'most': there is no resource 'made-up'" in str(refusal.value)
    assert refusal.value.field == "modules"


def test_a_flaw_of_the_whole_names_no_module() -> None:
    assert str(Flaw(Fault.COUNT, "too many")) == "too many"


@pytest.mark.parametrize("count", [0, 2, 41])
def test_there_are_three_to_forty_modules(count: int) -> None:
    modules = tuple(a_module(f"m{number}", minutes=15) for number in range(count))
    outline = Outline(title="Too few or too many", modules=modules)
    assert faults(outline) == {Fault.COUNT}


@pytest.mark.parametrize(
    ("first", "second"), [(("most",), ("basics",)), (("more",), ("basics",)), (("basics",), ())]
)
def test_a_circle_of_prerequisites_is_found(
    first: tuple[ModuleId, ...], second: tuple[ModuleId, ...]
) -> None:
    circle = an_outline(
        replace(BASICS, prerequisites=first), replace(MORE, prerequisites=second), MOST
    )
    assert Fault.CYCLE in faults(circle)


@given(st.permutations([BASICS, MORE, MOST]))
def test_the_order_of_the_modules_does_not_matter(modules: list[Module]) -> None:
    outline = an_outline(*modules)
    assert faults(outline) == set()
    assert outline.in_order() == an_outline()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"prerequisites": ("nowhere",)}, Fault.UNKNOWN_PREREQUISITE),
        ({"id": "basics"}, Fault.DUPLICATE),
        ({"prerequisites": ("basics", "basics")}, Fault.DUPLICATE),
        ({"id": "Not A Slug"}, Fault.ID),
        ({"id": "x" * 65}, Fault.ID),
        ({"minutes": 14}, Fault.TOO_SHORT),
        ({"minutes": 4 * 5 * 60 + 1}, Fault.TOO_LONG),
        ({"minutes": 2**70}, Fault.OVERFULL),
        ({"weight": 0}, Fault.WEIGHT),
        ({"weight": 1001}, Fault.WEIGHT),
        ({"title": "  x  "}, Fault.TEXT),
        ({"title": "x" * 81}, Fault.TEXT),
        ({"summary": "short"}, Fault.TEXT),
        ({"summary": "x" * 401}, Fault.TEXT),
        ({"summary": "hidden \u202e signs in here"}, Fault.TEXT),
        ({"skill": "kubernetes"}, Fault.FOREIGN_SKILL),
        ({"resources": ()}, Fault.RESOURCE_COUNT),
        ({"resources": ("python-tutorial",) * 9}, Fault.RESOURCE_COUNT),
        ({"resources": ("python-tutorial",) * 2}, Fault.DUPLICATE),
        ({"resources": ("made-up",)}, Fault.UNKNOWN_RESOURCE),
        ({"resources": ("python-tutorial", "kubernetes-basics")}, Fault.FOREIGN_RESOURCE),
        ({"resources": ("python-tutorial", "cosmic-python")}, Fault.TOO_HARD),
    ],
)
def test_each_breach_is_found(changes: dict[str, object], fault: Fault) -> None:
    assert fault in faults(with_third(**changes))


def test_endless_lists_and_texts_are_validated_at_once() -> None:
    outline = with_third(
        title="a." * 100_000, summary="a" * 300_000, prerequisites=("basics",) * 100_000
    )
    assert faults(outline) == {Fault.TEXT, Fault.DUPLICATE}, "10^10 steps would never end"


def test_limits_themselves_are_allowed() -> None:
    outline = with_third(id="x" * 64, minutes=4 * 5 * 60, weight=1000, title="x" * 80)
    assert faults(outline) == set()


def test_a_year_is_the_longest_path() -> None:
    brief = a_brief(hours_per_week=1)
    year = [a_module(f"m{number}", minutes=240) for number in range(13)]
    assert faults(an_outline(*year), brief) == set()
    assert faults(an_outline(*year, a_module("last", minutes=15)), brief) == {Fault.OVERFULL}


def test_what_the_learner_knows_is_not_taught() -> None:
    brief = a_brief(known=frozenset({SkillId("python-basics")}))
    assert faults(an_outline(), brief) == {Fault.KNOWN_SKILL}


def test_an_advanced_learner_is_not_given_beginners_material_only() -> None:
    brief = a_brief(level=Level.ADVANCED)
    easy = [
        a_module(name, skill="python-objects", resources=("python-classes",))
        for name in ("one", "two", "three")
    ]
    assert faults(an_outline(*easy), brief) == {Fault.TOO_EASY}
    both = (ResourceId("python-classes"), ResourceId("python-descriptors"))
    met = [replace(module, resources=both) for module in easy]
    assert faults(an_outline(*met), brief) == set()


def test_another_resource_of_the_domain_is_allowed_beside() -> None:
    assert faults(with_third(resources=("python-tutorial", "pytest-start"))) == set()


@pytest.mark.parametrize("field", ["title", "summary"])
@pytest.mark.parametrize(
    "smuggled",
    [
        "see https://evil.example/x",
        "see HTTP://evil",
        f"see {FULL_WIDTH}",
        "go to www.evil.example",
        "visit evil-site.com today",
        "visit evil.io/path now",
        "<img src=x onerror=alert(1)>",
        "click [here](evil)",
        "javascript:alert(1) is fun",
        "&lt;script&gt; is fun",
        "write to me@evil.example",
        "use ftp://evil",
        "call 10.0.0.1 first",
        "visit evil\u200d.com today",
    ],
)
def test_no_link_is_smuggled_in(field: str, smuggled: str) -> None:
    assert Fault.LINK in faults(with_third(**{field: smuggled}))


def test_no_link_is_smuggled_into_the_title_of_the_whole() -> None:
    assert faults(replace(an_outline(), title="See www.evil.example")) == {Fault.LINK}


@pytest.mark.parametrize(
    "harmless",
    [
        "Node.js and Vue.js, side by side",
        "ASP.NET, Socket.IO and D3.js",
        "Cleaning data: 8 hours of practice",
        "JavaScript: the good parts",
        "Python 3.11 & typing; e.g. list[int]",
        "Reading (slowly) with care: a first project",
    ],
)
def test_names_with_dots_are_no_links(harmless: str) -> None:
    assert faults(with_third(title=harmless)) == set()


def test_titles_of_the_catalogue_are_no_links() -> None:
    for resource in CATALOGUE.resources:
        assert Fault.LINK not in faults(with_third(title=resource.title)), resource.title
