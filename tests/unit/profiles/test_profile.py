"""What people may tell about themselves."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain.errors import Invalid, SeveralFaults
from skillbridge.domain.events.profiles import ProfileChanged
from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.profiles.countries import COUNTRIES
from skillbridge.domain.profiles.languages import TWO_LETTERS
from skillbridge.domain.profiles.profile import (
    Details,
    Profile,
    UnfitLanguages,
    UnfitName,
    UnfitSkills,
    UnknownCountry,
    UnknownTimeZone,
    Window,
)
from skillbridge.domain.profiles.time_zones import KNOWN_AS, time_zones

pytestmark = pytest.mark.row("D1")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_change_is_told_and_none_is_not() -> None:
    profile = Profile(UserId(uuid4()), Details("Amina"))
    told = profile.change(Details("Amina", country="NG", time_zone="Africa/Lagos"), at=NOW)
    assert told == (ProfileChanged(user_id=profile.user_id, at=NOW),)
    assert profile.details.country == "NG"
    again = Details("Amina", country="NG", time_zone="Africa/Lagos")
    assert profile.change(again, at=NOW) == ()


def test_the_order_of_windows_means_nothing() -> None:
    early, late = Window(0, 540, 600), Window(3, 0, 1440)
    assert Details("A", availability=(late, early)) == Details("A", availability=(early, late))


def test_windows_that_touch_are_two_and_windows_that_overlap_are_refused() -> None:
    touching = (Window(0, 540, 600), Window(0, 600, 660))
    assert Details("A", availability=touching).availability == touching
    days = (Window(0, 540, 601), Window(1, 600, 660))
    assert Details("A", availability=days).availability == days
    with pytest.raises(Invalid, match="two windows of one day overlap"):
        Details("A", availability=(Window(0, 540, 601), Window(0, 600, 660)))


@pytest.mark.parametrize(
    "zone", ["UTC", "Etc/UTC", "Africa/Lagos", "Asia/Calcutta", "Asia/Kolkata", "US/Pacific", "CET"]
)
def test_a_time_zone_may_have_any_of_its_names(zone: str) -> None:
    assert Details("A", time_zone=zone).time_zone == zone


@pytest.mark.parametrize(
    ("code", "told"),
    [("eng", "such as en"), ("ger", "such as de"), ("xx", "such as en or yo")]
    + [(code, "ISO 639") for code in ("und", "mul", "zxx", "mis", "qaa", "EN", "en-GB")],
)
def test_a_language_has_one_code(code: str, told: str) -> None:
    with pytest.raises(UnfitLanguages, match=told):
        Details("A", languages=(code,))


def test_languages_without_two_letters_have_three() -> None:
    assert Details("A", languages=("pcm", "yo", "fil")).languages == ("pcm", "yo", "fil")
    assert len(TWO_LETTERS) == 184


def test_iso_has_249_countries() -> None:
    assert len(COUNTRIES) == 249
    assert {"NG", "KE", "GH", "ZA", "DE"} <= COUNTRIES.keys()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 81),
        ("name", "\u3164"),
        ("name", "Amina\r\nBcc: x@example.org"),
        ("name", "A\u202emina"),
        ("bio", "x" * 2001),
        ("bio", "a\0b"),
        ("country", "ng"),
        ("country", "XX"),
        ("time_zone", "Lagos"),
        ("time_zone", "Factory"),
        ("time_zone", "localtime"),
        ("time_zone", "posixrules"),
        ("time_zone", "posix/Africa/Lagos"),
        ("time_zone", "right/UTC"),
        ("time_zone", "Etc/GMT+5"),
        ("time_zone", "../etc/passwd"),
        ("languages", ()),
        ("languages", ("en", "en")),
        ("languages/0", ("english",)),
        ("languages/1", ("en", "EN")),
        ("languages", ("en", "yo", "ha", "ig", "fr", "de", "es", "pt", "sw", "zu", "am")),
        ("skills/Python!", {"Python!": 3}),
        ("skills/a~1b", {"a/b": 3}),
        ("skills/python", {"python": 0}),
        ("skills/python", {"python": 6}),
        ("skills", {f"skill-{i}": 1 for i in range(51)}),
        ("availability", tuple(Window(0, i, i + 1) for i in range(43))),
        ("availability", (Window(2, 60, 120), Window(2, 119, 180))),
    ],
)
def test_what_breaks_a_rule_is_named(field: str, value: Any) -> None:
    with pytest.raises(Invalid) as caught:
        Details(**{"name": "Amina", field.partition("/")[0]: value})
    assert caught.value.field == field


def test_all_that_breaks_a_rule_is_named_at_once() -> None:
    with pytest.raises(SeveralFaults) as caught:
        Details(name=" ", country="XX", skills={SkillId("sql"): 9, SkillId("SQL"): 1})
    named = [(type(fault), fault.field) for fault in caught.value.faults]
    assert named == [
        (UnfitName, "name"),
        (UnknownCountry, "country"),
        (UnfitSkills, "skills/sql"),
        (UnfitSkills, "skills/SQL"),
    ]
    assert str(caught.value.faults[2]) == "a skill has a level from 1 to 5"


@pytest.mark.parametrize(
    "window", [(7, 0, 1), (-1, 0, 1), (0, 60, 60), (0, 120, 60), (0, -1, 5), (0, 0, 1441)]
)
def test_a_window_lies_within_one_day(window: tuple[int, int, int]) -> None:
    with pytest.raises(Invalid) as caught:
        Window(*window)
    assert caught.value.field == "availability"


@pytest.mark.asvs("2.2.3")
@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440)).filter(
            lambda w: w[1] < w[2]
        ),
        max_size=8,
    )
)
def test_windows_are_accepted_exactly_when_no_minute_is_said_twice(
    said: list[tuple[int, int, int]],
) -> None:
    minutes = [(day, m) for day, start, end in said for m in range(start, end)]
    windows = tuple(Window(*w) for w in said)
    if len(set(minutes)) == len(minutes):
        assert len(Details("A", availability=windows).availability) == len(said)
    else:
        with pytest.raises(Invalid, match="overlap"):
            Details("A", availability=windows)


@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True), st.integers(1, 5)))
def test_skills_have_levels_from_one_to_five(skills: dict[str, int]) -> None:
    if len(skills) <= 50:
        told = {SkillId(skill): level for skill, level in skills.items()}
        assert Details("A", skills=told).skills == skills


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("africa/nairobi", "Africa/Nairobi"),
        ("Africa/Nairobi ", "Africa/Nairobi"),
        ("Lagos", "Africa/Lagos"),
        ("new york", "America/New_York"),
        ("Africa/Adis_Ababa", "Africa/Addis_Ababa"),
        ("Europa/Berlin", "Europe/Berlin"),
        ("Nowhere/Land", "Africa/Lagos, or UTC"),
        ("x" * 100_000, "Africa/Lagos, or UTC"),
        ("EAT", "Africa/Nairobi"),
        ("SAST", "Africa/Johannesburg"),
        ("GMT+1", "Africa/Lagos"),
        ("UTC+03:00", "Africa/Nairobi"),
        ("+2", "Africa/Johannesburg"),
        ("Africa/Abuja", "Africa/Lagos"),
        ("Africa/Goma", "Africa/Lubumbashi"),
        ("Port Harcourt", "Africa/Lagos"),
        ("Africa/Bo", "Africa/Lagos, or UTC"),
        ("Africa/Ngaoundere", "Africa/Lagos, or UTC"),
    ],
)
def test_whoever_misspells_a_time_zone_is_told_the_nearest(written: str, meant: str) -> None:
    with pytest.raises(UnknownTimeZone, match=f"such as {re.escape(meant)}$"):
        Details("A", time_zone=written)


def test_every_other_name_of_a_zone_names_one_that_is_there() -> None:
    assert set(KNOWN_AS.values()) <= time_zones()


@pytest.mark.parametrize(
    ("written", "meant"),
    [("fr-FR", "fr"), ("EN", "en"), ("swa", "sw"), ("pt-BR", "pt"), ("English", "en or yo")],
)
def test_whoever_gives_a_locale_is_told_its_language(written: str, meant: str) -> None:
    with pytest.raises(UnfitLanguages, match=f"such as {meant}$"):
        Details("A", languages=(written,))
