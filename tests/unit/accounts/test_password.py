"""What a good password is."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain.accounts.password import Strength, WeakPassword, hard_to_guess, well_formed

LONGEST = 128
SHORTEST = 12

pytestmark = pytest.mark.row("C1")
STRONG = Strength(4)


@pytest.mark.asvs("6.2.8", "6.2.9")
@given(st.text(min_size=SHORTEST, max_size=LONGEST))
def test_every_character_is_welcome_and_nothing_is_cut_off(raw: str) -> None:
    composed = unicodedata.normalize("NFC", raw)
    if SHORTEST <= len(composed) <= LONGEST:
        assert well_formed(raw) == composed


@pytest.mark.asvs("6.2.8")
def test_spaces_stay() -> None:
    assert well_formed("  four words and spaces  ") == "  four words and spaces  "


def test_two_ways_to_type_an_accent_are_one_password() -> None:
    assert well_formed("cafe\u0301 du commerce") == well_formed("caf\u00e9 du commerce")


@pytest.mark.asvs("6.2.1")
@pytest.mark.parametrize("raw", ["", "x" * (SHORTEST - 1), "x" * (LONGEST + 1)])
def test_length_is_bounded(raw: str) -> None:
    with pytest.raises(WeakPassword, match="characters") as caught:
        well_formed(raw)
    assert caught.value.field == "password"


@pytest.mark.parametrize("raw", ["AMINA@example.org", "amina", "Amina Bello Okoro"])
def test_it_is_not_what_everybody_knows_of_its_owner(raw: str) -> None:
    with pytest.raises(WeakPassword, match="neither your name"):
        hard_to_guess(raw, STRONG, email="amina@example.org", name="amina bello okoro")


@pytest.mark.parametrize("score", [0, 1, 2])
def test_a_guessable_one_is_refused_with_the_reason(score: int) -> None:
    with pytest.raises(WeakPassword, match="This is a very common password"):
        hard_to_guess(
            "x", Strength(score, "This is a very common password."), email="a@b.org", name="A"
        )


@pytest.mark.asvs("6.2.5")
@pytest.mark.parametrize("score", [3, 4])
def test_a_strong_one_passes_without_a_recipe(score: int) -> None:
    hard_to_guess("only lower case words", Strength(score), email="a@b.org", name="A")
