"""What a file is, by what it begins with: neither its name nor what a client says of it counts."""

from enum import StrEnum

HEAD = 16
"""So many bytes of a file tell."""


class Kind(StrEnum):
    """The kinds that are known; whatever else a file may be, it is none of ours."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    GIF = "image/gif"
    WEBP = "image/webp"


def kind_of(head: bytes) -> Kind | None:
    """By the first bytes, as each format's specification has them."""
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return Kind.GIF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind.WEBP
    return None
