"""What a text costs: the messages that a network cuts it into.

Source: 3GPP TS 23.038. Signs of the basic alphabet have seven bits, those of its extension take the place of
two, and any other sign makes UCS-2 of the whole text. One message has 140 octets; of several, each gives six
of them to a header.
"""

from math import ceil

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
SINGLE_7, PART_7 = 160, 153
SINGLE_16, PART_16 = 70, 67


def segments(text: str) -> int:
    if all(sign in BASIC or sign in EXTENSION for sign in text):
        length = len(text) + sum(sign in EXTENSION for sign in text)
        single, part = SINGLE_7, PART_7
    else:
        length = len(text.encode("utf-16-be", "surrogatepass")) // 2
        single, part = SINGLE_16, PART_16
    return 1 if length <= single else ceil(length / part)
