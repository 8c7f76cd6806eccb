"""Which numbers there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.adapters.phone_numbers.plans import PlannedNumbers
from skillbridge.domain.accounts.phone import BadPhone

pytestmark = pytest.mark.row("C5")
NUMBERS = PlannedNumbers()


@pytest.mark.parametrize(
    ("typed", "country", "e164"),
    [
        ("+234 803 123 4567", None, "+2348031234567"),
        ("0803 123 4567", "NG", "+2348031234567"),
        ("0803-123-4567", "NG", "+2348031234567"),
        ("(0803) 123.4567", "NG", "+2348031234567"),
        ("+254712345678", "NG", "+254712345678"),
        ("٠٧١٢٣٤٥٦٧٨", "KE", "+254712345678"),
        ("＋２５４７１２３４５６７８", None, "+254712345678"),  # noqa: RUF001  as some keyboards write
        ("071 234 5678", "ZA", "+27712345678"),
        ("+1 202 456 1111", None, "+12024561111"),
    ],
)
def test_a_number_is_read_however_it_is_written(typed: str, country: str | None, e164: str) -> None:
    assert NUMBERS.read(typed, country).e164 == e164


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("", "NG"),
        ("0803 123 4567", None),
        ("0803 123 4567", "XX"),
        ("911", "US"),
        ("112", "NG"),
        ("0800CALLME", "NG"),
        ("+44 20 7946 0958", None),  # a landline
        ("+1 900 555 0123", None),  # premium
        ("+979 123 456 789", None),  # international premium
        ("+882 16 1234 5678", None),  # a satellite
        ("+27821234567;ext=5", None),
        ("+27821234567x5", None),
        ("tel:+27821234567", None),
        ("+234" + "1" * 200, None),
        ("1" * 1000, "NG"),
        ("+2348031234567,+2348031234568", None),
        ("+2348031234567\n", None),
        ("+234803\x001234567", None),
        ("\ud800", "NG"),
        ("😀", "NG"),
        ("' or 1=1 --", "NG"),
    ],
)
def test_what_no_text_reaches_is_no_number(typed: str, country: str | None) -> None:
    with pytest.raises(BadPhone):
        NUMBERS.read(typed, country)


@given(st.text(max_size=60), st.sampled_from([None, "NG", "KE", "ZA", "GH", "XX"]))
def test_anything_is_refused_or_read_the_same_again(typed: str, country: str | None) -> None:
    try:
        found = NUMBERS.read(typed, country)
    except BadPhone:
        return
    assert found.e164.isascii()
    assert NUMBERS.read(found.e164, None) == found
