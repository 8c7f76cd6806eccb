"""A file on its way: what it takes, and where it goes on."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain.events.event import Event
from skillbridge.domain.events.uploads import UploadReceived, UploadRefused
from skillbridge.domain.ids import TenantId, UploadId, UserId
from skillbridge.domain.lifecycle import IllegalMove
from skillbridge.domain.uploads.avatar import KINDS
from skillbridge.domain.uploads.kind import Kind, kind_of
from skillbridge.domain.uploads.upload import (
    EmptyUpload,
    OffsetElsewhere,
    Purpose,
    Room,
    TenantFull,
    TooManyParts,
    TooManyUploads,
    UnknownUpload,
    Upload,
    UploadRule,
    UploadState,
    UploadTooLarge,
)

pytestmark = pytest.mark.row("D4")

NOW = datetime(2026, 12, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def an_upload(size: int = 10, **more: Any) -> Upload:
    return Upload(
        id=UploadId(uuid4()),
        tenant_id=TenantId(uuid4()),
        user_id=UserId(uuid4()),
        purpose=Purpose.AVATAR,
        size=size,
        expires_at=LATER,
        **more,
    )


@given(st.lists(st.integers(1, 50), min_size=1, max_size=20))
def test_a_file_is_received_when_its_last_byte_is(lengths: list[int]) -> None:
    upload, told = an_upload(sum(lengths)), list[Event]()
    for number, length in enumerate(lengths):
        assert upload.state is UploadState.RECEIVING
        told += upload.take(upload.received, (str(number),), length, at=NOW)
    assert upload.state is UploadState.RECEIVED
    assert upload.received == upload.size
    assert upload.parts == tuple(map(str, range(len(lengths))))
    assert told == [UploadReceived(upload_id=upload.id, user_id=upload.user_id, at=NOW)]


@given(st.integers(0, 20), st.integers(0, 20))
def test_a_part_begins_where_the_last_one_ended(received: int, offset: int) -> None:
    upload = an_upload(100, received=received)
    if offset == received:
        upload.must_go_on_from(offset, at=NOW)
        return
    with pytest.raises(OffsetElsewhere, match=rf"^{received} bytes"):
        upload.take(offset, ("x",), 1, at=NOW)
    assert (upload.received, upload.parts) == (received, ())


def test_more_than_was_announced_is_not_taken() -> None:
    upload = an_upload(10, received=5)
    with pytest.raises(UploadTooLarge):
        upload.take(5, ("x",), 6, at=NOW)
    assert upload.received == 5


def test_the_last_part_again_finds_that_all_is_here() -> None:
    upload = an_upload(10, received=10, state=UploadState.DONE)
    upload.must_go_on_from(10, at=NOW)
    with pytest.raises(UploadTooLarge):
        upload.take(10, ("x",), 1, at=NOW)


def test_after_its_day_it_is_not_there_any_more() -> None:
    with pytest.raises(UnknownUpload):
        an_upload().must_go_on_from(0, at=LATER)


def test_a_file_comes_in_so_many_parts_at_most() -> None:
    upload = an_upload(5_000)
    for at in range(1_024):
        upload.take(at, (str(at),), 1, at=NOW)
    with pytest.raises(TooManyParts):
        upload.take(1_024, ("x",), 1, at=NOW)


def test_what_is_looked_at_is_done_or_refused_for_a_reason() -> None:
    upload = an_upload(received=10, state=UploadState.RECEIVED)
    told = upload.refuse("it is no picture", at=NOW)
    assert told == (UploadRefused(upload_id=upload.id, user_id=upload.user_id, at=NOW),)
    assert (upload.state, upload.reason) == (UploadState.REFUSED, "it is no picture")
    with pytest.raises(IllegalMove):
        upload.finish()
    with pytest.raises(IllegalMove):
        an_upload().finish()


@pytest.mark.row("A3")
def test_a_file_is_as_large_as_the_installation_lets() -> None:
    rule = UploadRule(100)
    rule.must_take(1)
    rule.must_take(100)
    with pytest.raises(EmptyUpload):
        rule.must_take(0)
    with pytest.raises(UploadTooLarge, match="100 bytes at most, and this one has 101"):
        rule.must_take(101)


def test_a_person_and_a_tenant_have_so_much_room() -> None:
    Room(2, 90).must_hold(10, tenant_most=100)
    with pytest.raises(TenantFull):
        Room(2, 90).must_hold(11, tenant_most=100)
    with pytest.raises(TooManyUploads):
        Room(3, 0).must_hold(1, tenant_most=100)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", Kind.JPEG),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Kind.PNG),
        (b"GIF87a\x01\0\x01\0", Kind.GIF),
        (b"GIF89a\x01\0\x01\0", Kind.GIF),
        (b"RIFF\x24\0\0\0WEBPVP8 ", Kind.WEBP),
        (b"RIFF\x24\0\0\0WAVEfmt ", None),
        (b"GIF88a", None),
        (b"\xff\xd8", None),
        (b"\x89PNG\n\x1a\n", None),
        (b"", None),
    ],
)
def test_a_kind_is_seen_by_the_first_bytes(head: bytes, kind: Kind | None) -> None:
    assert kind_of(head) is kind
    assert kind is None or kind in KINDS
