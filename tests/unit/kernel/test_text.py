"""One rule for all text of people."""

import re
import sys
import unicodedata
from dataclasses import dataclass
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain import signs
from skillbridge.domain.errors import Faults
from skillbridge.domain.text import Text, UnfitText, shortened, texts_of, tidied, tidy

SHRINKS = 4

pytestmark = pytest.mark.row("K1")

NAME = Text(refusal=UnfitText, what="a name", least=1, most=80, links=False, markup=False)
NOTE = Text(refusal=UnfitText, what="a note", most=80, lines=True)
ANY = st.text(st.characters(), max_size=60)
"""Half surrogates and controls among them."""
DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
PUZZLES = st.text(
    st.sampled_from(
        f"ab e\u0301\u05d0\n\t\r\u00a0\u00ad\u200b\u200d\ufe0f\u0628\U0001f469{DIRECTIONS}"
    )
)
EVERY_SIGN = range(sys.maxunicode + 1)
SEEN_THOUGH_FORMAT = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
SEEN_THOUGH_FORMAT |= set("\U000110bd\U000110cd")
"""Signs of Arabic, Syriac and Kaithi that stand around a number, and are drawn."""


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("علی‌رضا", "علی‌رضا"),
        ("ශ්‍රී ලංකා", "ශ්‍රී ලංකා"),
        ("田中\u3000太郎", "田中 太郎"),
        ("Amina\u00a0Bello", "Amina Bello"),
        ("\u2002 Amina \n Bello\t", "Amina Bello"),
        ("e\u0301" * 41, "é" * 41),
        ("\u200eAli\u200f", "Ali"),
        ("\u202bعلی\u202c", "علی"),
        ("Ali (\u2067علی) B", "Ali (\u2067علی) B\u2069"),
        ("Ali\u2069\u202c B", "Ali B"),
        ("Ali\u2066 (\u202aB\u2069) C", "Ali\u2066 (\u202aB\u202c\u2069) C"),
        ("\ufeffA\u00admina", "Amina"),
        ("Amina\u3164Bello\uffa0", "Amina Bello"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f3f4\U000e0067\U000e0062\U000e007f"),
        ("A\U000e0041\U000e0042", "A"),
        ("K\u212b", "KÅ"),
        ("Am\u200cin\u200da", "Amina"),
        ("A\u200bm\u2060i\u2063na", "Amina"),
        (
            "\u0416\u200d\u0443\u043a \u0392\u200c\u03ac\u03c3\u03c9 \u7530\u200d\u4e2d",
            "\u0416\u0443\u043a \u0392\u03ac\u03c3\u03c9 \u7530\u4e2d",
        ),
        ("Am\ufe0fina\U000e0100", "Amina"),
        ("Am\u200eina\u200f\u200eB", "AminaB"),
        ("1\u200c2", "12"),
        (
            "\u0645\u06cc\u200c\u200d\u062e\u0648\u0627\u0647\u0645\u200c",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("علی\u200dAli", "علیAli"),
        ("র\u200d্যাচেল", "র\u200d্যাচেল"),
        ("ភាសា\u200bខ្មែរ", "ភាសា\u200bខ្មែរ"),
        ("\U0001f3f3\ufe0f\u200d\U0001f308", "\U0001f3f3\ufe0f\u200d\U0001f308"),
        (
            "\U0001f469\U0001f3fd\u200d\U0001f52c and \u2764\ufe0f",
            "\U0001f469\U0001f3fd\u200d\U0001f52c and \u2764\ufe0f",
        ),
        ("\U0001f469\u200c\U0001f52c A\u200d\U0001f52c", "\U0001f469\U0001f52c A\U0001f52c"),
    ],
)
def test_a_line_is_kept_as_people_would_read_it(raw: str, kept: str) -> None:
    assert NAME(raw, "name") == kept


def test_lines_end_with_one_sign_and_close_what_they_open() -> None:
    typed = " one\r\ntwo \u2067x\rthree\u2028\tfour\u0085five\n"
    assert NOTE(typed, "note") == "one\ntwo \u2067x\u2069\nthree\n four\nfive"


