"""Activity counts and awards in dictionaries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.gamification.ports import Activities, Awards, BadgeReads
from skillbridge.domain.actor import Actor
from skillbridge.domain.gamification.badge import Activity, ActivityCounts, ActivityTimes
from skillbridge.domain.ids import BadgeId, UserId


@dataclass(frozen=True, slots=True)
class Award:
    user_id: UserId
    awarded_at: datetime


ACCEPTED = {"active", "completed", "cancelled"}


@dataclass(frozen=True, slots=True)
class MemoryActivities:
    session: MemorySession

    async def first(self, user_id: UserId, most: int) -> ActivityTimes:
        times = _activity_times(self.session, user_id, of=self.session.by)
        return {activity: sorted(some)[:most] for activity, some in times.items()}


@dataclass(frozen=True, slots=True)
class MemoryAwards:
    session: MemorySession

    async def award(
        self, user_id: UserId, badges: Mapping[BadgeId, datetime]
    ) -> Collection[BadgeId]:
        table = self.session.table("trophies")
        new = [badge_id for badge_id in badges if (user_id, badge_id) not in table]
        table.update({(user_id, badge_id): Award(user_id, badges[badge_id]) for badge_id in new})
        return new


@dataclass(frozen=True, slots=True)
class MemoryBadgeReads:
    session: MemorySession

    async def own(self, actor: Actor) -> tuple[ActivityCounts, Mapping[BadgeId, datetime]]:
        table, user_id = self.session.table("trophies", of=actor), actor.user_id
        own = {
            badge_id: row.awarded_at for (owner, badge_id), row in table.items() if owner == user_id
        }
        in_order = dict(sorted(own.items(), key=lambda item: (item[1], item[0])))
        times = _activity_times(self.session, user_id, of=actor)
        return {activity: len(some) for activity, some in times.items()}, in_order


def _activity_times(session: MemorySession, user_id: UserId, *, of: Actor) -> ActivityTimes:
    if not session.sees(user_id, of=of):
        return dict.fromkeys(Activity, ())
    done = session.table("completions", of=of)
    roadmaps, matches = session.table("roadmaps", of=of), session.table("matches", of=of)
    own = [one for one in roadmaps.values() if one.learner_id == user_id]
    accepted = [match for match in matches.values() if match.status in ACCEPTED]
    times = {
        one.id: [
            done[one.id, module.id].completed_at
            for module in one.modules
            if (one.id, module.id) in done
        ]
        for one in own
    }
    finished = [one for one in own if one.modules and len(times[one.id]) == len(one.modules)]
    return {
        Activity.MODULES_COMPLETED: [at for some in times.values() for at in some],
        Activity.ROADMAPS_FINISHED: [max(times[one.id]) for one in finished],
        Activity.MENTORS_FOUND: [it.answered_at for it in accepted if it.learner_id == user_id],
        Activity.LEARNERS_WELCOMED: [it.answered_at for it in accepted if it.mentor_id == user_id],
    }


BINDINGS: Bindings = (
    Binding[Activities](MemoryActivities),
    Binding[Awards](MemoryAwards),
    Binding[BadgeReads](MemoryBadgeReads),
)
