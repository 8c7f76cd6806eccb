"""What two may do at once with files: of one upload, of one person's picture, of one tenant's room."""

from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from tests.integration.races.locks import needs
from tests.support.attacks.pictures import encoded
from tests.support.given.pictures import content_of, pieces, sent, stored
from tests.support.given.world import World
from tests.support.timing.racing import race

from skillbridge.adapters.postgres.uploads.writes import PostgresAvatars, PostgresUploads
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.uploads.avatars import BeginAvatar
from skillbridge.application.uploads.ports import Avatars, Uploads
from skillbridge.application.uploads.receiving import ContinueUpload
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import UploadId
from skillbridge.domain.uploads.avatar import Avatar
from skillbridge.domain.uploads.upload import OffsetElsewhere, TooManyUploads, Upload

pytestmark = pytest.mark.row("D4", "B5")


@needs("uploads.writes.HOLD_FILES")
async def test_the_last_place_is_given_once(world: World, admin: asyncpg.Connection) -> None:
    amina = await world.learner()
    for _ in range(2):
        await world.do(BeginAvatar, amina, 3)
    first, second = await race(
        admin,
        world.do(BeginAvatar, amina, 3),
        PostgresUploads.room,
        world.do(BeginAvatar, amina, 3),
    )
    assert first.value
    assert isinstance(second.error, TooManyUploads)


async def count(world: World, whose: Actor, upload_id: UploadId, name: str) -> int:
    """A part of three bytes that is stored already."""
    async with world.scope(whose) as scope:
        uploads, transaction = await scope.get(Uploads), await scope.get(Transaction)
        async with transaction(whose) as tx:
            upload: Upload = await uploads.get(upload_id)
            upload.take(0, (name,), 3, at=await tx.now())
            await uploads.save(upload)
            return upload.received


@needs("uploads.writes.GET")
async def test_of_two_who_send_from_one_offset_one_is_counted(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = await world.learner()
    begun = await world.do(BeginAvatar, amina, 9)
    first, second = await race(
        admin,
        count(world, amina, begun.id, "one"),
        PostgresUploads.get,
        count(world, amina, begun.id, "other"),
    )
    assert first.value == 3
    assert isinstance(second.error, OffsetElsewhere)


async def put(world: World, whose: Actor, avatar_id: UploadId) -> UploadId | None:
    system = world.system()
    async with world.scope(system) as scope:
        avatars, transaction = await scope.get(Avatars), await scope.get(Transaction)
        async with transaction(system) as tx:
            one = Avatar(avatar_id, world.tenant_id, whose.user_id, {64: 1, 256: 2}, await tx.now())
            former: UploadId | None = await avatars.put(one)
            return former


@needs("uploads.writes.FORMER")
async def test_no_picture_is_replaced_without_being_forgotten(
    world: World, admin: asyncpg.Connection
) -> None:
    amina = await world.learner()
    zero, one, two = (UploadId(uuid4()) for _ in range(3))
    await put(world, amina, zero)
    place: Any = PostgresAvatars.put
    first, second = await race(admin, put(world, amina, one), place, put(world, amina, two))
    assert (first.value, second.value) == (zero, one)


async def test_what_lost_a_race_is_no_part_of_the_file(world: World) -> None:
    """Its bytes may lie in the store for a while; what is made is made of what was counted."""
    amina, content = await world.learner(), encoded("PNG", (3, 3))
    begun = await world.do(BeginAvatar, amina, len(content))
    half = len(content) // 2
    await world.do(ContinueUpload, amina, begun.id, 0, pieces(content[:half]))
    with pytest.raises(OffsetElsewhere):
        await world.do(ContinueUpload, amina, begun.id, 0, pieces(b"x" * half))
    await world.do(ContinueUpload, amina, begun.id, half, pieces(content[half:]))
    names = await stored(world, "parts", str(begun.id))
    assert b"".join([await content_of(world, name) for name in names]) == content
    assert (await sent(world, await world.learner(), content)).size == len(content)
