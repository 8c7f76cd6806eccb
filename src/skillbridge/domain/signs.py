"""The signs of Unicode by what they do to a reader, as the insides of `[…]` of a pattern.

Every sign that nobody sees is in exactly one of these; a test holds them against Unicode's own
categories. Written so that Python's and ECMAScript's patterns (with `u`) read them alike.
"""

import re
import unicodedata

LAYOUT = r"\u0009\u000a\u000d\u0085\u2028\u2029"
"""Tabs and the ends of lines."""
BLANKS = r"\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u2800\u3164\uffa0"
"""Every space, and the letters that are drawn as one: Braille's blank, the fillers of Hangul."""
MARKS = r"\u061c\u200e\u200f"
EMBEDDINGS, POP_EMBEDDING = "\u202a\u202b", "\u202c"
ISOLATES, POP_ISOLATE = "\u2066\u2067\u2068", "\u2069"
JOINERS = r"\u200b-\u200d\u2060-\u2064"
"""They join or part what stands beside them: Persian, Sinhala, Khmer and emoji need them."""
JOINED = (
    r"\u0600-\u061b\u061d-\u109f\u1780-\u18af\u1900-\u1c7f\u1cd0-\u1cff\ua840-\ua95f\ua980-\uaaff\uabc0-\uabff"
    r"\ufb50-\ufdff\ufe70-\ufefc" + "\U00010800-\U00011fff\U0001e900-\U0001e95f"
)
"""The scripts that need them, from Arabic to Myanmar and their like: UAX 31, 2.3, asks for a letter of
one on both sides. Its finer rules A1, A2 and B would take the joiner out of the Bengali র‍্য."""
EMOJI = r"\u00a9\u00ae\u2190-\u2bff\u3030\u303d\u3297\u3299" + "\U0001f000-\U0001faff"
"""Roughly: ZERO WIDTH JOINER makes one of two."""
ALPHABETS = (
    r"A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0370-\u058f\u10a0-\u10ff"
    r"\u1c80-\u1cbf\u1d00-\u1dbf\u1e00-\u1fff\u2c60-\u2c7f\u2d00-\u2d2f\ua640-\ua69f\ua720-\ua7ff"
    r"\uab30-\uab6f"
)
"""Latin, Greek, Cyrillic, Armenian, Georgian: nothing that is unseen changes their letters."""
SHAPERS = (
    r"\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f" + "\U0001d159\U000e0100-\U000e01ef"
)
"""They change the sign before them, or fill a place; alone they show nothing."""
TAGS = "\U000e0000-\U000e007f"
"""Letters of the flags of England, Scotland and Wales; elsewhere they are hidden writing."""
IDLE = r"\u00ad\ufeff"
"""Soft hyphens and byte order marks: left by programs, meant by nobody."""

_CONTROLS = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f"
_OVERRIDES = r"\u202d\u202e"
_OUTDATED = (
    r"\u2065\u206a-\u206f\ufff0-\ufffb"
    "\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0080-\U000e00ff\U000e01f0-\U000e0fff"
)
_PRIVATE = r"\ue000-\uf8ff" + "\U000f0000-\U0010ffff"
_NO_SIGNS = r"\ufdd0-\ufdef\ufffe\uffff" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0xF0000, 0x10000)
)
REFUSED = _CONTROLS + _OVERRIDES + _OUTDATED + _PRIVATE + _NO_SIGNS
"""What no text of people holds: it cannot be seen, or shows letters in another order."""
SURROGATES = r"\ud800-\udfff"
"""Halves of a pair. A document of JSON cannot hold one, so no contract needs to name them."""

UNSEEN = (
    LAYOUT
    + BLANKS
    + MARKS
    + EMBEDDINGS
    + POP_EMBEDDING
    + ISOLATES
    + POP_ISOLATE
    + (JOINERS + SHAPERS + TAGS + IDLE)
)
"""What may stand in a text and yet is not seen."""

_NAMELESS = {
    "\x00": "NULL", "\x07": "BELL", "\x08": "BACKSPACE", "\x1b": "ESCAPE", "\x7f": "DELETE"
}  # fmt: skip
_KINDS = {"Cc": "CONTROL CHARACTER", "Cs": "HALF OF A PAIR", "Co": "PRIVATE SIGN"}
_BEYOND = re.compile("[^\\x00-\\uffff](?:-[^\\x00-\\uffff])?")
_UNFIT = re.compile(f"[{REFUSED}{SURROGATES}]")


def of_the_first_plane(inside: str) -> str:
    """Without the signs beyond U+FFFF, which patterns of ECMAScript without `u` read as halves."""
    return _BEYOND.sub("", inside)


def refused_sign(text: str) -> str | None:
    """The first sign that no text may hold, by number, name and place; None without one."""
    found = _UNFIT.search(text)
    if found is None:
        return None
    return f"{named(found[0])} at letter {found.start() + 1}"


def shown(text: str, *, lines: bool = False) -> str:
    """For a terminal: signs that nobody sees, or that move its cursor, by their number.

    `lines`: the ends of lines stay.
    """
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() or (lines and sign == "\n") else _numbered(sign) for sign in text
    )


def _numbered(sign: str) -> str:
    return sign.encode("unicode_escape").decode()


def named(sign: str) -> str:
    """A sign by its number and name, so that it is told from its look-alikes and if unseen."""
    kind = _NAMELESS.get(sign) or _KINDS.get(unicodedata.category(sign), "NO CHARACTER")
    return f"U+{ord(sign):04X} {unicodedata.name(sign, kind)}"
