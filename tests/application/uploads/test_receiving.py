"""Files come part by part, over a network that breaks, in a world in which anything may die."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from tests.support.attacks.pictures import encoded
from tests.support.given.pictures import content_of, pieces, seen, sent, stored
from tests.support.given.world import World

from skillbridge.adapters.memory.store import Store
from skillbridge.application.tenancy.settings import ChangeTenantSettings
from skillbridge.application.uploads import receiving
from skillbridge.application.uploads.avatars import BeginAvatar
from skillbridge.application.uploads.receiving import (
    CancelUpload,
    Checksum,
    ContinueUpload,
    ForgetUploads,
)
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import TooMany
from skillbridge.domain.tenancy.settings import Change, Limits
from skillbridge.domain.uploads.upload import (
    ChecksumMismatch,
    OffsetElsewhere,
    TenantFull,
    TooManyUploads,
    UnknownUpload,
    UploadState,
    UploadTooLarge,
)

pytestmark = pytest.mark.row("D4")


async def a_day_goes_by(world: World) -> None:
    if world.admin is not None:
        await world.admin.execute("update uploads set expires_at = now() - interval '1 s'")
        return
    store: Store = await world.worker.get(Store)
    for one in store.rows[world.tenant_id, "uploads"].values():
        one.expires_at -= timedelta(days=2)


async def whole(world: World, actor: Actor, upload_id: Any) -> bytes:
    """What the store has of an upload, in order."""
    names = await stored(world, "parts", str(actor.user_id), str(upload_id))
    return b"".join([await content_of(world, name) for name in names])


def sha1(content: bytes, of: bytes) -> Checksum:
    return Checksum(hashlib.sha1(usedforsecurity=False), hashlib.sha1(of).digest())


async def test_a_file_that_broke_off_goes_on_where_it_broke_off(world: World) -> None:
    amina = await world.learner()
    begun = await world.do(BeginAvatar, amina, 10)
    assert await world.do(ContinueUpload, amina, begun.id, 0, pieces(b"abc", b"d")) == 4
    assert (await seen(world, amina, begun.id)).received == 4
    assert await world.do(ContinueUpload, amina, begun.id, 4, pieces(b"efghij")) == 10
    assert await whole(world, amina, begun.id) == b"abcdefghij"
    assert (await seen(world, amina, begun.id)).state is UploadState.RECEIVED


async def test_what_a_killed_server_had_counted_is_not_sent_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies while it waits for the third part: two are there."""
    monkeypatch.setattr(receiving, "PART", 4)
    amina, waits = await world.learner(), asyncio.Event()

    async def breaking_off() -> AsyncIterator[bytes]:
        yield b"abcdefghi"
        waits.set()
        await asyncio.Event().wait()

    begun = await world.do(BeginAvatar, amina, 12)
    receiving_it = asyncio.create_task(world.do(ContinueUpload, amina, begun.id, 0, breaking_off()))
    await waits.wait()
    receiving_it.cancel()
    await asyncio.gather(receiving_it, return_exceptions=True)
    assert (await seen(world, amina, begun.id)).received == 8
    assert await world.do(ContinueUpload, amina, begun.id, 8, pieces(b"ijkl")) == 12
    assert await whole(world, amina, begun.id) == b"abcdefghijkl"


@pytest.mark.parametrize("offset", [0, 3, 5, 11])
async def test_what_overlaps_or_leaves_a_gap_is_told_where_to_go_on(
    world: World, offset: int
) -> None:
    amina = await world.learner()
    begun = await world.do(BeginAvatar, amina, 10)
    await world.do(ContinueUpload, amina, begun.id, 0, pieces(b"abcd"))
    with pytest.raises(OffsetElsewhere, match=r"^4 bytes"):
        await world.do(ContinueUpload, amina, begun.id, offset, pieces(b"xx"))
    assert await whole(world, amina, begun.id) == b"abcd"


async def test_more_than_was_announced_is_refused_and_not_kept(world: World) -> None:
    amina = await world.learner()
    begun = await world.do(BeginAvatar, amina, 3)
    with pytest.raises(UploadTooLarge):
        await world.do(ContinueUpload, amina, begun.id, 0, pieces(b"abc", b"d"))
    assert (await seen(world, amina, begun.id)).received == 0
    assert await whole(world, amina, begun.id) == b""


async def test_the_last_part_again_changes_nothing(world: World) -> None:
    amina = await world.learner()
    begun = await sent(world, amina, b"abc")
    assert await world.do(ContinueUpload, amina, begun.id, 3, pieces()) == 3
    with pytest.raises(UploadTooLarge):
        await world.do(ContinueUpload, amina, begun.id, 3, pieces(b"d"))
    with pytest.raises(OffsetElsewhere):
        await world.do(ContinueUpload, amina, begun.id, 0, pieces(b"abc"))


