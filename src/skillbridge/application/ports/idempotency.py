"""A request that is sent again, as after a lost answer, has its effect once.

After draft-ietf-httpapi-idempotency-key-header-07: the client names its request by a key, and whoever
sends the same request with the same key again is given the first answer.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Conflict, Invalid

KEPT = timedelta(hours=24)
"""So long, at least, the first answer is given again."""
FIELD = "Idempotency-Key"


class KeyReused(Invalid):
    """The key belongs to an earlier request that asked for something else.

    Give each request a new key, and the same one only to what is sent again as it was.
    """

    def __init__(self) -> None:
        super().__init__(
            "another request came with this key: give each request a new one, and the same one "
            "only to what is sent again as it was",
            field=FIELD,
        )


class KeyInFlight(Conflict):
    """The first request with this key is still at work: send yours again in a second."""

    retry_after = 1

    def __init__(self) -> None:
        super().__init__("the first request with this key is at work: send it again in a second")


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request as it is known again: the operation, the client's key, and what it asks for."""

    operation: str
    key: str
    """Of the actor's own choice: the same key of somebody else, or of another operation, is another."""
    fingerprint: bytes
    """SHA-256 of what is asked: 32 bytes."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What the client was answered; only what went well is kept."""

    status: int
    headers: Mapping[str, str]
    body: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer; `again` if the request had its effect before."""

    answer: KeptAnswer
    again: bool


class Once(Protocol):
    """Does the work of a request, unless it is done already."""

    async def __call__(
        self, actor: Actor, request: KeyedRequest, work: Callable[[], Awaitable[KeptAnswer]]
    ) -> Answered:
        """What the work's transactions write, what follows from it and its answer are kept together.

        So a process that is killed in between leaves nothing, and the request can be sent again. What
        the work raises is raised, and nothing is kept. Raises KeyReused and KeyInFlight.
        """
        ...


class KeptAnswers(Protocol):
    """Inside of a transaction."""

    async def forget(self, before: datetime, *, limit: int) -> int:
        """Deletes at most so many that are older; returns how many those were."""
        ...
