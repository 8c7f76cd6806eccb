"""The transaction that a request or job has open."""

from dataclasses import dataclass
from typing import Any

from skillbridge.adapters.postgres.engine.database import Connection


@dataclass(slots=True)
class Session:
    """One per request or job: where the adapters find the open connection."""

    opened: Connection | None = None
    outer: Any = None  # a PostgresTx, which the engine does not know
    """Around a keyed request: the transaction of which those of the use cases become parts."""

    @property
    def connection(self) -> Connection:
        """The open transaction; asking outside of one is a mistake in the program."""
        if self.opened is None:
            raise RuntimeError("no transaction is open")
        return self.opened
