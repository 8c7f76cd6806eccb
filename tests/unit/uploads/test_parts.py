"""A body becomes parts of one size, whatever pieces the network makes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.given.pictures import pieces

from skillbridge.application.uploads import receiving
from skillbridge.application.uploads.receiving import in_parts
from skillbridge.domain.uploads.upload import UploadTooLarge

pytestmark = pytest.mark.row("D4")


async def parts(most: int, *some: bytes) -> list[bytes]:
    return [part async for part in in_parts(pieces(*some), most)]


@given(st.lists(st.binary(max_size=40), max_size=20))
async def test_nothing_is_lost_and_no_part_is_larger_than_the_memory_for_it(
    some: list[bytes],
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(receiving, "PART", 16)
        found = await parts(10_000, *some)
    assert b"".join(found) == b"".join(some)
    assert all(len(one) == 16 for one in found[:-1])
    assert all(0 < len(one) <= 16 for one in found)


async def test_what_is_beyond_the_announced_size_is_refused_and_not_given() -> None:
    assert await parts(4, b"ab", b"cd") == [b"abcd"]
    given = in_parts(pieces(b"ab", b"cde"), 4)
    with pytest.raises(UploadTooLarge):
        await anext(given)


async def test_a_body_without_end_is_never_held_as_a_whole() -> None:
    """It is read as it is wanted: 64 MiB are asked for piece by piece, and at most one part is ahead."""
    produced = taken = ahead = 0

    async def endless() -> object:
        nonlocal produced
        for _ in range(1_024):
            produced += 65_536
            yield bytes(65_536)

    async for part in in_parts(endless(), 2**40):  # type: ignore[arg-type]  # an iterator of bytes
        taken += len(part)
        ahead = max(ahead, produced - taken)
    assert taken == 64 * 1024 * 1024
    assert ahead <= receiving.PART
    print(f"64 MiB streamed, {ahead + receiving.PART} bytes held at most")  # noqa: T201  measured