@pytest.mark.parametrize(
    "blank",
    [
        "",
        " ",
        "\u3164",
        "\u115f",
        "\u1160",
        "\u2800",
        "\uffa0",
        "\u180e",
        "\u200d\u200c",
        "\u2060",
        "\u034f",
        "\ufe0f",
        "\u200e\u200f",
        "\u2067\u2069",
        "\u00ad",
        "\U000e0041",
        "\U0001d159",
    ],
)
def test_a_name_that_shows_nothing_is_none(blank: str) -> None:
    with pytest.raises(UnfitText, match="a name has a letter that can be seen") as refused:
        NAME(blank, "name")
    assert refused.value.field == "name"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("Amin\u202ea", "U+202E RIGHT-TO-LEFT OVERRIDE at letter 5"),
        ("\u202damina", "U+202D LEFT-TO-RIGHT OVERRIDE at letter 1"),
        ("a\x00", "U+0000 NULL at letter 2"),
        ("a\x1b[0m", "U+001B ESCAPE at letter 2"),
        ("a\x9b", "U+009B CONTROL CHARACTER at letter 2"),
        ("a\ud83d", "U+D83D HALF OF A PAIR at letter 2"),
        ("\ue000", "U+E000 PRIVATE SIGN at letter 1"),
        ("\uffff", "U+FFFF NO CHARACTER at letter 1"),
        ("a\ufff9b", "U+FFF9 INTERLINEAR ANNOTATION ANCHOR at letter 2"),
    ],
)
def test_a_refusal_names_the_sign_and_its_place(raw: str, told: str) -> None:
    for rule in (NAME, NOTE):
        with pytest.raises(UnfitText, match=re.escape(told)):
            rule(raw, "name")


def test_lengths_count_what_is_kept() -> None:
    assert len(NAME(" " + "e\u0301" * 80, "name")) == 80
    with pytest.raises(UnfitText, match="a name has at most 80 letters; this has 81"):
        NAME("é" * 81, "name")
    with pytest.raises(UnfitText, match="a name has at most 80 letters; this has 240"):
        NAME("\ufb2c" * 80, "name")


@pytest.mark.parametrize(
    "name",
    [
        "St. John",
        "A.B. Ahmed",
        "Jean-Luc M.Sc.",
        "O'Brien-Smith Jr.",
        "J.R.R. Tolkien",
        "will.i.am",
        "Prof.Dr. Ahmed",
        "Ph.D. Ali",
        "Abd.al Rahman",
        "Ma.Teresa",
        "Nguyễn Văn A.",
        "Mohd.Md Ali",
        "Sto.Tomas",
        "Rev.Fr.Ike",
        "Rev.Fr. Ike Obi",
        "REV.SR.MARY OKAFOR",
        "Most Rev.Fr Ike",
        "Hon.Mr.Obi",
        "Rt.Rev.Msgr.Obi",
        "B.Sc. (Hons)",
        "Amina @ Lagos",
        "Amina 2.0",
        "Node.js Fan",
        "A/B",
        "Q&A",
        "\u0410.\u0421.\u041f\u0443\u0448\u043a\u0438\u043d",
        "\u0418\u0432\u0430\u043d\u043e\u0432 \u0418.\u041e.",
        "\u0422.\u041a. \u0421\u043e\u043c\u043e\u0432",
        "\u039d\u03af\u03ba\u03bf\u03c2 \u039a.\u0391. \u03a1\u03af\u03c4\u03c3\u03bf\u03c2",
        "Ա.Մ. Ոսկանյան",
    ],
)
def test_a_name_with_dots_is_a_name(name: str) -> None:
    assert NAME(name, "name") == name


@pytest.mark.parametrize(
    "name",
    [
        "http://x",
        "HTTPS://evil.example",
        "www.evil",
        "evil.example/x",
        "Win at evil.com",
        "evil.com.",
        "Evil.De",
        "bit.ly",
        "t.me/x",
        "пример.рф",
        "evil。com",
        "\uff45\uff56\uff49\uff4c\uff0e\uff43\uff4f\uff4d",
        "e\u200dvil.c\u200com",
        "a@b.cd",
        "1.2.3.4",
        "xn--p1ai",
        "evil.dev",
        "win.africa",
        "evil.bet",
        "موقع.مصر",
        "пример.укр",
        "javascript:alert",
        "[x](y)",
        "<b>",
        "evil.de:80/x",
        "hxxp://x",
        "&lt;b&gt;",
        "//evil.wtf",
        "see //evil",
        "evil.\u0441\u043em",
        "evil.\u0441\u043e\u043c",
        "\u0415VIL.\u0421\u041e\u041c",
        "evil.c\u03bfm",
        "evil.c\u0585m",
        "evil.\u1d04\u1d0f\u1d0d",
        "evil.n\u0435t/x",
        "evil\u0701com",
        "\u0501\u0435.\u0456o",
        "Rev.Fr",
        "rev.fr/x",
        "rev.fr.com",
        "Rev.Fr.Ike.com",
        "evil.rev.fr wins",
        "evil.fr.Ike",
        "evil.asp.net",
        "asp.net.evil.com",
        "asp.net-evil.com",
    ],
)
def test_a_name_is_no_way_to_send_people_somewhere(name: str) -> None:
    with pytest.raises(UnfitText, match="cannot hold a link") as refused:
        NAME(name, "name")
    assert "write a blank after the dot" in str(refused.value)
    assert NOTE(name, "note"), "other texts may tell of places"


