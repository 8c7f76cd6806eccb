"""Plug the matcher into its ports."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from dishka import AnyOf, Provider, Scope, provide

from skillbridge.adapters.matcher.client import MatcherClient, matcher_url
from skillbridge.adapters.matcher.fallback import FallbackMatcher
from skillbridge.adapters.matcher.switch import TROUBLE, Matcher, SwitchingMatcher
from skillbridge.adapters.matcher.sync import MatcherFeed, NoFeed
from skillbridge.adapters.outgoing import Outgoing
from skillbridge.adapters.resilience import Breaker
from skillbridge.application.cohorts.ports import Assigner
from skillbridge.application.ranking.ports.pool import MentorPool, PoolFeed
from skillbridge.application.ranking.ports.ranker import Ranker


@dataclass(frozen=True, slots=True, kw_only=True)
class MatcherSettings:
    """Where the matcher is: a URL, or a file that holds it once the matcher is up.

    With neither, the fallback answers and is not called degraded. Times are in seconds.
    """

    url: str | None = None
    url_file: Path | None = None
    secret: str = field(default="", repr=False)
    """What it wants to hear from its callers; empty for one that was started open."""
    timeout: float = 0.5
    failures: int = 3
    reset_after: float = 1.0

    @property
    def configured(self) -> bool:
        """Whether there is, or may come, a matcher."""
        return bool(self.url) or self.url_file is not None


_USUAL = MatcherSettings()
OUTGOING = Outgoing(
    contract="our matcher's REST, version 1",
    deadline=_USUAL.timeout,
    tries=1,
    breaker="matcher",
    fallback="the ranking in Python, of equal scores, told by X-Degraded",
)


class MatcherProvider(Provider):
    """Needs a MentorPool that lives as long as the process."""

    scope = Scope.APP

    def __init__(self, settings: MatcherSettings) -> None:
        super().__init__()
        self.settings = settings

    @provide
    async def client(self) -> AsyncIterator[MatcherClient]:
        """One pool of connections."""
        settings = self.settings
        where = matcher_url(settings.url, settings.url_file)
        client = MatcherClient(where, secret=settings.secret, timeout=settings.timeout)
        yield client
        await client.aclose()

    @provide
    def feed(self, client: MatcherClient, pool: MentorPool) -> PoolFeed:
        """Sends mentors to the matcher, where there is one."""
        return MatcherFeed(client, pool) if self.settings.configured else NoFeed()

    @provide(provides=AnyOf[Ranker, Assigner])
    async def matcher(
        self, client: MatcherClient, pool: MentorPool, feed: PoolFeed
    ) -> AsyncIterator[Matcher]:
        """The switch, or the fallback alone where no matcher is configured."""
        fallback = FallbackMatcher(pool)
        if not self.settings.configured:
            yield fallback
            return
        breaker = Breaker(
            OUTGOING.breaker,
            failures=self.settings.failures,
            reset_after=self.settings.reset_after,
            counts=TROUBLE,
        )
        switch = SwitchingMatcher(client, fallback, pool, feed, breaker)
        yield switch
        await switch.aclose()
