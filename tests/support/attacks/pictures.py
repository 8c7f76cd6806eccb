"""Files that no picture of a person shall be, made here: bombs, chimeras, fragments and what is something else.

Each is small as it is sent. What is `KIND` is refused by its first bytes and never read further; what is `READ` is
refused by the reader; what is `SHOWN` is a picture with something hidden in it, and only its pixels may come out.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from PIL import Image

from skillbridge.domain.uploads.kind import Kind

SECRET = b"LAGOS-6.4541N-3.3947E"
"""What must not come out: where a picture was taken, and whatever else was hung on it."""


class Fate(Enum):
    KIND = auto()
    READ = auto()
    SHOWN = auto()


Made = bytes | Callable[[], bytes]
"""Those that take a while to make are made when they are sent."""


@dataclass(frozen=True)
class Hostile:
    name: str
    made: Made
    fate: Fate

    @property
    def content(self) -> bytes:
        return self.made if isinstance(self.made, bytes) else self.made()


def encoded(form: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **how: Any) -> bytes:
    """A plain picture, red on the left and blue on the right."""
    image = Image.new(mode, size)
    if mode in {"RGB", "RGBA", "P", "L"}:
        red = (200, 10, 10) if mode.startswith("RGB") else 90
        image.paste(red, (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, form, **how)
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    """Of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(
    width: int, height: int, pixels: bytes, *between: bytes, depth: int = 8, colour: int = 2
) -> bytes:
    """With any size in its header, whatever its pixels are."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(pixels, 9))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + b"".join(between)
        + body
        + chunk(b"IEND", b"")
    )


def gif(width: int, height: int, *frames: bytes) -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return head + b"".join(frames) + b";"


def gif_frame(width: int, height: int) -> bytes:
    """One of a single code: whatever is missing is nothing."""
    return b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x44\x01\0"


def jpeg_sized(width: int, height: int) -> bytes:
    """A small one that says it is of this size."""
    plain = encoded("JPEG")
    at = plain.index(b"\xff\xc0") + 5
    return plain[:at] + struct.pack(">HH", height, width) + plain[at + 4 :]


def webp_sized(width: int, height: int) -> bytes:
    """An extended header with this canvas, in front of a small picture."""
    inner = encoded("WEBP", lossless=False)[12:]
    canvas = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + canvas + inner
    return b"RIFF" + struct.pack("<I", len(body)) + body


def located(form: str) -> bytes:
    """With the place where it was taken, its owner and a turn, in EXIF, and more where the format has room."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = SECRET.decode()
    exif.get_ifd(0x8825)[29] = SECRET.decode()
    more: dict[str, Any] = {"icc_profile": SECRET * 20} if form != "GIF" else {"comment": SECRET}
    if form == "JPEG":
        more["comment"] = SECRET
    return encoded(form, exif=exif.tobytes(), **more) if form != "GIF" else encoded(form, **more)


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("../../etc/cron.d/x", SECRET)
    return out.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(document.domain)</script>"
JS = b"/*" + SECRET + b"*/=1;alert(1)//"
FORMS = {"JPEG": Kind.JPEG, "PNG": Kind.PNG, "GIF": Kind.GIF, "WEBP": Kind.WEBP}


def _of_another_kind() -> Iterator[tuple[str, bytes]]:
    yield from {
        "empty of sense": b"\0" * 64,
        "one byte": b"\xff",
        "svg with a script": SVG,
        "svg after a declaration": b'<?xml version="1.0"?>' + SVG,
        "svg of entities": b'<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + SVG,
        "html": HTML,
        "html that a browser would find": b" " * 512 + HTML,
        "php": b"<?php system($_GET['c']); ?>",
        "shell script": b"#!/bin/sh\nrm -rf /\n",
        "program": b"\x7fELF\x02\x01\x01" + b"\0" * 57,
        "windows program": b"MZ" + b"\0" * 62,
        "zip": archive(),
        "zip named png by its first line": b"picture.png\n" + archive(),
        "pdf": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>",
        "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9999999 9999999\n",
        "gzip bomb": b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + zlib.compress(b"\0" * 1_000_000, 9)[2:-4],
        "tiff bomb": encoded("TIFF", (2_000, 2_000), compression="tiff_deflate"),
        "tiff of any size": b"II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 256, 4, 1, 4_294_967_295),
        "bmp of any size": b"BM"
        + struct.pack("<IIIIii", 54, 0, 54, 40, 2_000_000_000, 2_000_000_000),
        "ico": encoded("ICO", (16, 16)),
        "icns": b"icns" + struct.pack(">I", 16) + b"ic09" + struct.pack(">I", 8),
        "jpeg 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 32,
        "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        "avif": b"\0\0\0\x18ftypavif\0\0\0\0mif1avif",
        "photoshop": b"8BPS\0\x01" + b"\0" * 20,
        "fli": struct.pack("<IHHHH", 128, 0xAF11, 1, 320, 200) + b"\0" * 116,
        "wave in the frame of webp": b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 24,
        "png behind a space": b" " + encoded("PNG"),
        "png with unix line ends": encoded("PNG").replace(b"\r\n", b"\n", 1),
        "jpeg behind html": HTML + encoded("JPEG"),
        "csv": b"name,=cmd|' /C calc'!A0\n",
    }.items()


