"""A picture is made of what was received, shown to whoever may see the person, and removed with all of it."""

from collections.abc import AsyncIterable, Sequence

import pytest
from dishka import Provider, Scope
from tests.support.attacks.pictures import encoded
from tests.support.given.pictures import seen, sent, shown, stored
from tests.support.given.privacy import erased, somebody
from tests.support.given.world import World, memory_world

from skillbridge.application.mentors.offers import OfferMentoring
from skillbridge.application.uploads.avatars import (
    DownloadAvatar,
    ForgetFiles,
    RemoveAvatar,
    SetAvatar,
)
from skillbridge.application.uploads.ports import AvatarReads, Images, ImagesAway
from skillbridge.application.uploads.receiving import CancelUpload
from skillbridge.application.uploads.views import AvatarView
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.uploads import AvatarRemoved, UploadReceived
from skillbridge.domain.uploads.avatar import UnknownAvatar
from skillbridge.domain.uploads.kind import Kind
from skillbridge.domain.uploads.upload import UploadState

pytestmark = pytest.mark.row("D4")

PICTURE = encoded("PNG", (8, 8))


async def picture_of(world: World, whose: Actor, by: Actor) -> AvatarView:
    found: AvatarView = await world.ask(AvatarReads, "of", by, whose.user_id)
    return found


async def test_a_picture_has_two_sizes_that_are_told_before_they_are_downloaded(
    world: World,
) -> None:
    amina = await world.learner()
    upload = await shown(world, amina, PICTURE)
    assert (upload.state, upload.reason) == (UploadState.DONE, None)
    view = await picture_of(world, amina, amina)
    assert [one.side for one in view.variants] == [64, 256]
    for one in view.variants:
        content = await world.do(DownloadAvatar, amina, view.id, one.side)
        assert len(content) == one.size
        assert one.url == f"/v1/avatars/{view.id}/{one.side}"
    assert await stored(world, "parts") == []
    with pytest.raises(UnknownAvatar):
        await world.do(DownloadAvatar, amina, view.id, 65)


async def test_a_newer_picture_takes_the_place_of_the_one_before(world: World) -> None:
    amina = await world.learner()
    first = await shown(world, amina, PICTURE)
    second = await shown(world, amina, encoded("JPEG"))
    assert (await picture_of(world, amina, amina)).id == second.id
    names = await stored(world, str(amina.user_id))
    assert len(names) == 2
    assert all(str(second.id) in name for name in names)
    with pytest.raises(UnknownAvatar):
        await world.do(DownloadAvatar, amina, first.id, 64)


async def test_what_is_no_picture_is_refused_in_words_and_not_kept(world: World) -> None:
    amina = await world.learner()
    kept = await shown(world, amina, PICTURE)
    for content, why in ((b"<svg/>", "no picture"), (PICTURE[:40], "cannot be read")):
        refused = await shown(world, amina, content)
        assert refused.state is UploadState.REFUSED
        assert why in (refused.reason or "")
    assert (await picture_of(world, amina, amina)).id == kept.id
    assert len(await stored(world, str(amina.user_id))) == 2


@pytest.mark.row("B2")
async def test_it_is_seen_by_whoever_sees_the_profile(world: World) -> None:
    amina, other = await world.mentor(), await world.learner()
    upload = await shown(world, amina, PICTURE)
    for asked in (
        picture_of(world, amina, other),
        world.do(DownloadAvatar, other, upload.id, 64),
    ):
        with pytest.raises(UnknownAvatar):
            await asked
    offer = {"headline": "Python, from zero to work", "capacity": 3, "experience_years": 1}
    await world.do(OfferMentoring, amina, _offer(**offer))
    assert (await picture_of(world, amina, other)).id == upload.id
    assert await world.do(DownloadAvatar, other, upload.id, 64)


def _offer(**said: object) -> object:
    from skillbridge.domain.mentors.mentor import Offer

    return Offer(**said)  # type: ignore[arg-type]  # as the test says


