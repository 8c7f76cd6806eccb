"""Keeping the matcher's copy of the mentors fresh."""

from dataclasses import dataclass

from skillbridge.application.ranking.ports.pool import PoolFeed
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.event import Event


@dataclass(frozen=True, slots=True)
class RefreshPool:
    """After a change of a mentor: sends what the matcher has not seen; repeating it sends nothing.

    Raises Unavailable when the matcher is there and cannot be brought up to date: the job tries
    again. One that is not there yet is given everybody when it comes.
    """

    feed: PoolFeed

    async def __call__(self, actor: Actor, event: Event) -> None:  # noqa: ARG002  versions tell what changed
        await self.feed.push(actor.tenant_id)
