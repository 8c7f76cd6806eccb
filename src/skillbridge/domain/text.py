"""One rule for all text of people: what is kept of it, and what is refused.

Kept is Unicode's form NFC, so that the same word is the same however it was typed. Every space is
a blank; in a single line so is the end of a line, and blanks in a row are one. Signs of direction
are dropped at both ends and closed within, so that no text turns what stands beside it. Joiners
stay where scripts and emoji need them, and elsewhere nothing unseen is left that would make two of
one name. Lengths are in code points of what is kept, as in the database
(`char_length`) and in the contract (`maxLength`).

A field joins by its type, `Annotated[str, Text(…)]`, in a class whose `__post_init__` calls `tidy`.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_type_hints

from skillbridge.domain import signs
from skillbridge.domain.errors import Faults, Invalid
from skillbridge.domain.links import holds_markup, names_a_place

SHRINKS = 4
"""No sign of NFC is written with more than four."""

_ENDS_OF_LINES = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_BLANK = re.compile(rf"[{signs.BLANKS}\t]")
_IN_A_ROW = re.compile("[ \n]+")
_DROPPED = re.compile(
    f"(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]+\U000e007f)|[{signs.IDLE}{signs.TAGS}]"
)
_JOINS = re.compile(
    rf"(?<=[{signs.JOINED}])([{signs.JOINERS}])[{signs.JOINERS}]*(?=[{signs.JOINED}])"
    rf"|(?:(?<=[{signs.EMOJI}])|(?<=[{signs.EMOJI}]\ufe0f))(\u200d)(?=[{signs.EMOJI}])"
    rf"|[{signs.JOINERS}]"
)
_AFTER_A_LETTER = re.compile(f"(?<=[{signs.ALPHABETS}])[\u0300-\u036f{signs.SHAPERS}]+")
_SHAPERS = re.compile(f"[{signs.SHAPERS}]")
_TURNS_NOTHING = re.compile(f"(?<=[{signs.ALPHABETS}])[{signs.MARKS}]+(?=[{signs.ALPHABETS}])")
_ENDS = " \n\u061c\u200e\u200f\u202a-\u202c\u2066-\u2069\u200b\u2060"
_START, _END = re.compile(f"\\A[{_ENDS}]+"), re.compile(f"(?<![{_ENDS}])[{_ENDS}]+\\Z")
_HANGS_ON = re.compile(f"[{signs.JOINERS}{signs.SHAPERS}{signs.TAGS}\U0001f3fb-\U0001f3ff]")
_JOINER = "\u200d"
_SEEN = re.compile(f"[^{signs.UNSEEN}]")


class UnfitText(Invalid):
    """A text is empty, too long, or holds what cannot stand there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What holds for one kind of text."""

    what: str
    """As the message calls it: `a name`."""
    refusal: type[UnfitText]
    most: int
    """Code points."""
    least: int = 0
    """Signs that can be seen."""
    lines: bool = False
    """Whether it may have several."""
    links: bool = True
    """Whether it may hold the address of a place on the net."""
    markup: bool = True
    """Whether it may hold signs of HTML and Markdown."""
    markdown: bool = False
    """Whether it is read as CommonMark; it is kept as it was written, like any other."""

    def __call__(self, raw: str, field: str) -> str:
        """The text as it is kept. Raises its kind of UnfitText, with the way out."""
        if len(raw) > SHRINKS * self.most:
            raise self._too_long(len(raw), field)
        if sign := signs.refused_sign(raw):
            raise self.refusal(f"{self.what} cannot hold {sign}: leave it out", field=field)
        text = tidied(raw, lines=self.lines)
        if len(_SEEN.findall(text)) < self.least:
            raise self.refusal(self._too_short(), field=field)
        if len(text) > self.most:
            raise self._too_long(len(text), field)
        leads = not self.links and names_a_place(text)
        if leads or (not self.markup and holds_markup(text)):
            raise self.refusal(
                f"{self.what} cannot hold a link or the address of a site: leave it out, or write "
                "a blank after the dot",
                field=field,
            )
        return text

    @property
    def pattern(self) -> str:
        """For the contract, but for lengths, links and rare signs: those beyond U+FFFF.

        ECMAScript, with the flag `u` or without.
        """
        refused = signs.of_the_first_plane(signs.REFUSED)
        fit = f"[^{refused}]*"
        seen = f"[^{refused}{signs.of_the_first_plane(signs.UNSEEN)}]"
        return f"^{(fit + seen) * self.least}{fit}$"

    def _too_short(self) -> str:
        letters = "a letter" if self.least == 1 else f"at least {self.least} letters"
        return f"{self.what} has {letters} that can be seen, and at most {self.most}"

    def _too_long(self, length: int, field: str) -> UnfitText:
        return self.refusal(
            f"{self.what} has at most {self.most} letters; this has {length}", field=field
        )


def tidied(raw: str, *, lines: bool, needless: bool = False) -> str:
    """The text as it is kept, whatever signs it holds; the same again changes nothing.

    `needless`: what no script needs where it stands is left there, for who refuses it by its name.
    """
    text = unicodedata.normalize("NFC", raw)
    text = _BLANK.sub(" ", _DROPPED.sub(r"\1", _ENDS_OF_LINES.sub("\n", text)))
    text = text if needless else _JOINS.sub(r"\1\2", text)
    text = _END.sub("", _START.sub("", text))
    text = "\n".join(map(_closed, text.split("\n") if lines else [text]))
    text = text if needless else _without_needless(text)
    return unicodedata.normalize("NFC", text if lines else _IN_A_ROW.sub(" ", text))


def _without_needless(text: str) -> str:
    """Without shapers and marks of direction among letters that nothing unseen changes."""
    plain = _AFTER_A_LETTER.sub(lambda found: _SHAPERS.sub("", found[0]), text)
    return _TURNS_NOTHING.sub("", plain)


_MARKS = re.compile("[\u0300-\u036f]")
"""Over and under letters of Latin, Greek and Cyrillic; the marks of other scripts are letters."""


def folded(words: str) -> str:
    """As a search compares them: `Adé` is `Ade`. The database's `app.folded` says the same."""
    plain = _MARKS.sub("", unicodedata.normalize("NFD", words))
    return unicodedata.normalize("NFC", plain)


