"""What comes out of a picture: its pixels, upright, in squares, and nothing else."""

import io
from types import SimpleNamespace

import pytest
from PIL import Image
from tests.support.attacks.pictures import SECRET, encoded, jpeg_sized, located, png

from skillbridge.adapters.images import reader

pytestmark = pytest.mark.row("D4")


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content), formats=["WEBP"])


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
def test_each_kind_becomes_squares_in_webp(form: str) -> None:
    made = reader.squares(encoded(form), form, [64, 256])
    assert [opened(one).size for one in made] == [(64, 64), (256, 256)]
    red, _, blue = opened(made[0]).convert("RGB").getpixel((5, 32))  # type: ignore[misc]  # three
    assert form not in {"JPEG", "PNG"} or red > 150 > blue


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_where_it_was_taken_does_not_come_out(form: str) -> None:
    assert SECRET in located(form)
    (made,) = reader.squares(located(form), form, [64])
    image = opened(made)
    assert SECRET not in made
    assert not dict(image.getexif())
    assert not {"exif", "icc_profile", "xmp"} & {name for name, it in image.info.items() if it}


def test_a_picture_that_lies_on_its_side_is_put_upright() -> None:
    """Orientation 6: what was left is above."""
    (made,) = reader.squares(located("JPEG"), "JPEG", [64])
    image = opened(made).convert("RGB")
    above, below = image.getpixel((32, 4)), image.getpixel((32, 60))
    assert above[0] > 150 > below[0]  # type: ignore[index]  # three numbers


def test_what_is_see_through_stays_so() -> None:
    (made,) = reader.squares(encoded("PNG", mode="RGBA"), "PNG", [64])
    assert opened(made).mode == "RGBA"


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (encoded("PNG"), "JPEG"),
        (encoded("GIF")[:30], "GIF"),
        (b"", "PNG"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(content: bytes, form: str) -> None:
    with pytest.raises(reader.Unfit, match="the picture"):
        reader.squares(content, form, [64])


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (png(20_001, 1, b"\0"), "PNG"),
        (png(6_000, 4_001, b"\0"), "PNG"),
        (jpeg_sized(12_000, 10_001), "JPEG"),
    ],
)
def test_what_says_that_it_is_too_large_is_not_unpacked(content: bytes, form: str) -> None:
    with pytest.raises(reader.Unfit, match="pixels: make it smaller"):
        reader.squares(content, form, [64])


def test_a_picture_for_which_there_is_no_memory_is_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Image, "open", full)
    with pytest.raises(reader.Unfit, match="unpacks into too much"):
        reader.squares(encoded("PNG"), "PNG", [64])


@pytest.mark.parametrize(
    ("content", "status"), [(encoded("PNG"), 0), (b"\x89PNG\r\n\x1a\n", reader.UNFIT)]
)
def test_the_program_answers_with_squares_or_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, content: bytes, status: int
) -> None:
    said = SimpleNamespace(buffer=io.BytesIO())
    monkeypatch.setattr(reader, "bound", lambda: None)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    monkeypatch.setattr("sys.stdout", said)
    assert reader.main("PNG", "64") == status
    answer = said.buffer.getvalue()
    if status == 0:
        assert int.from_bytes(answer[:4]) == len(answer) - 4
    else:
        assert b"cannot be read" in answer
