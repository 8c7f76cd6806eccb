"""Keeping the matcher's copy of the mentors fresh."""

from dataclasses import dataclass

from skillbridge.application.matching.ports import PoolFeed
from skillbridge.domain.actor import Actor
from skillbridge.domain.events import Event


@dataclass(frozen=True, slots=True)
class RefreshPool:
    """After a change of a mentor: sends what the matcher has not seen; repeating it sends nothing.

    Raises Unavailable while the matcher is away: the job tries again.
    """

    feed: PoolFeed

    async def __call__(self, actor: Actor, event: Event) -> None:  # noqa: ARG002  versions tell what changed
        await self.feed.push(actor.tenant_id)
