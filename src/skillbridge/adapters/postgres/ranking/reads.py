"""What was shown and what became of it, from PostgreSQL: read only by the system."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg
from sqlalchemy import Interval, bindparam, exists, select, true

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.clauses import here
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Pages
from skillbridge.adapters.postgres.matching.tables import matches
from skillbridge.adapters.postgres.ranking.tables import impressions
from skillbridge.application.paging import Page, PageRequest
from skillbridge.application.ranking.ports.impressions import (
    ATTRIBUTED_WITHIN,
    ImpressionReads,
    PastImpression,
    Place,
)
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import ImpressionListId, UserId
from skillbridge.domain.matching.match import MatchStatus

_again = impressions.alias("again")
_shown_again = (
    exists()
    .where(
        here(_again),
        _again.c.learner_id == impressions.c.learner_id,
        _again.c.mentor_id == impressions.c.mentor_id,
        _again.c.shown_at > impressions.c.shown_at,
        _again.c.shown_at <= matches.c.requested_at,
    )
    .correlate(impressions, matches)
)
_led_to = (
    select(matches.c.status)
    .where(
        here(matches),
        matches.c.learner_id == impressions.c.learner_id,
        matches.c.mentor_id == impressions.c.mentor_id,
        matches.c.requested_at >= impressions.c.shown_at,
        matches.c.requested_at < impressions.c.shown_at + bindparam("within", type_=Interval),
        ~_shown_again,
    )
    .order_by(matches.c.requested_at)
    .limit(1)
    .lateral("led_to")
)
PAGE = Pages.of(
    Place,
    select(impressions, _led_to.c.status.label("outcome"))
    .outerjoin(_led_to, true())
    .where(
        here(impressions),
        impressions.c.shown_at >= bindparam("since"),
        impressions.c.shown_at < bindparam("until"),
    ),
    impressions.c.shown_at,
    impressions.c.showing_id,
    impressions.c.position,
    ascending=True,
)


@dataclass(frozen=True, slots=True)
class PostgresImpressionReads:
    database: Database

    async def page(
        self, actor: Actor, since: datetime, until: datetime, page: PageRequest[Place]
    ) -> Page[PastImpression, Place]:
        return await self.database.page(
            actor,
            PAGE,
            lambda rows: [_past(row) for row in rows],
            page,
            since=since,
            until=until,
            within=ATTRIBUTED_WITHIN,
        )


def _past(row: asyncpg.Record) -> PastImpression:
    return PastImpression(
        place=Place(row["shown_at"], ImpressionListId(row["showing_id"]), row["position"]),
        learner_id=UserId(row["learner_id"]),
        mentor_id=UserId(row["mentor_id"]),
        model=row["model"],
        source=row["source"],
        degraded=row["degraded"],
        features=row["features"],
        outcome=row["outcome"] and MatchStatus(row["outcome"]),
    )


BINDINGS: Bindings = (Binding[ImpressionReads](PostgresImpressionReads),)
