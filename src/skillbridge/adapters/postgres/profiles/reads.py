"""What profiles show, from PostgreSQL."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import select

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.postgres.accounts.tables import users
from skillbridge.adapters.postgres.engine.clauses import ACTOR, here
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Read
from skillbridge.adapters.postgres.profiles.tables import profile_of, profiles
from skillbridge.application.profiles.ports import ProfileReads
from skillbridge.application.profiles.views import Me
from skillbridge.domain.actor import Actor
from skillbridge.domain.profiles.profile import UnknownProfile

ME = Read(
    select(
        users.c.id,
        users.c.email,
        users.c.roles,
        profiles.c.name,
        profiles.c.bio,
        profiles.c.country,
        profiles.c.time_zone,
        profiles.c.languages,
        profiles.c.skills,
        profiles.c.availability,
        profiles.c.version,
    )
    .join(profiles, profile_of(users.c.id))
    .where(here(users), users.c.deleted_at.is_(None), users.c.id == ACTOR)
)


@dataclass(frozen=True, slots=True)
class PostgresProfileReads:
    database: Database

    async def me(self, actor: Actor) -> Me:
        missing = UnknownProfile("this account has no profile")
        return msgspec.convert(dict(existing(await self.database.read_one(actor, ME), missing)), Me)


BINDINGS: Bindings = (Binding[ProfileReads](PostgresProfileReads),)
