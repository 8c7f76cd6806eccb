"""The program that reads one picture: bytes in, squares out, and nothing else.

It is started by `process`, with nothing in its environment, and bounds itself before it reads a byte. One format is
tried, that which the first bytes show. Of the picture only pixels are taken over into a new one, upright; profiles, EXIF,
text and whatever hangs at the end stay behind. Its own exit says how it ended: 0 with the squares, each after its length
in four bytes; 3 with a sentence for the person.
"""

import resource
import signal
import sys
from io import BytesIO

SECONDS = 10
"""From start to end, whoever else is still alive."""
CPU_SECONDS = 6
MEMORY = 512 * 1024 * 1024
"""Bytes of address space: the interpreter and its libraries take about 150 MiB of them."""
MOST_BYTES = 64 * 1024 * 1024
"""Of the file, whatever the settings say: of a longer one the end is missing."""
MOST_SIDE = 20_000
MOST_PIXELS = 24_000_000
"""What is unpacked whole: 96 MB with transparency."""
MOST_PIXELS_OF_JPEG = 120_000_000
"""A JPEG is unpacked smaller, at an eighth of each side at best."""
QUALITY = 80
UNFIT = 3
"""The exit status of what cannot be read, or shall not be."""


class Unfit(Exception):
    """The message is for the person who sent the picture."""


def bound() -> None:
    """The kernel ends whatever goes beyond; no file is made, and a crash leaves none."""
    limits = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 16,
    }
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))
    # A second earlier it is told by a signal of its own, which shows why it ended.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(SECONDS)


def squares(content: bytes, kind: str, sides: list[int]) -> list[bytes]:
    """Raises Unfit."""
    from PIL import (  # noqa: PLC0415  within the bounds, which are set before
        Image,
        ImageOps,
        WebPImagePlugin,
    )

    # Loaded by itself: to find it, Pillow would load every format there is.
    assert WebPImagePlugin.SUPPORTED
    Image.MAX_IMAGE_PIXELS = None  # what is too much, is said here
    try:
        with Image.open(BytesIO(content), formats=[kind]) as image:
            _must_be_small(image.size, MOST_PIXELS_OF_JPEG if kind == "JPEG" else MOST_PIXELS)
            image.draft("RGB", (2 * max(sides), 2 * max(sides)))
            _must_be_small(image.size, MOST_PIXELS)
            image.seek(0)
            image.load()
            upright = ImageOps.exif_transpose(image)
            see_through = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
            plain = upright.convert("RGBA" if see_through else "RGB")
        return [_square(plain, side) for side in sides]
    except Unfit:
        raise
    except MemoryError as error:
        raise Unfit("the picture unpacks into too much: make it smaller") from error
    except Exception as error:
        raise Unfit("the picture cannot be read: it is damaged, or no picture at all") from error


def _must_be_small(size: tuple[int, int], most: int) -> None:
    width, height = size
    if min(size) < 1 or max(size) > MOST_SIDE or width * height > most:
        raise Unfit(f"the picture has {width} x {height} pixels: make it smaller")


def _square(image: object, side: int) -> bytes:
    """A new image, of pixels alone."""
    from PIL import Image, ImageOps  # noqa: PLC0415  as above

    assert isinstance(image, Image.Image)
    fitted = ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS)
    bare = Image.frombytes(fitted.mode, fitted.size, fitted.tobytes())
    out = BytesIO()
    bare.save(out, "WEBP", quality=QUALITY, method=4, exif=b"", xmp=b"", icc_profile=b"")
    return out.getvalue()


def main(kind: str, *sides: str) -> int:
    bound()
    try:
        made = squares(sys.stdin.buffer.read(MOST_BYTES), kind, [int(side) for side in sides])
    except Unfit as error:
        sys.stdout.buffer.write(str(error).encode())
        return UNFIT
    for square in made:
        sys.stdout.buffer.write(len(square).to_bytes(4) + square)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
