"""What may be texted, and when a text goes out."""

from uuid import UUID, uuid4

import pytest

from skillbridge.domain.accounts.phone import (
    CountryNotTexted,
    Phone,
    PhoneNumber,
    SmsOff,
    SmsRule,
    TextState,
)
from skillbridge.domain.ids import PhoneId, ProofId, UserId

pytestmark = pytest.mark.row("C5", "C2")
RULE = SmsRule(on=True, prefixes=("+234", "+23480", "+254"))


@pytest.mark.parametrize(
    ("number", "prefix"),
    [("+2348031234567", "+23480"), ("+2347031234567", "+234"), ("+254712345678", "+254")],
)
def test_the_longest_prefix_counts(number: str, prefix: str) -> None:
    assert RULE.prefix_of(PhoneNumber(number)) == prefix


def test_no_other_country_is_texted_and_none_while_it_is_off() -> None:
    with pytest.raises(CountryNotTexted):
        RULE.prefix_of(PhoneNumber("+447911123456"))
    with pytest.raises(CountryNotTexted):
        SmsRule(on=True).prefix_of(PhoneNumber("+2348031234567"))
    with pytest.raises(SmsOff):
        SmsRule(prefixes=("+234",)).prefix_of(PhoneNumber("+2348031234567"))


def test_a_number_is_masked() -> None:
    assert PhoneNumber("+2348031234567").masked == "+234 ••• 67"


def test_a_text_goes_out_once_unless_it_surely_did_not() -> None:
    phone = Phone(PhoneId(uuid4()), UserId(uuid4()), b"", b"")
    code, newer = ProofId(UUID(int=1)), ProofId(UUID(int=2))
    assert [phone.begin_text(code), phone.text_state] == [True, TextState.SENDING]
    assert [phone.begin_text(code), phone.text_state] == [False, TextState.UNKNOWN]
    phone.text_state = TextState.WAITING
    assert phone.begin_text(code)
    for over in (TextState.SENT, TextState.REFUSED, TextState.UNKNOWN):
        phone.text_state = over
        assert [phone.begin_text(code), phone.text_state] == [False, over]
    assert phone.begin_text(newer)
    assert (phone.text_id, phone.text_state) == (newer, TextState.SENDING)
