"""Deeds and trophies in dictionaries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from skillbridge.adapters.memory.store import MemorySession
from skillbridge.domain.gamification.badge import Deed, Tally
from skillbridge.domain.ids import BadgeId, UserId

ACCEPTED = {"active", "completed", "cancelled"}


@dataclass(frozen=True, slots=True)
class MemoryDeeds:
    session: MemorySession

    async def of(self, user_id: UserId) -> Tally:
        if not self.session.sees(user_id):
            return dict.fromkeys(Deed, 0)
        done = self.session.table("completions")
        own = [one for one in self.session.table("roadmaps").values() if one.learner_id == user_id]
        accepted = [
            match for match in self.session.table("matches").values() if match.status in ACCEPTED
        ]
        return {
            Deed.MODULES_COMPLETED: sum(
                (one.id, module.id) in done for one in own for module in one.modules
            ),
            Deed.ROADMAPS_FINISHED: sum(
                bool(one.modules) and all((one.id, module.id) in done for module in one.modules)
                for one in own
            ),
            Deed.MENTORS_FOUND: sum(match.learner_id == user_id for match in accepted),
            Deed.LEARNERS_WELCOMED: sum(match.mentor_id == user_id for match in accepted),
        }


@dataclass(frozen=True, slots=True)
class MemoryTrophies:
    session: MemorySession

    async def award(
        self, user_id: UserId, badge_ids: Collection[BadgeId], at: datetime
    ) -> Collection[BadgeId]:
        table = self.session.table("trophies")
        new = [badge_id for badge_id in badge_ids if (user_id, badge_id) not in table]
        table.update({(user_id, badge_id): at for badge_id in new})
        return new

    async def of(self, user_id: UserId) -> Mapping[BadgeId, datetime]:
        if not self.session.sees(user_id):
            return {}
        table = self.session.table("trophies")
        own = {badge_id: at for (owner, badge_id), at in table.items() if owner == user_id}
        return dict(sorted(own.items(), key=lambda item: (item[1], item[0])))
