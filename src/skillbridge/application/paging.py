"""Where a page begins: after the row with this key, newest first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Rows are ordered by time, then id, both descending."""

    at: datetime
    id: UUID
