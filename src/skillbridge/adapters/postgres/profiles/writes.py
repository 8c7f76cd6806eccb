"""Profiles in PostgreSQL."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.postgres.engine.clauses import add, change, here
from skillbridge.adapters.postgres.engine.kept import as_kept
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Save
from skillbridge.adapters.postgres.profiles.tables import profiles
from skillbridge.application.profiles.ports import Profiles
from skillbridge.domain.ids import UserId
from skillbridge.domain.profiles.profile import Details, Profile, UnknownProfile

_DETAILS = ["name", "bio", "country", "time_zone", "languages", "skills", "availability"]
LOCK_PROFILE = Query(
    select(profiles)
    .where(here(profiles), profiles.c.user_id == bindparam("user_id"))
    .with_for_update()
)
ADD_PROFILE = Query(add(profiles, "user_id", *_DETAILS))
SAVE_PROFILE = Save(
    change(profiles, *_DETAILS, key="user_id"),
    "your profile changed meanwhile; read it again",
)


@dataclass(frozen=True, slots=True)
class PostgresProfiles:
    session: Session

    async def add(self, profile: Profile) -> None:
        await self.session.connection.run(ADD_PROFILE, profile, **_columns(profile.details))

    async def get(self, user_id: UserId) -> Profile:
        found = await self.session.connection.row(LOCK_PROFILE, user_id=user_id)
        row = existing(found, UnknownProfile("no such profile"))
        details = as_kept(dict(row), Details)
        return Profile(UserId(row["user_id"]), details, row["version"])

    async def save(self, profile: Profile) -> None:
        await self.session.connection.save(SAVE_PROFILE, profile, **_columns(profile.details))


def _columns(details: Details) -> dict[str, Any]:
    values = {name: getattr(details, name) for name in _DETAILS}
    return values | {"languages": list(details.languages)}


BINDINGS: Bindings = (Binding[Profiles](PostgresProfiles),)
