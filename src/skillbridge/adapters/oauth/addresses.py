"""E-mail addresses as a provider tells them."""

from skillbridge.domain.accounts import email_address
from skillbridge.domain.accounts.email_address import BadEmail


def usable(told: str | None) -> str | None:
    """In our spelling; None for none, and for what no mail could reach."""
    if told is None:
        return None
    try:
        return email_address.normalised(told)
    except BadEmail:
        return None
