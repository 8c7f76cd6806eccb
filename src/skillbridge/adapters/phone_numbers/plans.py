"""Numbers by the plans of all countries (phonenumbers, the Python port of libphonenumber)."""

import unicodedata
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from skillbridge.domain.accounts.phone import BadPhone, PhoneNumber

LONGEST = 40
"""Signs that are looked at: a number has 15 digits at most (E.164), and may be spaced."""
MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_SIGNS = frozenset("+()-./ ")


@dataclass(frozen=True, slots=True)
class PlannedNumbers:
    """Of what libphonenumber lets pass, letters and extensions do not: a text reaches none of them."""

    def read(self, typed: str, country: str | None) -> PhoneNumber:
        plain = unicodedata.normalize("NFKC", typed)
        if len(typed) > LONGEST or not all(one.isdigit() or one in _SIGNS for one in plain):
            raise BadPhone
        try:
            found = phonenumbers.parse(plain, country)
        except NumberParseException as error:
            raise BadPhone from error
        if not phonenumbers.is_valid_number(found):
            raise BadPhone
        if phonenumbers.number_type(found) not in MOBILE:
            raise BadPhone
        return PhoneNumber(phonenumbers.format_number(found, PhoneNumberFormat.E164))
