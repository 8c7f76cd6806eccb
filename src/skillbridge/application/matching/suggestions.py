"""Mentors who suit a learner, best first, with the reasons."""

from collections.abc import Sequence
from dataclasses import dataclass

from skillbridge.application.matching.ports import Learners, Matcher, MentorReads
from skillbridge.application.matching.reasons import reasons
from skillbridge.application.matching.views import Suggested, Suggestions
from skillbridge.application.ports import Clock
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import SkillId


@dataclass(frozen=True, slots=True)
class SuggestMentors:
    """Ranks mentors for the skills that are named, or for those of the learner's open modules.

    No connection is held while the matcher thinks. Degraded: the matcher was away and the
    fallback answered; by the same rules, but slower.
    """

    learners: Learners
    matcher: Matcher
    mentors: MentorReads
    clock: Clock

    async def __call__(
        self, actor: Actor, skills: Sequence[SkillId] = (), limit: int = 10
    ) -> Suggestions:
        learner = await self.learners.learner(actor)
        need = learner.need(skills, at=self.clock())
        ranking = await self.matcher.rank(actor.tenant_id, need, limit)
        cards = await self.mentors.several(actor, [one.mentor_id for one in ranking.suggestions])
        return Suggestions(
            items=tuple(
                Suggested(
                    cards[one.mentor_id],
                    one.total,
                    one.terms,
                    reasons(one, need, cards[one.mentor_id]),
                )
                for one in ranking.suggestions
                if one.mentor_id in cards
            ),
            skills=tuple(wanted.skill for wanted in need.skills),
            degraded=ranking.degraded,
            source=ranking.source,
        )
