"""Uploads and pictures in PostgreSQL: what is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec
from sqlalchemy import bindparam, delete, select, update

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.postgres.engine.advisory_locks import HOLD_FILES
from skillbridge.adapters.postgres.engine.clauses import add, called, mine, own
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.adapters.postgres.uploads.tables import avatars, uploads
from skillbridge.application.uploads.ports import Avatars, Uploads
from skillbridge.domain.ids import UploadId, UserId
from skillbridge.domain.uploads.avatar import SIDES, Avatar, UnknownAvatar
from skillbridge.domain.uploads.upload import Room, UnknownUpload, Upload

_u, _a = uploads, avatars
ROOM = Query(called("room_for_files"))
ADD = Query(add(_u, "id", "user_id", "purpose", "size", "expires_at"))
GET = Query(select(_u).where(own(_u), _u.c.id == bindparam("id")).with_for_update())
SAVE = Query(
    update(_u)
    .where(own(_u), _u.c.id == bindparam("the_id"))
    .values(
        received=bindparam("received"),
        parts=bindparam("parts", type_=_u.c.parts.type),
        state=bindparam("state"),
        reason=bindparam("reason"),
    )
)
REMOVE = Query(delete(_u).where(own(_u), _u.c.id == bindparam("id")))
EXPIRED = Query(
    select(_u)
    .where(own(_u), _u.c.expires_at <= bindparam("moment"))
    .order_by(_u.c.expires_at)
    .limit(bindparam("most"))
)
FORMER = Query(
    select(_a.c.id).where(own(_a), _a.c.user_id == bindparam("user_id")).with_for_update()
)
PUT = Query(add(_a, "user_id", "id", "small", "large", "changed_at"))
REPLACE = Query(
    update(_a)
    .where(own(_a), _a.c.user_id == bindparam("whose"))
    .values({name: bindparam(name) for name in ("id", "small", "large", "changed_at")})
)
REMOVE_AVATAR = Query(delete(_a).where(mine(_a)).returning(_a.c.id))


@dataclass(frozen=True, slots=True)
class PostgresUploads:
    session: Session

    async def room(self) -> Room:
        await self.session.connection.run(HOLD_FILES)
        row = await self.session.connection.row(ROOM)
        assert row is not None
        return Room(row["open_uploads"], row["tenant_bytes"])

    async def add(self, upload: Upload) -> None:
        await self.session.connection.run(ADD, upload)

    async def get(self, upload_id: UploadId) -> Upload:
        return _read(
            existing(await self.session.connection.row(GET, id=upload_id), UnknownUpload())
        )

    async def save(self, upload: Upload) -> None:
        parts = list(upload.parts)
        await self.session.connection.run(SAVE, upload, the_id=upload.id, parts=parts)

    async def remove(self, upload_id: UploadId) -> bool:
        return bool(await self.session.connection.run(REMOVE, id=upload_id))

    async def expired(self, at: datetime, *, limit: int) -> Sequence[Upload]:
        rows = await self.session.connection.rows(EXPIRED, moment=at, most=limit)
        return [_read(row) for row in rows]


@dataclass(frozen=True, slots=True)
class PostgresAvatars:
    session: Session

    async def put(self, avatar: Avatar) -> UploadId | None:
        small, large = (avatar.sizes[side] for side in SIDES)
        former = await self.session.connection.value(FORMER, user_id=avatar.user_id)
        if former is None:
            await self.session.connection.run(PUT, avatar, small=small, large=large)
            return None
        await self.session.connection.run(
            REPLACE, avatar, whose=avatar.user_id, small=small, large=large
        )
        return UploadId(former)

    async def remove(self, user_id: UserId) -> UploadId:
        assert user_id == self.session.connection.actor.user_id
        found = await self.session.connection.value(REMOVE_AVATAR)
        return UploadId(existing(found, UnknownAvatar()))


def _read(row: asyncpg.Record) -> Upload:
    return msgspec.convert(dict(row), Upload)


BINDINGS: Bindings = (
    Binding[Uploads](PostgresUploads),
    Binding[Avatars](PostgresAvatars),
)
