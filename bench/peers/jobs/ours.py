"""Our worker as it is, and a reaction that does nothing beside its own."""

from dataclasses import dataclass
from unittest.mock import patch

import uvloop
from dishka import Provider, Scope

from skillbridge import settings as environment
from skillbridge.adapters.redis.provider import RedisProvider
from skillbridge.application.reactions import kinds
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.matching import MatchRequested
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.wiring import stack
from skillbridge.entrypoints.worker import app, process
from skillbridge.entrypoints.worker.settle import JobProvider


@dataclass(frozen=True, slots=True)
class Nothing:
    """A bare job."""

    async def __call__(self, actor: Actor, event: MatchRequested) -> None: ...


async def main() -> None:
    settings = environment.load(program="worker")
    wiring.configure_logs(settings)
    bare = Provider(scope=Scope.REQUEST)
    bare.provide(Nothing)
    container = wiring.make_container(
        stack.storage(settings, worker=True),
        RedisProvider(settings.redis_url),
        JobProvider(),
        *wiring.outside(settings),
        bare,
    )
    broker, task = await stack.wake_ups(container)
    with patch.object(app, "kinds", lambda: {**kinds(), "Nothing": Nothing}):
        await process.work(container, broker, task, process.stop_on_signals())


if __name__ == "__main__":
    uvloop.run(main())
