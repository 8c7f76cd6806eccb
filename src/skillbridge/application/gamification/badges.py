"""Awarding badges, and looking at them."""

from dataclasses import dataclass

from skillbridge.application.gamification.ports import Activities, Awards, BadgeReads
from skillbridge.application.gamification.views import Award, BadgeView
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.gamification import BadgeAwarded
from skillbridge.domain.events.matching import MatchAccepted
from skillbridge.domain.events.progress import ModuleCompleted, RoadmapCompleted
from skillbridge.domain.gamification.badges import BADGES, MOST_NEEDED, doers, earned


@dataclass(frozen=True, slots=True)
class AwardBadges:
    """Everybody whose activity an event adds to gets the badges they have earned by now.

    Asks what was done and when, and does not add one: an event told twice, or after a later one, is
    worth the same.
    """

    transaction: Transaction
    activities: Activities
    awards: Awards

    async def __call__(
        self, actor: Actor, event: ModuleCompleted | RoadmapCompleted | MatchAccepted
    ) -> None:
        async with self.transaction(actor) as tx:
            for user_id in doers(event):
                badges = earned(await self.activities.first(user_id, MOST_NEEDED))
                new = await self.awards.award(user_id, {badge.id: at for badge, at in badges})
                tx.emit(
                    *(
                        BadgeAwarded(user_id=user_id, badge_id=badge.id, title=badge.title, at=at)
                        for badge, at in badges
                        if badge.id in new
                    )
                )


@dataclass(frozen=True, slots=True)
class ListBadges:
    """All the badges there are, and how near the actor is to each."""

    reads: BadgeReads

    async def __call__(self, actor: Actor) -> tuple[BadgeView, ...]:
        counts, awarded = await self.reads.own(actor)
        return tuple(BadgeView.of(badge, counts, awarded.get(badge.id)) for badge in BADGES)


@dataclass(frozen=True, slots=True)
class ListAwards:
    """The badges the actor has, in the order of the catalogue."""

    reads: BadgeReads

    async def __call__(self, actor: Actor) -> tuple[Award, ...]:
        _, awarded = await self.reads.own(actor)
        return tuple(
            Award(badge.id, badge.title, badge.description, awarded[badge.id])
            for badge in BADGES
            if badge.id in awarded
        )
