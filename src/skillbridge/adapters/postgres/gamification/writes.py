"""Awards in PostgreSQL: what is written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import UUID, DateTime, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.clauses import TENANT
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.adapters.postgres.gamification.tables import awards
from skillbridge.application.gamification.ports import Awards
from skillbridge.domain.ids import BadgeId, UserId

AWARD = Query(
    insert(awards)
    .from_select(
        ["tenant_id", "user_id", "badge_id", "awarded_at"],
        select(
            TENANT,
            bindparam("user_id", type_=UUID),
            func.unnest(bindparam("badges", type_=ARRAY(Text))),
            func.unnest(bindparam("times", type_=ARRAY(DateTime(timezone=True)))),
        ),
    )
    .on_conflict_do_nothing()
    .returning(awards.c.badge_id)
)


@dataclass(frozen=True, slots=True)
class PostgresAwards:
    session: Session

    async def award(
        self, user_id: UserId, badges: Mapping[BadgeId, datetime]
    ) -> Collection[BadgeId]:
        if not badges:
            return ()
        rows = await self.session.connection.rows(
            AWARD, user_id=user_id, badges=list(badges), times=list(badges.values())
        )
        return [row["badge_id"] for row in rows]


BINDINGS: Bindings = (Binding[Awards](PostgresAwards),)