@given(ANY | PUZZLES, st.booleans())
def test_what_is_kept_is_kept_as_it_is_from_then_on(raw: str, lines: bool) -> None:
    kept = tidied(raw, lines=lines)
    assert tidied(kept, lines=lines) == kept
    assert unicodedata.is_normalized("NFC", kept)
    assert lines or "\n" not in kept
    assert kept == kept.strip(" \n")


@given(PUZZLES | ANY, st.booleans())
def test_no_text_turns_what_stands_beside_it(raw: str, lines: bool) -> None:
    for line in tidied(raw, lines=lines).split("\n"):
        depth = [sign for sign in line if sign in DIRECTIONS[3:]]
        opened: list[str] = []
        for sign in depth:
            if sign in "\u202c\u2069":
                began = opened.pop()
                assert (sign == "\u202c") == (began in signs.EMBEDDINGS)
            else:
                opened.append(sign)
        assert opened == []


@given(ANY | PUZZLES, st.integers(1, 40), st.integers(0, 3), st.booleans())
def test_what_is_taken_is_within_its_bounds(raw: str, most: int, least: int, lines: bool) -> None:
    rule = Text(refusal=UnfitText, what="a text", most=most, least=least, lines=lines)
    try:
        kept = rule(raw, "text")
    except UnfitText:
        return
    assert len(kept) <= most
    kept.encode()  # no half of a pair
    assert re.fullmatch(rule.pattern, kept)
    assert rule(kept, "text") == kept


@given(ANY.filter(lambda raw: len(raw) <= 40), st.integers(0, 3))
def test_the_contracts_pattern_says_what_is_refused(raw: str, least: int) -> None:
    """Where the length is no matter, up to U+FFFF; no document of JSON holds halves of a pair."""
    rule = Text(refusal=UnfitText, what="a text", most=1000, least=least, lines=True)
    well = all(sign <= "\uffff" and unicodedata.category(sign) != "Cs" for sign in raw)
    try:
        rule(raw, "text")
    except UnfitText:
        assert not (well and re.fullmatch(rule.pattern, raw))
    else:
        assert re.fullmatch(rule.pattern, raw)


@given(st.text(st.characters(codec="utf-8", categories=("L", "M", "N", "S")), max_size=80))
def test_no_text_is_refused_for_how_it_was_typed(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    typed = unicodedata.normalize("NFD", text)
    assert len(typed) <= SHRINKS * max(1, len(composed))
    assert tidied(typed, lines=True) == tidied(composed, lines=True)


@given(PUZZLES | ANY, st.integers(2, 30))
def test_a_shortened_line_is_tidy_and_short_enough(raw: str, most: int) -> None:
    line = shortened(tidied(raw, lines=False), most)
    assert len(line) <= most
    assert tidied(line, lines=False) == line


def test_a_line_is_cut_between_letters() -> None:
    family = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
    assert shortened(f"ab{family}cd", 6) == f"ab{family}…"
    assert shortened(f"ab{family}cd", 5) == "ab…"
    assert shortened("x\u0323\u0307yz", 3) == "…"
    assert shortened("abc", 3) == "abc"


def test_every_sign_that_nobody_sees_is_known() -> None:
    """When a new Python brings a new Unicode, this tells which signs to decide on."""
    known = re.compile(f"[{signs.UNSEEN}{signs.REFUSED}{signs.SURROGATES}]")
    hidden = ("Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp")
    unknown = {
        f"U+{number:04X}"
        for number in EVERY_SIGN
        if unicodedata.category(sign := chr(number)) in hidden
        and sign not in SEEN_THOUGH_FORMAT
        and not known.match(sign)
    }
    assert unknown == set()


def test_no_sign_is_both_refused_and_kept() -> None:
    refused, unseen = re.compile(f"[{signs.REFUSED}]"), re.compile(f"[{signs.UNSEEN}]")
    both = [
        number for number in EVERY_SIGN if refused.match(chr(number)) and unseen.match(chr(number))
    ]
    assert both == []


def test_a_field_joins_by_its_type() -> None:
    @dataclass(frozen=True)
    class SentMail:
        sender: Annotated[str, NAME]
        note: Annotated[str, NOTE] | None = None
        number: int = 0

        def __post_init__(self) -> None:
            faults = Faults()
            tidy(self, faults)
            faults.refuse()

    assert texts_of(SentMail) == {"sender": NAME, "note": NOTE}
    assert SentMail(" A ", " e\u0301 ") == SentMail("A", "é")
    assert SentMail("A").note is None
    with pytest.raises(UnfitText) as refused:
        SentMail("A", "\x00")
    assert refused.value.field == "note"
