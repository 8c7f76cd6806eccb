"""What a tenant may decide, and what the change of a version tells."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.roadmaps.examples import a_brief

from skillbridge.domain.errors import Invalid
from skillbridge.domain.ranking.score import Weights
from skillbridge.domain.roadmaps.pseudonym import pseudonymised
from skillbridge.domain.tenancy.settings import (
    AiUse,
    Branding,
    Change,
    Features,
    Limits,
    TenantSettings,
)

pytestmark = pytest.mark.row("B11")

WHITE_ENOUGH = ("#000000", "#0b57d0", "#767676", "#7a1f1f")
TOO_BRIGHT = ("#ffffff", "#ffee00", "#777777", "#00ff00")
OTHER = Weights(
    skill=5_000, availability=1_000, language=1_000, location=1_000, rating=1_000, free=700,
    experience=300,
)  # fmt: skip


@pytest.mark.parametrize("colour", WHITE_ENOUGH)
def test_white_letters_can_be_read_on_a_colour(colour: str) -> None:
    assert Branding(colour=colour).colour == colour


@pytest.mark.parametrize("colour", [*TOO_BRIGHT, "", "#fff", "#0B57D0", "red", "#12345g", "url(x)"])
def test_any_other_colour_is_refused(colour: str) -> None:
    with pytest.raises(Invalid) as refused:
        Branding(colour=colour)
    assert refused.value.field == "colour"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "A"},
        {"name": "see evil.example/x"},
        {"name": "<b>Hub</b>"},
        {"name": "A" * 61},
        {"footer": "<script>"},
        {"footer": "x" * 301},
        {"reply_to": "nobody"},
        {"reply_to": "a@example.org\r\nBcc: b@example.org"},
    ],
)
def test_what_would_deceive_in_a_mail_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        Branding(**wrong)


def test_bounds() -> None:
    for wrong in (0, -1, 1_001):
        with pytest.raises(Invalid):
            Limits(roadmaps_a_day=wrong)
        with pytest.raises(Invalid):
            Limits(uploads_a_day=wrong)
    for wrong in (0, -1, 1_048_577):
        with pytest.raises(Invalid, match="mebibytes"):
            Limits(files_mebibytes=wrong)
    for languages in ((), ("en", "en"), ("english",), tuple(["en"] * 11)):
        with pytest.raises(Invalid):
            TenantSettings(languages=languages)
    for reason in ("", "  ", "ab", "x" * 201):
        with pytest.raises(Invalid):
            Change(reason)


changes = st.fixed_dictionaries(
    {},
    optional={
        "matching": st.sampled_from([Weights(), OTHER]),
        "limits": st.builds(Limits, roadmaps_a_day=st.integers(1, 1_000)),
        "features": st.builds(Features, registration=st.booleans(), cohorts=st.booleans()),
        "branding": st.builds(Branding, reply_to=st.sampled_from([None, "a@b.org", "c@d.org"])),
        "ai": st.sampled_from(AiUse),
        "languages": st.sampled_from([("en",), ("fr", "wo"), ("ha",)]),
    },
)


@given(changes, changes)
def test_what_differs_is_told_by_its_path_and_nothing_else(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    before, after = TenantSettings(**one), TenantSettings(**other)
    was, now = after.changed_since(before)
    assert was.keys() == now.keys()
    assert bool(now) is (before != after)
    assert {path.partition("/")[0] for path in now} == {
        name
        for name in TenantSettings.__dataclass_fields__
        if getattr(before, name) != getattr(after, name)
    }
    assert "@" not in "".join((*was.values(), *now.values()))


@given(st.text(min_size=2, max_size=200))
def test_a_pseudonymised_goal_stays_so(goal: str) -> None:
    try:
        brief = a_brief(goal=goal)
    except Invalid:
        return
    once = pseudonymised(brief)
    assert pseudonymised(once) == once
    assert replace(once, goal=brief.goal) == brief


@pytest.mark.parametrize(
    ("goal", "shown"),
    [
        ("Mail a.bello@example.org today", "Mail [address] today"),
        ("Call +234 803 555 0199 first", "Call [number] first"),
        ("I am @amina_b on it", "I am [handle] on it"),
        ("Copy https://amina.example/cv now", "Copy [link] now"),
        ("Python 3.11 in 12 weeks by 2027", "Python 3.11 in 12 weeks by 2027"),
    ],
)
def test_what_leads_to_somebody_is_left_out_of_a_goal(goal: str, shown: str) -> None:
    assert pseudonymised(a_brief(goal=goal)).goal == shown
