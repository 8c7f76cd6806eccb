"""What a device is, as far as its own words tell."""

from enum import StrEnum


class DeviceKind(StrEnum):
    """All that is said of a device where its own words, which anybody can choose, have no place."""

    PHONE = "phone"
    TABLET = "tablet"
    COMPUTER = "computer"
    OTHER = "other"


_WORDS = (
    (DeviceKind.TABLET, ("ipad", "tablet", "kindle", "silk/")),
    (DeviceKind.PHONE, ("iphone", "mobile", "opera mini", "kaios", "midp")),
    (DeviceKind.PHONE, ("okhttp", "dalvik", "cfnetwork")),
    (DeviceKind.TABLET, ("android",)),
    (DeviceKind.COMPUTER, ("windows nt", "macintosh", "x11", "cros ")),
)
"""What browsers and the libraries of apps say; Android says `Mobile` on phones alone. The first counts."""


def kind_of(device: str) -> DeviceKind:
    """By the User-Agent that it sends."""
    said = device.lower()
    found = (kind for kind, words in _WORDS if any(word in said for word in words))
    return next(found, DeviceKind.OTHER)