async def test_a_picture_that_is_removed_is_gone_from_the_store(world: World) -> None:
    amina = await world.learner()
    upload = await shown(world, amina, PICTURE)
    await world.do(RemoveAvatar, amina)
    with pytest.raises(UnknownAvatar):
        await world.do(DownloadAvatar, amina, upload.id, 64)
    await world.settle()
    assert await stored(world, str(amina.user_id)) == []
    with pytest.raises(UnknownAvatar):
        await world.do(RemoveAvatar, amina)


async def test_looking_twice_makes_one_picture(world: World) -> None:
    amina = await world.learner()
    upload = await sent(world, amina, PICTURE)
    event = UploadReceived(upload_id=upload.id, user_id=amina.user_id, at=upload.expires_at)
    await world.settle()
    before = await stored(world, "kept", str(amina.user_id))
    await world.do(SetAvatar, world.system(), event)
    assert await stored(world, "kept", str(amina.user_id)) == before
    gone = AvatarRemoved(user_id=amina.user_id, avatar_id=upload.id, at=upload.expires_at)
    for _ in range(2):
        await world.do(ForgetFiles, world.system(), gone)
    assert await stored(world, str(amina.user_id)) == []


class Dying:
    """A reader that is killed so often, and then reads."""

    def __init__(self, times: int) -> None:
        self.times = times

    async def squares(
        self, kind: Kind, content: AsyncIterable[bytes], sides: Sequence[int]
    ) -> Sequence[bytes]:
        self.times -= 1
        if self.times >= 0:
            raise ImagesAway
        return [b"RIFF" + bytes([side % 256]) for side in sides]


def instead(images: Images) -> Provider:
    provider = Provider(scope=Scope.APP)
    provider.provide(lambda: images, provides=Images)
    return provider


async def test_a_reader_that_is_killed_is_started_again() -> None:
    async with memory_world(None, instead(Dying(1))) as world:
        amina = await world.learner()
        upload = await sent(world, amina, PICTURE)
        event = UploadReceived(upload_id=upload.id, user_id=amina.user_id, at=upload.expires_at)
        with pytest.raises(ImagesAway):
            await world.do(SetAvatar, world.system(), event)
        assert (await seen(world, amina, upload.id)).state is UploadState.RECEIVED
        assert await stored(world, "kept") == []
        await world.do(SetAvatar, world.system(), event)
        assert (await seen(world, amina, upload.id)).state is UploadState.DONE


async def test_who_waits_for_a_picture_that_never_gets_read_is_told() -> None:
    async with memory_world(None, instead(Dying(99))) as world:
        amina = await world.learner()
        upload = await shown(world, amina, PICTURE)
        assert upload.state is UploadState.REFUSED
        assert "however often" in (upload.reason or "")
        assert await stored(world, str(amina.user_id)) == []


async def test_a_file_that_is_taken_back_while_it_is_looked_at_leaves_nothing() -> None:
    class Cancelling(Dying):
        async def squares(
            self, kind: Kind, content: AsyncIterable[bytes], sides: Sequence[int]
        ) -> Sequence[bytes]:
            await world.do(CancelUpload, amina, upload.id)
            return [b"RIFF1", b"RIFF2"]

    async with memory_world(None, instead(Cancelling(0))) as world:
        amina = await world.learner()
        upload = await sent(world, amina, PICTURE)
        await world.settle()
        assert await stored(world, str(amina.user_id)) == []
        with pytest.raises(UnknownAvatar):
            await picture_of(world, amina, amina)


@pytest.mark.row("C9", "Z18")
async def test_files_are_erased_with_their_person_and_the_certificate_counts_them(
    world: World,
) -> None:
    amina, other = await somebody(world), await world.learner()
    await shown(world, amina, PICTURE)
    await sent(world, amina, b"on its way")
    await shown(world, other, PICTURE)
    await erased(world, amina)
    assert await stored(world, str(amina.user_id)) == []
    assert len(await stored(world, str(other.user_id))) == 2
    assert (await world.mails())[0].subject == "Your account is erased"
