"""How long the audit trail is kept: whole months, by the database's clock."""

from datetime import date

MONTHS_KEPT = 24
"""After the month of an entry; then its month goes as a whole."""
MONTHS_AHEAD = 3
"""Partitions that are there before anything is written to them."""


def kept_from(today: date) -> date:
    """The first day that is kept."""
    months = today.year * 12 + today.month - 1 - MONTHS_KEPT
    return date(months // 12, months % 12 + 1, 1)
