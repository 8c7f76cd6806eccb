"""Mentors in PostgreSQL: what is written.

Loads are counted by the trigger `app.roll_up_load`, and whoever offers gets the role by
`app.grant_mentor`; the check `ck_mentors_load` is what two
acceptances at once cannot both pass, should anybody forget the lock.
"""

from dataclasses import asdict, dataclass

import asyncpg
import msgspec
from sqlalchemy import bindparam, select

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.clauses import add, change, here, own
from skillbridge.adapters.postgres.engine.kept import as_kept
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Save
from skillbridge.adapters.postgres.mentors.tables import mentors
from skillbridge.application.mentors.ports import Mentors
from skillbridge.domain.errors import Conflict
from skillbridge.domain.ids import UserId
from skillbridge.domain.mentors.mentor import Mentor, Offer

_OFFER = ("headline", "capacity", "accepting", "experience_years")
_one = select(mentors).where(mentors.c.user_id == bindparam("user_id"))
LOOK_UP = Query(_one.where(here(mentors)))
# Not FOR UPDATE: a learner who asks holds their own lock and then needs the mentor by a foreign
# key, while a run that holds the mentor waits for that learner's lock.
FIND = Query(_one.where(own(mentors)).with_for_update(key_share=True))
ADD = Query(add(mentors, "user_id", *_OFFER, "created_at"))
SAVE = Save(change(mentors, *_OFFER, key="user_id"), "this offer changed meanwhile; read it again")


@dataclass(frozen=True, slots=True)
class PostgresMentors:
    session: Session

    async def find(self, user_id: UserId) -> Mentor | None:
        return mentor_of(await self.session.connection.row(FIND, user_id=user_id))

    async def look_up(self, user_id: UserId) -> Mentor | None:
        return mentor_of(await self.session.connection.row(LOOK_UP, user_id=user_id))

    async def add(self, mentor: Mentor) -> None:
        try:
            await self.session.connection.run(ADD, mentor, **asdict(mentor.offer))
        except asyncpg.UniqueViolationError as error:
            raise Conflict(
                "you offer mentoring already; send the offer again to change it"
            ) from error

    async def save(self, mentor: Mentor) -> None:
        await self.session.connection.save(SAVE, mentor, **asdict(mentor.offer))


def mentor_of(row: asyncpg.Record | None) -> Mentor | None:
    if row is None:
        return None
    values = dict(row)
    return msgspec.convert({**values, "offer": as_kept(values, Offer)}, Mentor)


BINDINGS: Bindings = (Binding[Mentors](PostgresMentors),)
