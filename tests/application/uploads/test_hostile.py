"""Whatever is sent as a picture: nothing of it is stored but pixels, and reading it takes no more than its bounds."""

import asyncio
import io
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

import psutil
import pytest
from dishka import Provider, Scope
from PIL import Image
from tests.support.attacks.pictures import SECRET, Fate, Hostile, corpus
from tests.support.given.pictures import content_of, shown, stored
from tests.support.given.world import World, memory_world

from skillbridge.adapters.images import reader
from skillbridge.adapters.images.process import ReaderProcess
from skillbridge.application.uploads.ports import Images
from skillbridge.domain.uploads.kind import Kind
from skillbridge.domain.uploads.upload import UploadState

pytestmark = [pytest.mark.row("D4"), pytest.mark.asvs("5.2.1", "5.2.2", "5.2.3")]

CORPUS = corpus()


class Watched(ReaderProcess):
    """The reader, and how much memory each of its processes had."""

    peak = 0

    async def squares(
        self, kind: Kind, content: AsyncIterable[bytes], sides: Sequence[int]
    ) -> Sequence[bytes]:
        watching = asyncio.create_task(self._watch())
        try:
            return await super().squares(kind, content, sides)
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        while True:
            for one in psutil.Process().children():
                with suppress(psutil.Error):
                    if reader.__name__ in one.cmdline():
                        self.peak = max(self.peak, one.memory_info().rss)
            await asyncio.sleep(0.005)


WATCHED = Watched()


@pytest.fixture(scope="module")
async def memory() -> AsyncIterator[World]:
    """One world for all of them: what one would leave, the next would find."""
    provider = Provider(scope=Scope.APP)
    provider.provide(lambda: WATCHED, provides=Images)
    async with memory_world(None, provider) as opened:
        yield opened
    told = f"a reader had {WATCHED.peak >> 20} MiB at most, of {reader.MEMORY >> 20}"
    print(f"{len(CORPUS)} hostile files; {told}")  # noqa: T201  what was measured


def test_there_are_enough_of_them() -> None:
    assert len({one.name for one in CORPUS}) == len(CORPUS) >= 60
    assert {one.fate for one in CORPUS} == set(Fate)


@pytest.mark.parametrize("one", CORPUS, ids=lambda one: one.name)
async def test_nothing_is_stored_but_pixels(memory: World, one: Hostile) -> None:
    person = await memory.learner()
    view = await shown(memory, person, one.content)
    kept = await stored(memory, "kept", str(person.user_id))
    if one.fate is not Fate.SHOWN:
        assert view.state is UploadState.REFUSED
        assert view.reason
        assert ("can be shown" in view.reason) is (one.fate is Fate.KIND), view.reason
        assert kept == []
    else:
        assert (view.state, view.reason) == (UploadState.DONE, None)
        assert len(kept) == 2
        for name in kept:
            must_be_plain(await content_of(memory, name), int(name.rpartition("/")[2][:-5]))
    assert await stored(memory, "parts") == []
    assert WATCHED.peak <= reader.MEMORY


def must_be_plain(content: bytes, side: int) -> None:
    """A WebP of one frame, of this size, and not a byte beyond it."""
    assert SECRET not in content
    assert b"<script" not in content
    assert int.from_bytes(content[4:8], "little") + 8 == len(content)
    with Image.open(io.BytesIO(content), formats=["WEBP"]) as image:
        found: Any = image
        assert (found.size, found.n_frames) == ((side, side), 1)
        assert not {name for name, it in image.info.items() if it} & {"exif", "xmp", "icc_profile"}