def packed(name: bytes) -> Callable[[], bytes]:
    """A PNG of one pixel, with a chunk that unpacks into 50 MB."""
    return lambda: png(
        1, 1, b"\0" * 4, chunk(name, b"x\0\0" + zlib.compress(b"\0" * 50_000_000, 9))
    )


def _unreadable() -> Iterator[tuple[str, Made]]:
    zeros = b"\0" * 3_000_000
    for form in FORMS:
        whole = encoded(form)
        yield f"{form}: its first bytes alone", whole[:16]
        yield f"{form}: half of it", whole[: len(whole) // 2]
        yield f"{form}: noise behind its first bytes", whole[:12] + bytes(range(256)) * 8
    others: dict[str, Made] = {
        "PNG: 2 GiB on each side": png(2**31 - 1, 2**31 - 1, b"\0"),
        "PNG: a bomb of 10 000 MB": png(50_000, 50_000, zeros),
        "PNG: a bomb just below the side": png(20_000, 20_000, zeros),
        "PNG: a strip without end": png(30_000_000, 1, zeros),
        "PNG: nothing wide": png(0, 10, b"\0"),
        "PNG: 16 bits of everything": png(15_000, 15_000, zeros, depth=16, colour=6),
        "PNG: fewer pixels than it says": png(4_000, 4_000, b"\0" * 100),
        "PNG: a wrong checksum": encoded("PNG").replace(b"IHDR", b"IHDR\xff", 1),
        "PNG: a chunk longer than the file": b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 2**31 - 1)
        + b"IHDR",
        "PNG: a profile that unpacks into 50 MB": packed(b"iCCP"),
        "PNG: a text that unpacks into 50 MB": packed(b"zTXt"),
        "GIF: 65 535 on each side": gif(65_535, 65_535, gif_frame(65_535, 65_535)),
        "GIF: without a frame": gif(10, 10),
        "GIF: a thousand frames without pixels": gif(64, 64, *[gif_frame(64, 64)] * 1_000),
        "JPEG: 65 500 on each side": jpeg_sized(65_500, 65_500),
        "JPEG: nothing high": jpeg_sized(100, 0),
        "JPEG: 20 001 wide": jpeg_sized(20_001, 10),
        "WEBP: 16 384 on each side": webp_sized(16_384, 16_384),
        "WEBP: 2 GiB by its frame": b"RIFF\xff\xff\xff\x7fWEBPVP8 \xff\xff\xff\x7f" + b"\0" * 64,
    }
    yield from others.items()


def _chimeras() -> Iterator[tuple[str, Made]]:
    for form in FORMS:
        yield f"{form}: an archive behind it", encoded(form) + archive()
        yield f"{form}: a page behind it", encoded(form) + HTML + SECRET
    for form in ("JPEG", "PNG", "WEBP"):
        yield f"{form}: where it was taken", located(form)
    several = [Image.new("RGB", (60, 60), (n * 5, 0, 0)) for n in range(50)]
    for form in ("GIF", "WEBP", "PNG"):
        moving: dict[str, Any] = {"save_all": True, "append_images": several, "duration": 1}
        yield f"{form}: fifty that move", encoded(form, (60, 60), **moving)
    yield "GIF: a script in its comment", located("GIF")
    yield "GIF: a script that begins like a picture", encoded("GIF") + JS
    yield "PNG: a palette that is see-through", encoded("PNG", mode="P", transparency=0)
    yield (
        "PNG: text with a script",
        png(8, 8, (b"\0" + b"\x10" * 24) * 8, chunk(b"tEXt", b"Comment\0" + SECRET + HTML)),
    )
    yield "JPEG: of printers' colours", encoded("JPEG", mode="CMYK")
    yield "JPEG: 60 megapixels", lambda: encoded("JPEG", (8_000, 7_500), mode="L", quality=1)
    yield "PNG: 6 megapixels", lambda: encoded("PNG", (3_000, 2_000), mode="1")


def corpus() -> list[Hostile]:
    return [
        *(Hostile(name, content, Fate.KIND) for name, content in _of_another_kind()),
        *(Hostile(name, content, Fate.READ) for name, content in _unreadable()),
        *(Hostile(name, content, Fate.SHOWN) for name, content in _chimeras()),
    ]
