"""Activity counts and awards in dictionaries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from skillbridge.adapters.memory.store import MemorySession
from skillbridge.domain.actor import Actor
from skillbridge.domain.gamification.badge import Activity, ActivityCounts
from skillbridge.domain.ids import BadgeId, UserId

ACCEPTED = {"active", "completed", "cancelled"}


@dataclass(frozen=True, slots=True)
class MemoryActivities:
    session: MemorySession

    async def of(self, user_id: UserId) -> ActivityCounts:
        return _activity_counts(self.session, user_id)


@dataclass(frozen=True, slots=True)
class MemoryAwards:
    session: MemorySession

    async def award(
        self, user_id: UserId, badge_ids: Collection[BadgeId], at: datetime
    ) -> Collection[BadgeId]:
        table = self.session.table("trophies")
        new = [badge_id for badge_id in badge_ids if (user_id, badge_id) not in table]
        table.update({(user_id, badge_id): at for badge_id in new})
        return new


@dataclass(frozen=True, slots=True)
class MemoryBadgeReads:
    session: MemorySession

    async def own(self, actor: Actor) -> tuple[ActivityCounts, Mapping[BadgeId, datetime]]:
        table, user_id = self.session.table("trophies", of=actor), actor.user_id
        own = {badge_id: at for (owner, badge_id), at in table.items() if owner == user_id}
        in_order = dict(sorted(own.items(), key=lambda item: (item[1], item[0])))
        return _activity_counts(self.session, user_id, of=actor), in_order


def _activity_counts(
    session: MemorySession, user_id: UserId, *, of: Actor | None = None
) -> ActivityCounts:
    if not session.sees(user_id, of=of):
        return dict.fromkeys(Activity, 0)
    done = session.table("completions", of=of)
    roadmaps, matches = session.table("roadmaps", of=of), session.table("matches", of=of)
    own = [one for one in roadmaps.values() if one.learner_id == user_id]
    accepted = [match for match in matches.values() if match.status in ACCEPTED]
    return {
        Activity.MODULES_COMPLETED: sum(
            (one.id, module.id) in done for one in own for module in one.modules
        ),
        Activity.ROADMAPS_FINISHED: sum(
            bool(one.modules) and all((one.id, module.id) in done for module in one.modules)
            for one in own
        ),
        Activity.MENTORS_FOUND: sum(match.learner_id == user_id for match in accepted),
        Activity.LEARNERS_WELCOMED: sum(match.mentor_id == user_id for match in accepted),
    }