async def test_what_was_changed_on_the_way_is_not_kept(world: World) -> None:
    amina = await world.learner()
    begun = await world.do(BeginAvatar, amina, 6)
    good, bad = sha1(b"abc", of=b"abc"), sha1(b"def", of=b"deF")
    assert await world.do(ContinueUpload, amina, begun.id, 0, pieces(b"abc"), good) == 3
    with pytest.raises(ChecksumMismatch):
        await world.do(ContinueUpload, amina, begun.id, 3, pieces(b"def"), bad)
    assert (await seen(world, amina, begun.id)).received == 3


async def test_it_is_its_persons_alone(world: World) -> None:
    amina, other = await world.learner(), await world.learner()
    begun = await world.do(BeginAvatar, amina, 3)
    with pytest.raises(UnknownUpload):
        await seen(world, other, begun.id)
    with pytest.raises(UnknownUpload):
        await world.do(ContinueUpload, other, begun.id, 0, pieces(b"abc"))
    with pytest.raises(UnknownUpload):
        await world.do(CancelUpload, other, begun.id)
    assert await whole(world, amina, begun.id) == b""


async def test_what_is_taken_back_is_gone_with_its_bytes(world: World) -> None:
    amina = await world.learner()
    begun = await sent(world, amina, b"abc")
    await world.do(CancelUpload, amina, begun.id)
    assert await stored(world, str(amina.user_id)) == []
    with pytest.raises(UnknownUpload):
        await seen(world, amina, begun.id)
    await world.settle()
    assert await stored(world, str(amina.user_id)) == []


async def test_after_its_day_all_of_it_is_forgotten_and_others_are_not(world: World) -> None:
    amina, other = await world.learner(), await world.learner()
    begun = await world.do(BeginAvatar, amina, 6)
    await world.do(ContinueUpload, amina, begun.id, 0, pieces(b"abc"))
    await a_day_goes_by(world)
    kept = await world.do(BeginAvatar, other, 3)
    await world.do(ContinueUpload, other, kept.id, 0, pieces(b"ab"))
    for _ in range(2):
        await world.do(ForgetUploads, world.system(), "now")
    assert await stored(world, str(amina.user_id)) == []
    assert await whole(world, other, kept.id) == b"ab"
    with pytest.raises(UnknownUpload):
        await world.do(ContinueUpload, amina, begun.id, 3, pieces(b"def"))


async def test_one_person_has_three_under_way(world: World) -> None:
    amina = await world.learner()
    begun = [await world.do(BeginAvatar, amina, 3) for _ in range(3)]
    with pytest.raises(TooManyUploads):
        await world.do(BeginAvatar, amina, 3)
    await world.do(CancelUpload, amina, begun[0].id)
    await world.do(BeginAvatar, amina, 3)


async def limited(world: World, **limits: int) -> None:
    more, why = {"limits": Limits(**limits)}, Change("a pilot with small phones")
    await world.do(ChangeTenantSettings, world.system(), world.tenant_id, more, why)


@pytest.mark.row("A3")
async def test_a_tenant_has_as_much_room_as_it_decides(world: World) -> None:
    await limited(world, files_mebibytes=1)
    amina, other = await world.learner(), await world.learner()
    await world.do(BeginAvatar, amina, 1024 * 1024 - 2)
    await world.do(BeginAvatar, other, 2)
    with pytest.raises(TenantFull):
        await world.do(BeginAvatar, other, 1)


@pytest.mark.row("A3")
async def test_a_person_begins_as_many_a_day_as_the_tenant_decides(world: World) -> None:
    await limited(world, uploads_a_day=1)
    amina = await world.learner()
    with pytest.raises(UploadTooLarge):  # which counts for nothing
        await world.do(BeginAvatar, amina, 10**9)
    await world.do(BeginAvatar, amina, 3)
    with pytest.raises(TooMany):
        await world.do(BeginAvatar, amina, 3)
    await world.do(BeginAvatar, await world.learner(), 3)


async def test_a_file_in_many_small_parts_is_the_same_file(world: World) -> None:
    amina, content = await world.learner(), encoded("PNG", (5, 5))
    begun = await world.do(BeginAvatar, amina, len(content))
    for at in range(0, len(content), 7):
        await world.do(ContinueUpload, amina, begun.id, at, pieces(content[at : at + 7]))
    await world.settle()
    assert (await seen(world, amina, begun.id)).state is UploadState.DONE
