"""Codes as people type them, of apps and of mails."""

import unicodedata


def typed(code: str) -> str:
    """A code as it is compared, however it was typed: with spaces, small, in another script's digits."""
    folded = unicodedata.normalize("NFKC", code).upper()
    return "".join(_ascii(sign) for sign in folded if sign.isalnum())


def _ascii(sign: str) -> str:
    return str(unicodedata.digit(sign)) if sign.isdigit() else sign
