"""Mentors who suit a learner, best first, with the reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from skillbridge.application.known_tenants import KnownTenants
from skillbridge.application.mentors.ports import MentorReads
from skillbridge.application.mentors.views import MentorCard
from skillbridge.application.ports.clock import Clock
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.application.ranking.features import features
from skillbridge.application.ranking.ports.impressions import ImpressionList, ImpressionLog
from skillbridge.application.ranking.ports.ranker import (
    Learners,
    Option,
    Ranker,
    Ranking,
    RankingContext,
    ReRanker,
)
from skillbridge.application.ranking.reasons import reasons
from skillbridge.application.ranking.views import Suggested, Suggestions
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import TooMany
from skillbridge.domain.ids import ImpressionListId, SkillId, UserId
from skillbridge.domain.ranking.need import Need
from skillbridge.domain.ranking.score import Score, Weights

HOUR = timedelta(hours=1)
LOGGED = 60
"""Lists an hour of one learner: a loop teaches a model nothing, and fills the store."""


@dataclass(frozen=True, slots=True)
class SuggestMentors:
    """Ranks mentors for the skills that are named, or for those of the learner's open modules.

    The matcher ranks by the rules and the tenant's weights; a model, where there is one, may put its best into another
    order; what is shown is logged for the next model to learn from, up to `LOGGED`. No connection is held
    meanwhile. Degraded: the matcher was away and the fallback answered; by the same rules, but
    slower.
    """

    learners: Learners
    ranker: Ranker
    mentors: MentorReads
    reranker: ReRanker
    log: ImpressionLog
    rate_limit: RateLimit
    clock: Clock
    tenants: KnownTenants

    async def __call__(
        self, actor: Actor, skills: Sequence[SkillId] = (), limit: int = 10
    ) -> Suggestions:
        learner = await self.learners.learner(actor)
        need = learner.need(skills, at=self.clock())
        weights = (await self.tenants.now(actor.tenant_id)).settings.matching
        reach = self.reranker.reach(limit)
        ranking = await self.ranker.rank(actor.tenant_id, need, reach, weights)
        cards = await self.mentors.several(actor, [one.mentor_id for one in ranking.suggestions])
        shown = await self._shown(actor, need, ranking, cards, limit)
        scores = {one.mentor_id: one for one in ranking.suggestions}
        return Suggestions(
            items=tuple(_suggested(scores[one], need, cards[one], weights) for one in shown),
            skills=tuple(wanted.skill for wanted in need.skills),
            degraded=ranking.degraded,
            source=ranking.source,
        )

    async def _shown(
        self,
        actor: Actor,
        need: Need,
        ranking: Ranking,
        cards: Mapping[UserId, MentorCard],
        limit: int,
    ) -> Sequence[UserId]:
        """Who is shown, in which order; it is logged."""
        context = RankingContext(self.clock(), limit, ranking.degraded)
        options = _options(ranking, need, cards)
        ranked = await self.reranker.order(need, options, context)
        known = dict(options)
        shown = ranked.mentors[:limit]
        if shown and await self._counts(actor):
            impression_list = ImpressionList(
                id=ImpressionListId(uuid4()),
                at=context.at,
                model=ranked.model,
                source=ranking.source,
                degraded=ranking.degraded,
                options=tuple(Option(one, known[one]) for one in shown),
            )
            self.log.note(actor, impression_list)
        return shown

    async def _counts(self, actor: Actor) -> bool:
        try:
            await self.rate_limit.spend(f"impressions:{actor.user_id}", limit=LOGGED, per=HOUR)
        except TooMany:
            return False
        return True


def _options(
    ranking: Ranking, need: Need, cards: Mapping[UserId, MentorCard]
) -> tuple[Option, ...]:
    """Those whom the learner may see, with what a model may know."""
    seen = [one for one in ranking.suggestions if one.mentor_id in cards]
    return tuple(
        Option(one.mentor_id, features(one, need, cards[one.mentor_id], place))
        for place, one in enumerate(seen, 1)
    )


def _suggested(score: Score, need: Need, card: MentorCard, weights: Weights) -> Suggested:
    return Suggested(card, score.total, score.terms, reasons(score, need, card, weights))
