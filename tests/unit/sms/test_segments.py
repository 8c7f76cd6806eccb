"""What a text costs, by 3GPP TS 23.038."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.adapters.sms.segments import segments

pytestmark = pytest.mark.row("J1")


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ọ" * 70, 1),
        ("a" * 70 + "ọ", 2),
        ("ọ" * 134, 2),
        ("ọ" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("\N{RIGHT SINGLE QUOTATION MARK}" + "a" * 70, 2),
    ],
)
def test_a_text_is_cut_as_a_network_cuts_it(text: str, cost: int) -> None:
    assert segments(text) == cost


@given(st.text(max_size=500), st.text(max_size=50))
def test_more_never_costs_less(text: str, more: str) -> None:
    assert segments(text + more) >= segments(text) >= 1
