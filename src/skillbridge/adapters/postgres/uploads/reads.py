"""Uploads and pictures in PostgreSQL: what is read."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import bindparam, func, select

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.postgres.engine.clauses import here, mine
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Read
from skillbridge.adapters.postgres.uploads.tables import avatars, uploads
from skillbridge.application.uploads.ports import AvatarReads, UploadReads
from skillbridge.application.uploads.views import AvatarView, UploadView
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import UploadId, UserId
from skillbridge.domain.uploads.avatar import SIDES, UnknownAvatar
from skillbridge.domain.uploads.upload import UnknownUpload

_u, _a = uploads, avatars
ONE = Read(
    select(
        _u.c.id, _u.c.purpose, _u.c.state, _u.c.size, _u.c.received, _u.c.expires_at, _u.c.reason
    ).where(mine(_u), _u.c.id == bindparam("id"), _u.c.expires_at > func.now())
)
OF = Read(select(_a).where(here(_a), _a.c.user_id == bindparam("whose")))
OWNER = Read(select(_a.c.user_id).where(here(_a), _a.c.id == bindparam("id")))


@dataclass(frozen=True, slots=True)
class PostgresUploadReads:
    database: Database

    async def one(self, actor: Actor, upload_id: UploadId) -> UploadView:
        row = existing(await self.database.read_one(actor, ONE, id=upload_id), UnknownUpload())
        return msgspec.convert(dict(row), UploadView)


@dataclass(frozen=True, slots=True)
class PostgresAvatarReads:
    """Whose picture an actor sees, the policy says: it asks for the profile."""

    database: Database

    async def of(self, actor: Actor, user_id: UserId) -> AvatarView:
        row = existing(await self.database.read_one(actor, OF, whose=user_id), UnknownAvatar())
        sizes = list(zip(SIDES, (row["small"], row["large"]), strict=True))
        return AvatarView.of(row["id"], row["user_id"], row["changed_at"], sizes)

    async def owner(self, actor: Actor, avatar_id: UploadId) -> UserId:
        row = existing(await self.database.read_one(actor, OWNER, id=avatar_id), UnknownAvatar())
        return UserId(row["user_id"])


BINDINGS: Bindings = (
    Binding[UploadReads](PostgresUploadReads),
    Binding[AvatarReads](PostgresAvatarReads),
)