def shortened(line: str, most: int) -> str:
    """A tidy line of at most `most` code points, cut between letters and told by an ellipsis."""
    if len(line) <= most:
        return line
    ends = (end for end in range(most - 1, 0, -1) if not _within_a_letter(line, end))
    cuts = (tidied(line[:end], lines=False) for end in ends)
    return next((cut for cut in cuts if len(cut) < most), "") + "…"


def tidy(value: Any, faults: Faults) -> None:
    """Every text of a frozen dataclass as it is kept; notes those that are unfit."""
    kind: Any = type(value)
    for field, rule in texts_of(kind).items():
        raw = getattr(value, field)
        with faults.noted():
            object.__setattr__(value, field, None if raw is None else rule(raw, field))


@cache
def texts_of(kind: Any) -> dict[str, Text]:
    """The fields of a class that are text of people, each with its rule."""
    hints = get_type_hints(kind, include_extras=True)
    return {field: rule for field, hint in hints.items() if (rule := _rule(hint)) is not None}


def _rule(hint: Any) -> Text | None:
    """Of `Annotated[str, Text(…)]`, also where it may be missing."""
    for part in (*getattr(hint, "__metadata__", ()), *get_args(hint)):
        found = part if isinstance(part, Text) else _rule(part)
        if found is not None:
            return found
    return None


def _within_a_letter(line: str, at: int) -> bool:
    """Whether what stands there changes the sign before it, or is joined to it."""
    combines = unicodedata.category(line[at]).startswith("M")
    return combines or line[at - 1] == _JOINER or _HANGS_ON.match(line, at) is not None


def _closed(line: str) -> str:
    """Each embedding and isolate ends within the line; an end without a beginning goes."""
    kept: list[str] = []
    waiting: list[str] = []
    for sign in line:
        if sign in signs.EMBEDDINGS:
            waiting.append(signs.POP_EMBEDDING)
        elif sign in signs.ISOLATES:
            waiting.append(signs.POP_ISOLATE)
        elif sign == signs.POP_EMBEDDING:
            if waiting[-1:] != [sign]:
                continue
            waiting.pop()
        elif sign == signs.POP_ISOLATE:
            if sign not in waiting:
                continue
            while waiting[-1] != sign:  # an isolate's end ends what began within it
                kept.append(waiting.pop())
            waiting.pop()
        kept.append(sign)
    return "".join([*kept, *reversed(waiting)])
